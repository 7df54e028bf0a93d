-- Accounts that the city's directory knows, by the directory's own word for its holder.
CREATE TABLE directory_account (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account BLOB NOT NULL UNIQUE REFERENCES account (id),
    linked_at TEXT NOT NULL,
    PRIMARY KEY (issuer, subject)
) STRICT;

-- Sign-ins that have been sent to the directory and have not come back.
CREATE TABLE directory_sign_in (
    state_digest BLOB PRIMARY KEY CHECK (length(state_digest) = 32),
    browser_digest BLOB NOT NULL CHECK (length(browser_digest) = 32),
    id BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL,
    begun_at TEXT NOT NULL
) STRICT;
CREATE INDEX directory_sign_in_begun ON directory_sign_in (begun_at);
