-- One row for each table of migration 11; the rows of before it are open.
UPDATE query_switch SET stopped_at = '2026-11-21T10:00:00+00:00', until = '2026-11-22T10:00:00+00:00',
    reason = 'a wrong permit', account = {uuid 8}, actor = 'maija' WHERE id = 1;
UPDATE slice SET per_day = 50, priorities = 'debts wrong_contact_details', actor = 'maija',
    begun_at = '2026-11-21T10:00:00+00:00' WHERE id = 1;
