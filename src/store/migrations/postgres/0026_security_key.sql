-- Security keys that stand for the app's codes: whose, under which name, and how often they have signed. Credential and
-- public key are sealed with the account's data key.
CREATE TABLE security_key (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES account (id),
    rp_id TEXT COLLATE "C" NOT NULL,
    credential_digest BYTEA NOT NULL UNIQUE,
    key_version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    sign_count BIGINT NOT NULL CHECK (sign_count >= 0),
    name TEXT COLLATE "C" NOT NULL,
    added_at TIMESTAMPTZ NOT NULL,
    last_used_at TIMESTAMPTZ
);
CREATE INDEX security_key_account ON security_key (account, rp_id);

-- What a key is asked to sign in a session: taken once, within ten minutes.
CREATE TABLE key_challenge (
    session UUID PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
    purpose TEXT COLLATE "C" NOT NULL CHECK (purpose IN ('add', 'use')),
    state BYTEA NOT NULL,
    options TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    made_at TIMESTAMPTZ NOT NULL
);
