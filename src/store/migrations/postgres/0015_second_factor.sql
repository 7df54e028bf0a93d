-- The second factor of an account: the secret of an app that makes codes, and codes printed on paper.
CREATE TABLE second_factor (
    account UUID NOT NULL REFERENCES account (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('pending', 'confirmed')),
    key_version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    last_step BIGINT NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account, state)
);
CREATE TABLE one_time_code (
    account UUID NOT NULL REFERENCES account (id),
    digest BYTEA NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (account, digest)
);
-- What is shown once to one account, and then forgotten: a first password, one-time codes.
CREATE TABLE shown_once (
    account UUID NOT NULL REFERENCES account (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('password', 'codes')),
    viewer UUID NOT NULL REFERENCES account (id),
    key_version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    shown_until TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account, kind)
);
-- A password that an administrator has handed over: its holder chooses another at the next sign-in.
CREATE TABLE first_password (
    account UUID PRIMARY KEY REFERENCES account (id),
    made_at TIMESTAMPTZ NOT NULL
);
-- A session that has only seen a password reaches the pages of the second factor and nothing else.
ALTER TABLE session ADD COLUMN is_half BOOLEAN NOT NULL DEFAULT FALSE;
