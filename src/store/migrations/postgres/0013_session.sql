-- Sessions of the staff pages. Only a digest of the word in the cookie is kept.
CREATE TABLE session (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES account (id),
    token_digest BYTEA NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    language TEXT COLLATE "C" NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    agent TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX session_account ON session (account, ended_at);
CREATE INDEX session_expires ON session (expires_at);
