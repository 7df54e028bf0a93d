-- The state a finding was in when it was decided: an approval that is undone goes back to it.
ALTER TABLE decision ADD COLUMN state_before TEXT COLLATE "C" NOT NULL DEFAULT 'opened'
    CHECK (state_before IN ('new', 'opened', 'snoozed', 'stale', 'decided'));
