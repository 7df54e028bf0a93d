-- Approval of many cases of one class: who, what, and how far it has come.
CREATE TABLE bulk (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES account (id),
    class TEXT COLLATE "C" NOT NULL,
    municipality TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('sampling', 'ready', 'approved', 'cancelled', 'undone')),
    ended_because TEXT COLLATE "C",
    left_out TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    effective_at TIMESTAMPTZ,
    CHECK ((state = 'cancelled') = (ended_because IS NOT NULL)),
    CHECK ((state IN ('approved', 'undone')) = (effective_at IS NOT NULL))
);
-- One unfinished batch at a time, so that nobody draws samples until they please.
CREATE UNIQUE INDEX bulk_unfinished ON bulk (account) WHERE state IN ('sampling', 'ready');
CREATE INDEX bulk_account ON bulk (account, created_at);

-- The cases of a batch as they were when it was made. An invented case among the samples has no finding.
CREATE TABLE bulk_item (
    bulk UUID NOT NULL REFERENCES bulk (id),
    position BIGINT NOT NULL CHECK (position >= 0),
    finding UUID REFERENCES finding (id),
    finding_version BIGINT NOT NULL,
    sample BIGINT CHECK (sample >= 0),
    planted TEXT COLLATE "C",
    verdict TEXT COLLATE "C" CHECK (verdict IN ('fits', 'does_not_fit')),
    looked_at TIMESTAMPTZ,
    outcome TEXT COLLATE "C",
    decision UUID REFERENCES decision (id),
    PRIMARY KEY (bulk, position),
    CHECK ((finding IS NULL) = (planted IS NOT NULL)),
    CHECK (planted IS NULL OR (sample IS NOT NULL AND decision IS NULL)),
    CHECK (verdict IS NULL OR (sample IS NOT NULL AND looked_at IS NOT NULL)),
    CHECK (decision IS NULL OR outcome = 'approved')
);
CREATE UNIQUE INDEX bulk_item_sample ON bulk_item (bulk, sample) WHERE sample IS NOT NULL;
CREATE INDEX bulk_item_finding ON bulk_item (finding);

-- What became of invented cases, by class and never by person.
CREATE TABLE bulk_planted (
    id UUID PRIMARY KEY,
    class TEXT COLLATE "C" NOT NULL,
    missed BOOLEAN NOT NULL,
    judged_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX bulk_planted_class ON bulk_planted (class, judged_at, id);

-- Whether a class has stopped bulk approval for itself, and who allowed it again.
CREATE TABLE bulk_class (
    class TEXT COLLATE "C" PRIMARY KEY,
    stopped_at TIMESTAMPTZ,
    allowed_at TIMESTAMPTZ,
    allowed_by TEXT COLLATE "C",
    reason TEXT COLLATE "C",
    CHECK ((allowed_at IS NULL) = (allowed_by IS NULL)),
    CHECK ((allowed_at IS NULL) = (reason IS NULL))
);
