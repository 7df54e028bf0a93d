INSERT INTO saved_view (id, account, name, filter, created_at)
VALUES ({uuid 61}, {uuid 8}, 'deaths', 'kind=death', '2026-11-21T10:00:00+00:00');
INSERT INTO reveal (id, finding, account, reason, at, until)
VALUES ({uuid 62}, {uuid 6}, {uuid 8}, 'mail came back', '2026-11-21T10:00:00+00:00', '2026-11-21T10:10:00+00:00');
INSERT INTO notice (id, to_account, about, at, seen_at)
VALUES ({uuid 63}, {uuid 8}, {uuid 62}, '2026-11-21T10:00:00+00:00', NULL);
