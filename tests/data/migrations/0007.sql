-- One row for each table of migration 7.
INSERT INTO claim (id, patron, provider, said_at, received_at, key_version, sealed)
VALUES ({uuid 31}, {uuid 1}, 'moves', '2026-11-20T22:00:00+00:00', '2026-11-21T10:00:00.123456+00:00', 1, {bytes ff});
INSERT INTO collection_run (id, account, os_user, reason, started_at, finished_at, counts)
VALUES ({uuid 32}, {uuid 8}, 'maija', 'weekly', '2026-11-21T10:00:00+00:00', NULL, '{}');
INSERT INTO collection_card (run, position, patron, payer, decision, why, disclosure)
VALUES ({uuid 32}, 1, {uuid 1}, {uuid 1}, 'hold', 'not_verified', NULL);
