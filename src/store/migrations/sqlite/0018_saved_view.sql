-- A filter of the queue that an account has given a name: its own alone.
CREATE TABLE saved_view (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    filter TEXT NOT NULL,
    created_at TEXT NOT NULL,
    UNIQUE (account, name)
) STRICT;

-- That an account has what is masked of a protected case open for a while, and why.
CREATE TABLE reveal (
    id BLOB PRIMARY KEY,
    finding BLOB NOT NULL REFERENCES finding (id),
    account BLOB NOT NULL REFERENCES account (id),
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    until TEXT NOT NULL,
    CHECK (until > at)
) STRICT;
CREATE INDEX reveal_open ON reveal (finding, account, until);

-- What somebody is told about another's reveal, until they have said that they saw it and after.
CREATE TABLE notice (
    id BLOB PRIMARY KEY,
    to_account BLOB NOT NULL REFERENCES account (id),
    about BLOB NOT NULL REFERENCES reveal (id),
    at TEXT NOT NULL,
    seen_at TEXT
) STRICT;
CREATE INDEX notice_to ON notice (to_account, seen_at, at);
