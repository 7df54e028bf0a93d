INSERT INTO bulk (id, account, class, municipality, state, ended_because, left_out, created_at, updated_at, effective_at)
VALUES ({uuid 64}, {uuid 8}, 'door', '710', 'sampling', NULL, 'stale 2', '2026-11-21T10:00:00+00:00',
    '2026-11-21T10:00:00+00:00', NULL);
INSERT INTO bulk_item (bulk, position, finding, finding_version, sample)
VALUES ({uuid 64}, 0, {uuid 6}, 1, 0);
INSERT INTO bulk_class (class, stopped_at) VALUES ('door', '2026-11-21T10:00:00+00:00');
