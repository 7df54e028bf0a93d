INSERT INTO awaited_visit (finding) VALUES ({uuid 6});
INSERT INTO disqualification (account, patron, declared_at) VALUES ({uuid 8}, {uuid 1}, '2026-11-21T10:00:00+00:00');
