-- Security keys that stand for the app's codes: whose, under which name, and how often they have signed. Credential and
-- public key are sealed with the account's data key.
CREATE TABLE security_key (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES account (id),
    rp_id TEXT NOT NULL,
    credential_digest BLOB NOT NULL UNIQUE,
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    sign_count INTEGER NOT NULL CHECK (sign_count >= 0),
    name TEXT NOT NULL,
    added_at TEXT NOT NULL,
    last_used_at TEXT
) STRICT;
CREATE INDEX security_key_account ON security_key (account, rp_id);

-- What a key is asked to sign in a session: taken once, within ten minutes.
CREATE TABLE key_challenge (
    session BLOB PRIMARY KEY REFERENCES session (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL CHECK (purpose IN ('add', 'use')),
    state BLOB NOT NULL,
    options TEXT NOT NULL,
    name TEXT NOT NULL,
    made_at TEXT NOT NULL
) STRICT;
