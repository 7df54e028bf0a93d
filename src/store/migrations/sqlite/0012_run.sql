-- A run that VTJ or a ceiling keeps from going on: how often, until when, and in words why.
ALTER TABLE run ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN try_again_at TEXT;
ALTER TABLE run ADD COLUMN note TEXT;
CREATE INDEX run_state ON run (state, finished_at);
CREATE INDEX run_retry ON run (retry_of) WHERE retry_of IS NOT NULL;

-- When a schedule was last due. That of a schedule of the configuration was kept by name in schedule_state.
ALTER TABLE schedule ADD COLUMN last_due TEXT;
