INSERT INTO assignment (finding, account, assigned_by, assigned_at)
VALUES ({uuid 6}, {uuid 8}, {uuid 8}, '2026-11-21T10:00:00+00:00');
INSERT INTO case_view (finding, account, session, opened_at, seen_at)
VALUES ({uuid 6}, {uuid 8}, {uuid 60}, '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00');
