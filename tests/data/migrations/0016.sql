INSERT INTO sign_in_lock (kind, key, failures, locked_until, changed_at)
VALUES ('name', {bytes 01}, 2, '2026-11-21T10:00:01+00:00', '2026-11-21T10:00:00+00:00');
INSERT INTO known_device (digest, account, made_at, used_at)
VALUES ({bytes 02}, {uuid 8}, '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00');
