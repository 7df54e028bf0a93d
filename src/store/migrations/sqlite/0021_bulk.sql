-- Approval of many cases of one class: who, what, and how far it has come.
CREATE TABLE bulk (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES account (id),
    class TEXT NOT NULL,
    municipality TEXT,
    state TEXT NOT NULL CHECK (state IN ('sampling', 'ready', 'approved', 'cancelled', 'undone')),
    ended_because TEXT,
    left_out TEXT NOT NULL,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    effective_at TEXT,
    CHECK ((state = 'cancelled') = (ended_because IS NOT NULL)),
    CHECK ((state IN ('approved', 'undone')) = (effective_at IS NOT NULL))
) STRICT;
-- One unfinished batch at a time, so that nobody draws samples until they please.
CREATE UNIQUE INDEX bulk_unfinished ON bulk (account) WHERE state IN ('sampling', 'ready');
CREATE INDEX bulk_account ON bulk (account, created_at);

-- The cases of a batch as they were when it was made. An invented case among the samples has no finding.
CREATE TABLE bulk_item (
    bulk BLOB NOT NULL REFERENCES bulk (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    finding BLOB REFERENCES finding (id),
    finding_version INTEGER NOT NULL,
    sample INTEGER CHECK (sample >= 0),
    planted TEXT,
    verdict TEXT CHECK (verdict IN ('fits', 'does_not_fit')),
    looked_at TEXT,
    outcome TEXT,
    decision BLOB REFERENCES decision (id),
    PRIMARY KEY (bulk, position),
    CHECK ((finding IS NULL) = (planted IS NOT NULL)),
    CHECK (planted IS NULL OR (sample IS NOT NULL AND decision IS NULL)),
    CHECK (verdict IS NULL OR (sample IS NOT NULL AND looked_at IS NOT NULL)),
    CHECK (decision IS NULL OR outcome = 'approved')
) STRICT;
CREATE UNIQUE INDEX bulk_item_sample ON bulk_item (bulk, sample) WHERE sample IS NOT NULL;
CREATE INDEX bulk_item_finding ON bulk_item (finding);

-- What became of invented cases, by class and never by person.
CREATE TABLE bulk_planted (
    id BLOB PRIMARY KEY,
    class TEXT NOT NULL,
    missed INTEGER NOT NULL,
    judged_at TEXT NOT NULL
) STRICT;
CREATE INDEX bulk_planted_class ON bulk_planted (class, judged_at, id);

-- Whether a class has stopped bulk approval for itself, and who allowed it again.
CREATE TABLE bulk_class (
    class TEXT PRIMARY KEY,
    stopped_at TEXT,
    allowed_at TEXT,
    allowed_by TEXT,
    reason TEXT,
    CHECK ((allowed_at IS NULL) = (allowed_by IS NULL)),
    CHECK ((allowed_at IS NULL) = (reason IS NULL))
) STRICT;
