-- A schedule: of the configuration file, or made by an administrator. Its content is in its versions.
CREATE TABLE schedule (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('configuration', 'administrator')),
    created_at TIMESTAMPTZ NOT NULL,
    paused_at TIMESTAMPTZ,
    paused_until TIMESTAMPTZ,
    paused_because TEXT COLLATE "C",
    paused_by TEXT COLLATE "C",
    removed_at TIMESTAMPTZ,
    removed_by TEXT COLLATE "C",
    CHECK ((paused_at IS NULL) = (paused_until IS NULL)),
    CHECK ((paused_at IS NULL) = (paused_because IS NULL)),
    CHECK ((paused_at IS NULL) = (paused_by IS NULL)),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
);
CREATE UNIQUE INDEX schedule_name ON schedule (name) WHERE removed_at IS NULL;

-- Every content a schedule has had, or waits for a second administrator to get.
CREATE TABLE schedule_version (
    schedule UUID NOT NULL REFERENCES schedule (id),
    version BIGINT NOT NULL CHECK (version >= 1),
    definition TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'in_force', 'former', 'withdrawn')),
    made_at TIMESTAMPTZ NOT NULL,
    account UUID,
    actor TEXT COLLATE "C" NOT NULL,
    os_user TEXT COLLATE "C" NOT NULL,
    session TEXT COLLATE "C",
    people BIGINT,
    approved_at TIMESTAMPTZ,
    approved_by UUID,
    approver TEXT COLLATE "C",
    approver_os_user TEXT COLLATE "C",
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by TEXT COLLATE "C",
    PRIMARY KEY (schedule, version),
    CHECK ((approved_at IS NULL) = (approver IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK (approved_by IS NULL OR account IS NULL OR approved_by <> account)
);
CREATE UNIQUE INDEX schedule_version_in_force ON schedule_version (schedule) WHERE state = 'in_force';
CREATE UNIQUE INDEX schedule_version_waiting ON schedule_version (schedule) WHERE state = 'waiting';

-- When a schedule was paused, by whom and why; beside it the columns of the schedule say whether it is now.
CREATE TABLE schedule_pause (
    id UUID PRIMARY KEY,
    schedule UUID NOT NULL REFERENCES schedule (id),
    begun_at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    because TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    os_user TEXT COLLATE "C" NOT NULL,
    ended_at TIMESTAMPTZ,
    ended_by TEXT COLLATE "C",
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE INDEX schedule_pause_of_schedule ON schedule_pause (schedule, begun_at);
CREATE UNIQUE INDEX schedule_pause_open ON schedule_pause (schedule) WHERE ended_at IS NULL;

-- One due time of a schedule, or one start by hand. Due times missed in a row are one row.
CREATE TABLE run (
    id UUID PRIMARY KEY,
    schedule UUID NOT NULL REFERENCES schedule (id),
    version BIGINT NOT NULL,
    due_at TIMESTAMPTZ,
    origin TEXT COLLATE "C" NOT NULL CHECK (origin IN ('schedule', 'catch_up', 'by_hand', 'retry')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('planned', 'running', 'waiting_for_budget', 'done', 'partly_done',
        'failed', 'skipped', 'missed')),
    reason TEXT COLLATE "C",
    actor TEXT COLLATE "C" NOT NULL,
    os_user TEXT COLLATE "C" NOT NULL,
    retry_of UUID REFERENCES run (id),
    planned_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    cancel_requested_at TIMESTAMPTZ,
    missed_since TIMESTAMPTZ,
    missed_count BIGINT,
    people BIGINT,
    asked BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    batches BIGINT NOT NULL,
    epoch BIGINT,
    FOREIGN KEY (schedule, version) REFERENCES schedule_version (schedule, version),
    CHECK ((state IN ('done', 'partly_done', 'failed', 'skipped', 'missed')) = (finished_at IS NOT NULL)),
    CHECK (state NOT IN ('partly_done', 'failed', 'skipped', 'missed', 'waiting_for_budget') OR reason IS NOT NULL),
    CHECK ((state = 'missed') = (missed_count IS NOT NULL)),
    CHECK ((missed_count IS NULL) = (missed_since IS NULL)),
    CHECK ((origin = 'retry') = (retry_of IS NOT NULL)),
    CHECK (origin NOT IN ('schedule', 'catch_up') OR due_at IS NOT NULL)
);
CREATE UNIQUE INDEX run_due ON run (schedule, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX run_of_schedule ON run (schedule, planned_at, id);
CREATE INDEX run_open ON run (planned_at, id) WHERE finished_at IS NULL;
CREATE INDEX run_finished ON run (finished_at) WHERE finished_at IS NOT NULL;

-- Whom a run is about, chosen when it was planned.
CREATE TABLE run_person (
    run UUID NOT NULL REFERENCES run (id),
    position BIGINT NOT NULL,
    patron UUID NOT NULL REFERENCES patron (id),
    municipality TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('waiting', 'asked', 'failed', 'left_out')),
    why TEXT COLLATE "C",
    disclosure UUID,
    PRIMARY KEY (run, position),
    CHECK (state NOT IN ('failed', 'left_out') OR why IS NOT NULL)
);
CREATE INDEX run_person_waiting ON run_person (run, municipality, position) WHERE state = 'waiting';
CREATE INDEX run_person_put_aside ON run_person (run, position) WHERE state = 'failed';
CREATE INDEX run_person_patron ON run_person (patron);
