-- Whose a case is, and who has it open: a name and a time beside it, not a lock.
CREATE TABLE assignment (
    finding BLOB PRIMARY KEY REFERENCES finding (id),
    account BLOB NOT NULL REFERENCES account (id),
    assigned_by BLOB NOT NULL REFERENCES account (id),
    assigned_at TEXT NOT NULL
);
CREATE INDEX assignment_account ON assignment (account);
CREATE TABLE case_view (
    finding BLOB NOT NULL REFERENCES finding (id),
    account BLOB NOT NULL REFERENCES account (id),
    session BLOB NOT NULL,
    opened_at TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (finding, account)
);
CREATE INDEX case_view_seen ON case_view (seen_at);
