-- A run that VTJ or a ceiling keeps from going on: how often, until when, and in words why.
ALTER TABLE run ADD COLUMN left_out BIGINT NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN try_again_at TIMESTAMPTZ;
ALTER TABLE run ADD COLUMN note TEXT COLLATE "C";
CREATE INDEX run_state ON run (state, finished_at);
CREATE INDEX run_retry ON run (retry_of) WHERE retry_of IS NOT NULL;

-- When a schedule was last due. That of a schedule of the configuration was kept by name in schedule_state.
ALTER TABLE schedule ADD COLUMN last_due TIMESTAMPTZ;
