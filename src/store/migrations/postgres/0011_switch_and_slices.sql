-- The switch of every question to VTJ: one row, read and held by everyone who is about to ask.
CREATE TABLE query_switch (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    stopped_at TIMESTAMPTZ,
    until TIMESTAMPTZ,
    reason TEXT COLLATE "C",
    account UUID,
    actor TEXT COLLATE "C",
    CHECK ((stopped_at IS NULL) = (reason IS NULL)),
    CHECK ((stopped_at IS NULL) = (account IS NULL)),
    CHECK ((stopped_at IS NULL) = (actor IS NULL)),
    CHECK (until IS NULL OR stopped_at IS NOT NULL)
);
INSERT INTO query_switch (id) VALUES (1);

-- How many cases of a first load are opened a Helsinki day, and which first; without a number, all at once.
CREATE TABLE slice (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    per_day BIGINT CHECK (per_day >= 1),
    priorities TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    begun_at TIMESTAMPTZ,
    opened_on DATE,
    opened_that_day BIGINT NOT NULL CHECK (opened_that_day >= 0),
    opened BIGINT NOT NULL CHECK (opened >= 0),
    CHECK ((per_day IS NULL) = (begun_at IS NULL))
);
INSERT INTO slice (id, per_day, priorities, actor, begun_at, opened_on, opened_that_day, opened)
VALUES (1, NULL, '', '', NULL, NULL, 0, 0);

-- Whether a finding waits for its slice: nobody has seen it, and nothing counts it as a case of the queue.
ALTER TABLE finding ADD COLUMN held_back BOOLEAN NOT NULL DEFAULT FALSE
    CHECK (NOT held_back OR state IN ('new', 'stale'));
CREATE INDEX finding_held_back ON finding (opened_at, id) WHERE held_back;
