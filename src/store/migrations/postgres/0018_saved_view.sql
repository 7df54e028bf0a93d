-- A filter of the queue that an account has given a name: its own alone.
CREATE TABLE saved_view (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES account (id),
    name TEXT COLLATE "C" NOT NULL,
    filter TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (account, name)
);

-- That an account has what is masked of a protected case open for a while, and why.
CREATE TABLE reveal (
    id UUID PRIMARY KEY,
    finding UUID NOT NULL REFERENCES finding (id),
    account UUID NOT NULL REFERENCES account (id),
    reason TEXT COLLATE "C" NOT NULL,
    at TIMESTAMPTZ NOT NULL,
    until TIMESTAMPTZ NOT NULL,
    CHECK (until > at)
);
CREATE INDEX reveal_open ON reveal (finding, account, until);

-- What somebody is told about another's reveal, until they have said that they saw it and after.
CREATE TABLE notice (
    id UUID PRIMARY KEY,
    to_account UUID NOT NULL REFERENCES account (id),
    about UUID NOT NULL REFERENCES reveal (id),
    at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ
);
CREATE INDEX notice_to ON notice (to_account, seen_at, at);
