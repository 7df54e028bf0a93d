-- A decision may also restore what an earlier one wrote, and may be taken back to where the case was put off.
CREATE TABLE decision_as_new (
    id BLOB PRIMARY KEY,
    finding BLOB NOT NULL REFERENCES finding (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject', 'snooze', 'undo', 'revert')),
    account BLOB NOT NULL,
    os_user TEXT NOT NULL,
    reason TEXT,
    key_version INTEGER NOT NULL,
    sealed_note BLOB,
    evidence_digest BLOB NOT NULL,
    patron_version INTEGER NOT NULL,
    decided_at TEXT NOT NULL,
    state_before TEXT NOT NULL DEFAULT 'opened'
        CHECK (state_before IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'rejected', 'confirmed')),
    edited INTEGER NOT NULL DEFAULT 0,
    snoozed_before TEXT,
    visit_before INTEGER NOT NULL DEFAULT 0,
    CHECK (verdict <> 'reject' OR reason IS NOT NULL),
    CHECK (NOT edited OR verdict = 'approve')
) STRICT;
INSERT INTO decision_as_new (id, finding, verdict, account, os_user, reason, key_version, sealed_note,
    evidence_digest, patron_version, decided_at, state_before)
SELECT id, finding, verdict, account, os_user, reason, key_version, sealed_note, evidence_digest, patron_version,
    decided_at, state_before
FROM decision;
DROP TABLE decision;
ALTER TABLE decision_as_new RENAME TO decision;
CREATE INDEX decision_finding ON decision (finding, decided_at);
CREATE INDEX decision_account ON decision (account, decided_at);

-- Cases put off until the patron visits, at the latest until their day.
CREATE TABLE awaited_visit (
    finding BLOB PRIMARY KEY REFERENCES finding (id)
) STRICT;

-- Who has said to be disqualified about whom: none of the patron's cases is shown to them again.
CREATE TABLE disqualification (
    account BLOB NOT NULL REFERENCES account (id),
    patron BLOB NOT NULL REFERENCES patron (id),
    declared_at TEXT NOT NULL,
    PRIMARY KEY (account, patron)
) STRICT;
CREATE INDEX disqualification_patron ON disqualification (patron);
