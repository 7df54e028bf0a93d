-- The second factor of an account: the secret of an app that makes codes, and codes printed on paper.
CREATE TABLE second_factor (
    account BLOB NOT NULL REFERENCES account (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed')),
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    last_step INTEGER NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (account, state)
);
CREATE TABLE one_time_code (
    account BLOB NOT NULL REFERENCES account (id),
    digest BLOB NOT NULL,
    made_at TEXT NOT NULL,
    used_at TEXT,
    PRIMARY KEY (account, digest)
);
-- What is shown once to one account, and then forgotten: a first password, one-time codes.
CREATE TABLE shown_once (
    account BLOB NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('password', 'codes')),
    viewer BLOB NOT NULL REFERENCES account (id),
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    shown_until TEXT NOT NULL,
    PRIMARY KEY (account, kind)
);
-- A password that an administrator has handed over: its holder chooses another at the next sign-in.
CREATE TABLE first_password (
    account BLOB PRIMARY KEY REFERENCES account (id),
    made_at TEXT NOT NULL
);
-- A session that has only seen a password reaches the pages of the second factor and nothing else.
ALTER TABLE session ADD COLUMN is_half INTEGER NOT NULL DEFAULT 0;
