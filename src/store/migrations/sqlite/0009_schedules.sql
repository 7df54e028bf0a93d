-- A schedule: of the configuration file, or made by an administrator. Its content is in its versions.
CREATE TABLE schedule (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('configuration', 'administrator')),
    created_at TEXT NOT NULL,
    paused_at TEXT,
    paused_until TEXT,
    paused_because TEXT,
    paused_by TEXT,
    removed_at TEXT,
    removed_by TEXT,
    CHECK ((paused_at IS NULL) = (paused_until IS NULL)),
    CHECK ((paused_at IS NULL) = (paused_because IS NULL)),
    CHECK ((paused_at IS NULL) = (paused_by IS NULL)),
    CHECK ((removed_at IS NULL) = (removed_by IS NULL))
) STRICT;
CREATE UNIQUE INDEX schedule_name ON schedule (name) WHERE removed_at IS NULL;

-- Every content a schedule has had, or waits for a second administrator to get.
CREATE TABLE schedule_version (
    schedule BLOB NOT NULL REFERENCES schedule (id),
    version INTEGER NOT NULL CHECK (version >= 1),
    definition TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'in_force', 'former', 'withdrawn')),
    made_at TEXT NOT NULL,
    account BLOB,
    actor TEXT NOT NULL,
    os_user TEXT NOT NULL,
    session TEXT,
    people INTEGER,
    approved_at TEXT,
    approved_by BLOB,
    approver TEXT,
    approver_os_user TEXT,
    withdrawn_at TEXT,
    withdrawn_by TEXT,
    PRIMARY KEY (schedule, version),
    CHECK ((approved_at IS NULL) = (approver IS NULL)),
    CHECK ((withdrawn_at IS NULL) = (withdrawn_by IS NULL)),
    CHECK (approved_by IS NULL OR account IS NULL OR approved_by <> account)
) STRICT;
CREATE UNIQUE INDEX schedule_version_in_force ON schedule_version (schedule) WHERE state = 'in_force';
CREATE UNIQUE INDEX schedule_version_waiting ON schedule_version (schedule) WHERE state = 'waiting';

-- When a schedule was paused, by whom and why; beside it the columns of the schedule say whether it is now.
CREATE TABLE schedule_pause (
    id BLOB PRIMARY KEY,
    schedule BLOB NOT NULL REFERENCES schedule (id),
    begun_at TEXT NOT NULL,
    until TEXT NOT NULL,
    because TEXT NOT NULL,
    actor TEXT NOT NULL,
    os_user TEXT NOT NULL,
    ended_at TEXT,
    ended_by TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;
CREATE INDEX schedule_pause_of_schedule ON schedule_pause (schedule, begun_at);
CREATE UNIQUE INDEX schedule_pause_open ON schedule_pause (schedule) WHERE ended_at IS NULL;

-- One due time of a schedule, or one start by hand. Due times missed in a row are one row.
CREATE TABLE run (
    id BLOB PRIMARY KEY,
    schedule BLOB NOT NULL REFERENCES schedule (id),
    version INTEGER NOT NULL,
    due_at TEXT,
    origin TEXT NOT NULL CHECK (origin IN ('schedule', 'catch_up', 'by_hand', 'retry')),
    state TEXT NOT NULL CHECK (state IN ('planned', 'running', 'waiting_for_budget', 'done', 'partly_done',
        'failed', 'skipped', 'missed')),
    reason TEXT,
    actor TEXT NOT NULL,
    os_user TEXT NOT NULL,
    retry_of BLOB REFERENCES run (id),
    planned_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    cancel_requested_at TEXT,
    missed_since TEXT,
    missed_count INTEGER,
    people INTEGER,
    asked INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    requests INTEGER NOT NULL,
    batches INTEGER NOT NULL,
    epoch INTEGER,
    FOREIGN KEY (schedule, version) REFERENCES schedule_version (schedule, version),
    CHECK ((state IN ('done', 'partly_done', 'failed', 'skipped', 'missed')) = (finished_at IS NOT NULL)),
    CHECK (state NOT IN ('partly_done', 'failed', 'skipped', 'missed', 'waiting_for_budget') OR reason IS NOT NULL),
    CHECK ((state = 'missed') = (missed_count IS NOT NULL)),
    CHECK ((missed_count IS NULL) = (missed_since IS NULL)),
    CHECK ((origin = 'retry') = (retry_of IS NOT NULL)),
    CHECK (origin NOT IN ('schedule', 'catch_up') OR due_at IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX run_due ON run (schedule, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX run_of_schedule ON run (schedule, planned_at, id);
CREATE INDEX run_open ON run (planned_at, id) WHERE finished_at IS NULL;
CREATE INDEX run_finished ON run (finished_at) WHERE finished_at IS NOT NULL;

-- Whom a run is about, chosen when it was planned.
CREATE TABLE run_person (
    run BLOB NOT NULL REFERENCES run (id),
    position INTEGER NOT NULL,
    patron BLOB NOT NULL REFERENCES patron (id),
    municipality TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'failed', 'left_out')),
    why TEXT,
    disclosure BLOB,
    PRIMARY KEY (run, position),
    CHECK (state NOT IN ('failed', 'left_out') OR why IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_person_waiting ON run_person (run, municipality, position) WHERE state = 'waiting';
CREATE INDEX run_person_put_aside ON run_person (run, position) WHERE state = 'failed';
CREATE INDEX run_person_patron ON run_person (patron);
