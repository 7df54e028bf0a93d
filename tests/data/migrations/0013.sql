INSERT INTO session (id, account, token_digest, language, agent, address, created_at, seen_at, expires_at, ended_at)
VALUES ({uuid 60}, {uuid 8}, {bytes 0505050505050505050505050505050505050505050505050505050505050505}, 'sv', 'a browser', '192.0.2.1', '2026-11-21T10:00:00+00:00',
    '2026-11-21T10:00:00+00:00', '2026-11-21T20:00:00+00:00', NULL);
