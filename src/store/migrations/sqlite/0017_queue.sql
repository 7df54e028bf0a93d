-- The queue by what it is filtered and ordered by: one row for each finding that is to be reviewed and not held back.
-- The triggers below keep it true, whoever writes the finding, its patron or what is known of the person. Shielded are
-- those that only the cleared may see: they are in no list, count or search of anybody else.
CREATE TABLE queue_entry (
    finding BLOB PRIMARY KEY,
    patron BLOB NOT NULL,
    shielded INTEGER NOT NULL,
    municipality TEXT NOT NULL,
    home_library TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    -- By its kind alone; a debt may make it earlier.
    due_at TEXT NOT NULL,
    -- Since when something is overdue that has not been returned or paid.
    debt_since TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO queue_entry
SELECT f.id, f.patron,
    p.protected_mark OR s.protection = 'yes' OR f.kind IN ('protection_started', 'protection_ended',
        'identity_code_changed', 'identity_code_passivated'),
    p.municipality, p.home_library, coalesce(p.language, ''), f.kind, f.state, f.opened_at,
    date(substr(f.opened_at, 1, 10), CASE WHEN f.kind IN ('death', 'death_withdrawn') THEN '+30 days'
        WHEN f.kind IN ('protection_started', 'protection_ended') THEN '+0 days' ELSE '+14 days' END)
        || substr(f.opened_at, 11),
    CASE WHEN p.unpaid_fees_cents > 0 OR p.open_loans > 0 THEN p.oldest_due_date END
FROM finding f JOIN patron p ON p.id = f.patron JOIN person s ON s.patron = f.patron
WHERE f.state IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown') AND NOT f.held_back;

CREATE INDEX queue_entry_opened ON queue_entry (shielded, municipality, opened_at, finding, kind, state,
    home_library, language, due_at, debt_since);
CREATE INDEX queue_entry_due ON queue_entry (shielded, municipality, due_at, finding);
CREATE INDEX queue_entry_counted ON queue_entry (shielded, municipality, home_library, language, kind, state,
    opened_at, due_at, debt_since);
CREATE INDEX queue_entry_debt ON queue_entry (shielded, municipality, debt_since, due_at, finding)
    WHERE debt_since IS NOT NULL;
CREATE INDEX queue_entry_patron ON queue_entry (patron);

CREATE TRIGGER queue_entry_added AFTER INSERT ON finding
WHEN new.state IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown') AND NOT new.held_back
BEGIN
    INSERT INTO queue_entry
    SELECT new.id, new.patron,
        p.protected_mark OR s.protection = 'yes' OR new.kind IN ('protection_started', 'protection_ended',
            'identity_code_changed', 'identity_code_passivated'),
        p.municipality, p.home_library, coalesce(p.language, ''), new.kind, new.state, new.opened_at,
        date(substr(new.opened_at, 1, 10), CASE WHEN new.kind IN ('death', 'death_withdrawn') THEN '+30 days'
            WHEN new.kind IN ('protection_started', 'protection_ended') THEN '+0 days' ELSE '+14 days' END)
            || substr(new.opened_at, 11),
        CASE WHEN p.unpaid_fees_cents > 0 OR p.open_loans > 0 THEN p.oldest_due_date END
    FROM patron p JOIN person s ON s.patron = p.id WHERE p.id = new.patron;
END;
CREATE TRIGGER queue_entry_entered AFTER UPDATE OF state, held_back ON finding
WHEN (old.held_back OR old.state NOT IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown'))
    AND new.state IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown') AND NOT new.held_back
BEGIN
    INSERT INTO queue_entry
    SELECT new.id, new.patron,
        p.protected_mark OR s.protection = 'yes' OR new.kind IN ('protection_started', 'protection_ended',
            'identity_code_changed', 'identity_code_passivated'),
        p.municipality, p.home_library, coalesce(p.language, ''), new.kind, new.state, new.opened_at,
        date(substr(new.opened_at, 1, 10), CASE WHEN new.kind IN ('death', 'death_withdrawn') THEN '+30 days'
            WHEN new.kind IN ('protection_started', 'protection_ended') THEN '+0 days' ELSE '+14 days' END)
            || substr(new.opened_at, 11),
        CASE WHEN p.unpaid_fees_cents > 0 OR p.open_loans > 0 THEN p.oldest_due_date END
    FROM patron p JOIN person s ON s.patron = p.id WHERE p.id = new.patron;
END;
CREATE TRIGGER queue_entry_moved AFTER UPDATE OF state ON finding
WHEN new.state <> old.state AND new.state IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown')
    AND old.state IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown') AND NOT new.held_back
BEGIN
    UPDATE queue_entry SET state = new.state WHERE finding = new.id;
END;
CREATE TRIGGER queue_entry_left AFTER UPDATE OF state, held_back ON finding
WHEN new.held_back OR new.state NOT IN ('new', 'opened', 'snoozed', 'stale', 'outcome_unknown')
BEGIN
    DELETE FROM queue_entry WHERE finding = new.id;
END;
CREATE TRIGGER queue_entry_deleted AFTER DELETE ON finding
BEGIN
    DELETE FROM queue_entry WHERE finding = old.id;
END;
CREATE TRIGGER queue_entry_of_patron AFTER UPDATE OF municipality, home_library, language, protected_mark,
    open_loans, unpaid_fees_cents, oldest_due_date ON patron
WHEN new.municipality IS NOT old.municipality OR new.home_library IS NOT old.home_library
    OR new.language IS NOT old.language OR new.protected_mark IS NOT old.protected_mark
    OR new.open_loans IS NOT old.open_loans OR new.unpaid_fees_cents IS NOT old.unpaid_fees_cents
    OR new.oldest_due_date IS NOT old.oldest_due_date
BEGIN
    UPDATE queue_entry
    SET municipality = new.municipality, home_library = new.home_library, language = coalesce(new.language, ''),
        shielded = new.protected_mark OR kind IN ('protection_started', 'protection_ended',
            'identity_code_changed', 'identity_code_passivated')
            OR EXISTS (SELECT 1 FROM person s WHERE s.patron = new.id AND s.protection = 'yes'),
        debt_since = CASE WHEN new.unpaid_fees_cents > 0 OR new.open_loans > 0 THEN new.oldest_due_date END
    WHERE patron = new.id;
END;
CREATE TRIGGER queue_entry_of_person AFTER UPDATE OF protection ON person WHEN new.protection <> old.protection
BEGIN
    UPDATE queue_entry
    SET shielded = new.protection = 'yes' OR kind IN ('protection_started', 'protection_ended',
            'identity_code_changed', 'identity_code_passivated')
            OR EXISTS (SELECT 1 FROM patron p WHERE p.id = new.patron AND p.protected_mark)
    WHERE patron = new.patron;
END;
