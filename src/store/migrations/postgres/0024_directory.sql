-- An account of the city's directory has neither a password nor an operating-system user.
ALTER TABLE account DROP CONSTRAINT account_check1;

-- Accounts that the city's directory knows, by the directory's own word for its holder.
CREATE TABLE directory_account (
    issuer TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    account UUID NOT NULL UNIQUE REFERENCES account (id),
    linked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- Sign-ins that have been sent to the directory and have not come back.
CREATE TABLE directory_sign_in (
    state_digest BYTEA PRIMARY KEY CHECK (length(state_digest) = 32),
    browser_digest BYTEA NOT NULL CHECK (length(browser_digest) = 32),
    id UUID NOT NULL UNIQUE,
    sealed BYTEA NOT NULL,
    begun_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX directory_sign_in_begun ON directory_sign_in (begun_at);
