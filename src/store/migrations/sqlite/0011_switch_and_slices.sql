-- The switch of every question to VTJ: one row, read and held by everyone who is about to ask.
CREATE TABLE query_switch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    stopped_at TEXT,
    until TEXT,
    reason TEXT,
    account BLOB,
    actor TEXT,
    CHECK ((stopped_at IS NULL) = (reason IS NULL)),
    CHECK ((stopped_at IS NULL) = (account IS NULL)),
    CHECK ((stopped_at IS NULL) = (actor IS NULL)),
    CHECK (until IS NULL OR stopped_at IS NOT NULL)
) STRICT;
INSERT INTO query_switch (id) VALUES (1);

-- How many cases of a first load are opened a Helsinki day, and which first; without a number, all at once.
CREATE TABLE slice (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    per_day INTEGER CHECK (per_day >= 1),
    priorities TEXT NOT NULL,
    actor TEXT NOT NULL,
    begun_at TEXT,
    opened_on TEXT,
    opened_that_day INTEGER NOT NULL CHECK (opened_that_day >= 0),
    opened INTEGER NOT NULL CHECK (opened >= 0),
    CHECK ((per_day IS NULL) = (begun_at IS NULL))
) STRICT;
INSERT INTO slice (id, per_day, priorities, actor, begun_at, opened_on, opened_that_day, opened)
VALUES (1, NULL, '', '', NULL, NULL, 0, 0);

-- Whether a finding waits for its slice: nobody has seen it, and nothing counts it as a case of the queue.
ALTER TABLE finding ADD COLUMN held_back INTEGER NOT NULL DEFAULT 0
    CHECK (NOT held_back OR state IN ('new', 'stale'));
CREATE INDEX finding_held_back ON finding (opened_at, id) WHERE held_back;
