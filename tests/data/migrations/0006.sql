-- A single-person query with its attempts, and a disclosure by hand.
INSERT INTO disclosure (id, requested_at, interface, municipality, purpose, legal_basis, actor, task, field_groups,
    persons_asked, persons_answered, attempts, outcome, finished_at, account, run, product, end_user, result, return_code,
    key_version, sealed_reason)
VALUES ({uuid 601}, '2026-11-21T10:00:00+00:00', 'vtjkysely', '710', 'desk', 'a statute', 'maija', 'check',
    'address protection', 1, 1, 2, 'answered', '2026-11-21T10:00:02+00:00', {uuid 8}, {uuid 602}, 'PERUSSANOMA 3',
    'aj-000000000000000000000000', 'found', '0000', 1, {bytes ab});
INSERT INTO disclosure_subject (disclosure, patron) VALUES ({uuid 601}, {uuid 1});
INSERT INTO query_ledger (id, disclosure, number, municipality, purpose, urgent, day, price_micro_euros, state, outcome,
    reserved_at, settled_at)
VALUES ({uuid 603}, {uuid 601}, 1, '710', 'desk', FALSE, '2026-11-21', 100000, 'refunded', 'unavailable',
    '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:01+00:00'),
    ({uuid 604}, {uuid 601}, 2, '710', 'desk', FALSE, '2026-11-21', 100000, 'reserved', NULL,
    '2026-11-21T10:00:01+00:00', NULL);
UPDATE query_ledger_head SET booked = 2 WHERE id = 1;
INSERT INTO disclosure_by_hand (id, recorded_at, handed_out_on, patron, municipality, legal_basis, fields, account, actor,
    key_version, sealed)
VALUES ({uuid 605}, '2026-11-21T10:00:00+00:00', '2026-11-20', {uuid 1}, '710', 'Police Act 872/2011', 'last_name',
    {uuid 8}, 'maija', 1, {bytes ac});
