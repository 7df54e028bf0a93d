-- One row for each table of migration 1. {uuid 1} and {bytes 01} are written as each database writes them.
INSERT INTO patron (id, patron_id, card_number, code_index, key_version, sealed, last_name, first_names, birth_date,
    language, patron_group, municipality, home_library, registered_on, guarantor_patron_id, open_loans,
    unpaid_fees_cents, owning_library, kind, protected_mark, notes, row_digest, in_register, last_import, sources,
    version, created_at, updated_at)
VALUES ({uuid 1}, 'P1', '2030001', {bytes 0101}, 1, {bytes ff00}, 'Testinen', 'Tiina', '1990-01-01', 'fi', '', '710',
    '', '2020-02-29', 'P0', 2, 1250, '', 'person', FALSE, 'objected', {bytes aa}, TRUE, {uuid 2}, '{}', 1,
    '2026-11-21T10:00:00.123456+00:00', '2026-11-21T10:00:00+00:00');
INSERT INTO follow_list (id, municipality, cursor_key, cursor_at, caught_up_at, version, members, created_at)
VALUES ({uuid 3}, '710', 100, '2026-11-21T10:00:00+00:00', NULL, 1, 1, '2026-11-21T10:00:00+00:00');
INSERT INTO follow_member (list, patron, code_index, joined_version, left_version)
VALUES ({uuid 3}, {uuid 1}, {bytes 0101}, 1, NULL);
INSERT INTO person (patron, follow_state, unfollowed_because, municipality, code_index, list, enrol_due, refresh_due_at,
    refresh_attempts, answer, answered_at, record_version, record_digest, key_version, sealed, protection,
    protection_period, held_as_dead, frozen, code_change_signalled, compare_due, compare_on)
VALUES ({uuid 1}, 'following', NULL, '710', {bytes 0101}, {uuid 3}, FALSE, '2026-11-21T10:00:00+00:00', 0, 'found',
    '2026-11-21T10:00:00+00:00', 1, {bytes bb}, 1, {bytes cc}, 'no', 0, FALSE, FALSE, FALSE, TRUE, '2026-12-01');
INSERT INTO earlier_surname (patron, surname_hash) VALUES ({uuid 1}, {bytes dd});
INSERT INTO inbox (id, list, patron, change_key, registered_at, received_at, request, state, reason, attempts, used_at,
    key_version, sealed)
VALUES ({uuid 4}, {uuid 3}, {uuid 1}, {bytes ee}, '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00', {uuid 5},
    'new', NULL, 0, NULL, 1, {bytes ff});
INSERT INTO finding (id, patron, kind, state, rule, reason, single_review, confirmable, evidence_digest, patron_version,
    record_version, key_version, sealed, opened_at, updated_at, decision, version)
VALUES ({uuid 6}, {uuid 1}, 'death', 'confirmed', 'death', 'a reason', FALSE, TRUE, {bytes 01}, 1, 1, 1, {bytes 02},
    '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00', {uuid 7}, 3);
INSERT INTO decision (id, finding, verdict, account, os_user, reason, key_version, sealed_note, evidence_digest,
    patron_version, decided_at)
VALUES ({uuid 7}, {uuid 6}, 'approve', {uuid 8}, 'maija', NULL, 1, NULL, {bytes 01}, 1, '2026-11-21T10:00:00+00:00');
INSERT INTO apply_attempt (id, finding, epoch, started_at, finished_at, outcome)
VALUES ({uuid 9}, {uuid 6}, 1, '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:01+00:00', 'confirmed');
INSERT INTO estate_case (id, patron, finding, state, opened_at, updated_at)
VALUES ({uuid 10}, {uuid 1}, {uuid 6}, 'opened', '2026-11-21T10:00:00+00:00', '2026-11-21T10:00:00+00:00');
INSERT INTO disclosure (id, requested_at, interface, municipality, purpose, legal_basis, actor, task, field_groups,
    persons_asked, attempts, outcome)
VALUES ({uuid 5}, '2026-11-21T10:00:00+00:00', 'perustiedot', '710', 'register_upkeep', 'a statute', 'a schedule',
    'refresh', 'address protection', 1, 1, 'sent');
INSERT INTO disclosure_subject (disclosure, patron) VALUES ({uuid 5}, {uuid 1});
INSERT INTO audit (sequence, at, actor_kind, actor, os_user, action, subject_tag, detail)
VALUES (1, '2026-11-21T10:00:00+00:00', 'task', 'refresh', 'ajantasa', 'person.read', {bytes 03}, '');
UPDATE audit_head SET last_sequence = 1 WHERE id = 1;
INSERT INTO account (id, name, role, may_protected, password_hash, os_login, ends_on, failures, created_at)
VALUES ({uuid 8}, 'maija', 'reviewer', TRUE, NULL, 'maija', '2027-12-31', 0, '2026-11-21T10:00:00+00:00');
INSERT INTO account_municipality (account, municipality) VALUES ({uuid 8}, '710');
INSERT INTO lease (task, holder, epoch, expires_ms) VALUES ('fetch', 'a', 1, 0);
INSERT INTO breaker (interface, state, failures, until) VALUES ('perustiedot', 'closed', 0, NULL);
INSERT INTO task_run (id, task, started_at, finished_at, outcome, report)
VALUES ({uuid 11}, 'fetch', '2026-11-21T10:00:00+00:00', NULL, 'running', '{}');
INSERT INTO import_run (id, started_at, os_user, counts) VALUES ({uuid 2}, '2026-11-21T10:00:00+00:00', 'maija', '{}');
INSERT INTO schedule_state (name, last_due) VALUES ('hourly', '2026-11-21T10:07:00+00:00');
INSERT INTO installation (name, value) VALUES ('allow_test_codes', 'no');
