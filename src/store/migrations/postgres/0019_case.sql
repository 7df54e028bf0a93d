-- A decision may also restore what an earlier one wrote, and may be taken back to where the case was put off.
ALTER TABLE decision
    DROP CONSTRAINT decision_verdict_check,
    ADD CONSTRAINT decision_verdict_check
        CHECK (verdict IN ('approve', 'reject', 'snooze', 'undo', 'revert')),
    DROP CONSTRAINT decision_state_before_check,
    ADD CONSTRAINT decision_state_before_check
        CHECK (state_before IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'rejected', 'confirmed')),
    ADD COLUMN edited BOOLEAN NOT NULL DEFAULT FALSE,
    ADD COLUMN snoozed_before TIMESTAMPTZ,
    ADD COLUMN visit_before BOOLEAN NOT NULL DEFAULT FALSE,
    ADD CONSTRAINT decision_edited_check CHECK (NOT edited OR verdict = 'approve');
CREATE INDEX decision_account ON decision (account, decided_at);

-- Cases put off until the patron visits, at the latest until their day.
CREATE TABLE awaited_visit (
    finding UUID PRIMARY KEY REFERENCES finding (id)
);

-- Who has said to be disqualified about whom: none of the patron's cases is shown to them again.
CREATE TABLE disqualification (
    account UUID NOT NULL REFERENCES account (id),
    patron UUID NOT NULL REFERENCES patron (id),
    declared_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (account, patron)
);
CREATE INDEX disqualification_patron ON disqualification (patron);
