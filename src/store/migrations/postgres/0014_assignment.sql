-- Whose a case is, and who has it open: a name and a time beside it, not a lock.
CREATE TABLE assignment (
    finding UUID PRIMARY KEY REFERENCES finding (id),
    account UUID NOT NULL REFERENCES account (id),
    assigned_by UUID NOT NULL REFERENCES account (id),
    assigned_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX assignment_account ON assignment (account);
CREATE TABLE case_view (
    finding UUID NOT NULL REFERENCES finding (id),
    account UUID NOT NULL REFERENCES account (id),
    session UUID NOT NULL,
    opened_at TIMESTAMPTZ NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (finding, account)
);
CREATE INDEX case_view_seen ON case_view (seen_at);
