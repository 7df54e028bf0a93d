INSERT INTO second_factor (account, state, key_version, sealed, last_step, made_at)
VALUES ({uuid 8}, 'confirmed', 1, {bytes 0102}, 58000000, '2026-11-21T10:00:00+00:00');
INSERT INTO one_time_code (account, digest, made_at, used_at)
VALUES ({uuid 8}, {bytes 03}, '2026-11-21T10:00:00+00:00', NULL);
INSERT INTO shown_once (account, kind, viewer, key_version, sealed, shown_until)
VALUES ({uuid 8}, 'codes', {uuid 8}, 1, {bytes 04}, '2026-11-21T10:10:00+00:00');
INSERT INTO first_password (account, made_at) VALUES ({uuid 8}, '2026-11-21T10:00:00+00:00');
