-- An account of the city's directory has neither a password nor an operating-system user. SQLite drops no check, so the
-- table is made anew; what refers to it is checked at the end, when its rows are there again.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE account_kept AS SELECT * FROM account;
DROP TABLE account;
CREATE TABLE account (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('administrator', 'reviewer', 'auditor')),
    may_protected INTEGER NOT NULL,
    password_hash TEXT,
    os_login TEXT,
    own_card TEXT,
    ends_on TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until TEXT,
    disabled_at TEXT,
    created_at TEXT NOT NULL,
    CHECK (NOT may_protected OR role = 'reviewer')
) STRICT;
INSERT INTO account (id, name, role, may_protected, password_hash, os_login, own_card, ends_on, failures,
    locked_until, disabled_at, created_at)
    SELECT id, name, role, may_protected, password_hash, os_login, own_card, ends_on, failures,
    locked_until, disabled_at, created_at FROM account_kept;
DROP TABLE account_kept;

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
