-- Clients of the JSON interface: each acts in the name of one account. Only a digest of the token is kept.
CREATE TABLE api_client (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES account (id),
    name TEXT NOT NULL,
    token_digest BLOB NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    may_decide INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    ends_on TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at TEXT,
    -- A name is never used again, so that the audit log tells clients apart.
    UNIQUE (account, name)
) STRICT;

-- What is shown once may be a token, too.
CREATE TABLE shown_once_new (
    account BLOB NOT NULL REFERENCES account (id),
    kind TEXT NOT NULL CHECK (kind IN ('password', 'codes', 'token')),
    viewer BLOB NOT NULL REFERENCES account (id),
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    shown_until TEXT NOT NULL,
    PRIMARY KEY (account, kind)
);
INSERT INTO shown_once_new (account, kind, viewer, key_version, sealed, shown_until)
    SELECT account, kind, viewer, key_version, sealed, shown_until FROM shown_once;
DROP TABLE shown_once;
ALTER TABLE shown_once_new RENAME TO shown_once;
