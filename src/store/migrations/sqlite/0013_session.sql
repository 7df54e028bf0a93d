-- Sessions of the staff pages. Only a digest of the word in the cookie is kept.
CREATE TABLE session (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL REFERENCES account (id),
    token_digest BLOB NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    language TEXT NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    agent TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ended_at TEXT
);
CREATE INDEX session_account ON session (account, ended_at);
CREATE INDEX session_expires ON session (expires_at);
