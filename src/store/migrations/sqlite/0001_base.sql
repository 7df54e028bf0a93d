-- The patron register and what is known from VTJ.

-- A row of the patron register. Identity code, address columns, phone and e-mail are in "sealed";
-- names, card, group and dates are clear for searching.
CREATE TABLE patron (
    id BLOB PRIMARY KEY,
    patron_id TEXT NOT NULL UNIQUE,
    card_number TEXT NOT NULL UNIQUE,
    code_index BLOB,
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    last_name TEXT NOT NULL,
    first_names TEXT NOT NULL,
    birth_date TEXT,
    language TEXT CHECK (language IN ('fi', 'sv', 'en')),
    patron_group TEXT NOT NULL,
    municipality TEXT NOT NULL CHECK (length(municipality) = 3),
    home_library TEXT NOT NULL,
    registered_on TEXT,
    last_active_on TEXT,
    last_patron_edit_on TEXT,
    guarantor_patron_id TEXT,
    open_loans INTEGER,
    unpaid_fees_cents INTEGER,
    oldest_due_date TEXT,
    owning_library TEXT NOT NULL,
    card_expires_on TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('person', 'organisation')),
    protected_mark INTEGER NOT NULL,
    notes TEXT NOT NULL,
    row_digest BLOB NOT NULL,
    in_register INTEGER NOT NULL,
    last_import BLOB NOT NULL,
    sources TEXT NOT NULL,
    version INTEGER NOT NULL CHECK (version >= 1),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX patron_code_index ON patron (code_index) WHERE code_index IS NOT NULL;
CREATE INDEX patron_guarantor ON patron (guarantor_patron_id) WHERE guarantor_patron_id IS NOT NULL;
CREATE INDEX patron_last_name ON patron (last_name, first_names);

-- What is known of each patron from VTJ, and what is due. One row per patron.
CREATE TABLE person (
    patron BLOB PRIMARY KEY REFERENCES patron (id),
    follow_state TEXT NOT NULL CHECK (follow_state IN ('unfollowed', 'waiting', 'following')),
    unfollowed_because TEXT,
    municipality TEXT NOT NULL,
    code_index BLOB,
    list BLOB,
    enrol_due INTEGER NOT NULL,
    refresh_due_at TEXT,
    refresh_attempts INTEGER NOT NULL,
    answer TEXT NOT NULL CHECK (answer IN ('not_asked', 'found', 'absent', 'unreadable', 'mismatch')),
    answered_at TEXT,
    absent_since TEXT,
    request BLOB,
    record_version INTEGER NOT NULL,
    record_digest BLOB,
    key_version INTEGER NOT NULL,
    sealed BLOB,
    protection TEXT NOT NULL CHECK (protection IN ('unknown', 'no', 'yes')),
    protection_period INTEGER NOT NULL,
    protection_signal_at TEXT,
    death_signal_at TEXT,
    held_as_dead INTEGER NOT NULL,
    frozen INTEGER NOT NULL,
    code_change_signalled INTEGER NOT NULL,
    compare_due INTEGER NOT NULL,
    compare_on TEXT,
    compared_at TEXT,
    CHECK ((follow_state = 'unfollowed') = (unfollowed_because IS NOT NULL)),
    CHECK (follow_state <> 'following' OR list IS NOT NULL),
    CHECK (answer <> 'found' OR sealed IS NOT NULL)
) STRICT;
CREATE INDEX person_refresh ON person (refresh_due_at) WHERE refresh_due_at IS NOT NULL;
CREATE INDEX person_compare ON person (patron) WHERE compare_due;
CREATE INDEX person_compare_on ON person (compare_on) WHERE compare_on IS NOT NULL;
CREATE INDEX person_enrol ON person (patron) WHERE enrol_due;
CREATE INDEX person_code ON person (code_index) WHERE code_index IS NOT NULL;

-- Surnames VTJ gave earlier, as keyed hashes: compared, never shown.
CREATE TABLE earlier_surname (
    patron BLOB NOT NULL REFERENCES patron (id),
    surname_hash BLOB NOT NULL,
    PRIMARY KEY (patron, surname_hash)
) STRICT;

-- A list of people followed in the change interface, with its own cursor.
CREATE TABLE follow_list (
    id BLOB PRIMARY KEY,
    municipality TEXT NOT NULL,
    cursor_key INTEGER,
    cursor_at TEXT,
    caught_up_at TEXT,
    version INTEGER NOT NULL,
    members INTEGER NOT NULL CHECK (members >= 0),
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX follow_list_room ON follow_list (municipality, members);

-- Who was on a list at which version of it: what a change request asked about.
CREATE TABLE follow_member (
    list BLOB NOT NULL REFERENCES follow_list (id),
    patron BLOB NOT NULL REFERENCES patron (id),
    code_index BLOB NOT NULL,
    joined_version INTEGER NOT NULL,
    left_version INTEGER,
    PRIMARY KEY (list, patron, joined_version),
    CHECK (left_version IS NULL OR left_version > joined_version)
) STRICT;
CREATE INDEX follow_member_present ON follow_member (list, patron) WHERE left_version IS NULL;

-- Changes as received, granted groups only, sealed; used ones are emptied after 14 days.
CREATE TABLE inbox (
    id BLOB PRIMARY KEY,
    list BLOB NOT NULL REFERENCES follow_list (id),
    patron BLOB NOT NULL REFERENCES patron (id),
    change_key BLOB NOT NULL UNIQUE,
    registered_at TEXT,
    received_at TEXT NOT NULL,
    request BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('new', 'used', 'quarantined')),
    reason TEXT,
    attempts INTEGER NOT NULL,
    used_at TEXT,
    key_version INTEGER NOT NULL,
    sealed BLOB,
    CHECK (state <> 'new' OR sealed IS NOT NULL),
    CHECK ((state = 'quarantined') = (reason IS NOT NULL))
) STRICT;
CREATE INDEX inbox_new ON inbox (patron, id) WHERE state = 'new';
CREATE INDEX inbox_used ON inbox (used_at) WHERE sealed IS NOT NULL;

-- A difference between VTJ and the patron register, and the state of its review.
CREATE TABLE finding (
    id BLOB PRIMARY KEY,
    patron BLOB NOT NULL REFERENCES patron (id),
    kind TEXT NOT NULL CHECK (kind IN ('address_change', 'moved_abroad', 'name_change', 'death',
        'death_withdrawn', 'protection_started', 'protection_ended', 'identity_code_changed',
        'identity_code_passivated', 'identity_mismatch', 'not_in_vtj', 'language_change',
        'guarantor_deceased', 'guardian_changed', 'guarantor_expires', 'unreadable')),
    state TEXT NOT NULL CHECK (state IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'applying',
        'outcome_unknown', 'written', 'confirmed', 'rejected', 'superseded', 'closed')),
    rule TEXT NOT NULL,
    reason TEXT NOT NULL,
    moved TEXT,
    single_review INTEGER NOT NULL,
    confirmable INTEGER NOT NULL,
    evidence_digest BLOB NOT NULL,
    patron_version INTEGER NOT NULL,
    record_version INTEGER NOT NULL,
    request BLOB,
    key_version INTEGER NOT NULL,
    sealed BLOB,
    opened_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    snoozed_until TEXT,
    effective_at TEXT,
    decision BLOB,
    superseded_by BLOB,
    version INTEGER NOT NULL,
    CHECK (state <> 'snoozed' OR snoozed_until IS NOT NULL),
    CHECK (state NOT IN ('decided', 'applying', 'written', 'confirmed', 'rejected', 'outcome_unknown')
        OR decision IS NOT NULL),
    CHECK (state <> 'decided' OR effective_at IS NOT NULL),
    CHECK (state <> 'superseded' OR superseded_by IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX finding_one_open ON finding (patron, kind)
    WHERE state IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'applying', 'outcome_unknown', 'written');
CREATE INDEX finding_queue ON finding (state, opened_at, id);
CREATE INDEX finding_patron ON finding (patron, kind, state);

-- A person's decision about a finding.
CREATE TABLE decision (
    id BLOB PRIMARY KEY,
    finding BLOB NOT NULL REFERENCES finding (id),
    verdict TEXT NOT NULL CHECK (verdict IN ('approve', 'reject', 'snooze', 'undo')),
    account BLOB NOT NULL,
    os_user TEXT NOT NULL,
    reason TEXT,
    key_version INTEGER NOT NULL,
    sealed_note BLOB,
    evidence_digest BLOB NOT NULL,
    patron_version INTEGER NOT NULL,
    decided_at TEXT NOT NULL,
    CHECK (verdict <> 'reject' OR reason IS NOT NULL)
) STRICT;
CREATE INDEX decision_finding ON decision (finding, decided_at);

-- An attempt to write an approved finding: the intent before, the outcome after.
CREATE TABLE apply_attempt (
    id BLOB PRIMARY KEY,
    finding BLOB NOT NULL REFERENCES finding (id),
    epoch INTEGER NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT CHECK (outcome IN ('confirmed', 'written', 'proposed', 'conflict', 'gone', 'unknown')),
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
) STRICT;
CREATE INDEX apply_attempt_finding ON apply_attempt (finding, started_at);

-- An estate that a confirmed death has opened.
CREATE TABLE estate_case (
    id BLOB PRIMARY KEY,
    patron BLOB NOT NULL REFERENCES patron (id),
    finding BLOB NOT NULL REFERENCES finding (id),
    state TEXT NOT NULL CHECK (state IN ('opened', 'withdrawn')),
    opened_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX estate_case_one_open ON estate_case (patron) WHERE state = 'opened';

-- Every request to VTJ, written before it is sent.
CREATE TABLE disclosure (
    id BLOB PRIMARY KEY,
    requested_at TEXT NOT NULL,
    interface TEXT NOT NULL,
    municipality TEXT NOT NULL,
    purpose TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    actor TEXT NOT NULL,
    task TEXT NOT NULL,
    field_groups TEXT NOT NULL,
    list BLOB,
    list_version INTEGER,
    persons_asked INTEGER NOT NULL,
    persons_answered INTEGER,
    attempts INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    finished_at TEXT,
    CHECK ((outcome = 'sent') = (finished_at IS NULL))
) STRICT;
CREATE INDEX disclosure_time ON disclosure (requested_at, id);
CREATE INDEX disclosure_unfinished ON disclosure (requested_at) WHERE finished_at IS NULL;

-- The people a request was about.
CREATE TABLE disclosure_subject (
    disclosure BLOB NOT NULL REFERENCES disclosure (id),
    patron BLOB NOT NULL REFERENCES patron (id),
    PRIMARY KEY (disclosure, patron)
) STRICT;
CREATE INDEX disclosure_subject_patron ON disclosure_subject (patron, disclosure);

-- What happened, who did it, about whom: no personal value in it. The numbers have no gaps.
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor_kind TEXT NOT NULL CHECK (actor_kind IN ('account', 'os_user', 'task')),
    actor TEXT NOT NULL,
    os_user TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_tag BLOB,
    purpose TEXT,
    request BLOB,
    finding BLOB,
    decision BLOB,
    evidence BLOB,
    detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject_tag, sequence) WHERE subject_tag IS NOT NULL;

-- The next number of the audit log; one row, locked by every writer.
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last_sequence INTEGER NOT NULL
) STRICT;
INSERT INTO audit_head (id, last_sequence) VALUES (1, 0);

-- A member of staff.
CREATE TABLE account (
    id BLOB PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('administrator', 'reviewer', 'auditor')),
    may_protected INTEGER NOT NULL,
    password_hash TEXT,
    os_login TEXT,
    own_card TEXT,
    ends_on TEXT NOT NULL,
    failures INTEGER NOT NULL,
    locked_until TEXT,
    disabled_at TEXT,
    created_at TEXT NOT NULL,
    CHECK (NOT may_protected OR role = 'reviewer'),
    CHECK (password_hash IS NOT NULL OR os_login IS NOT NULL)
) STRICT;
CREATE TABLE account_municipality (
    account BLOB NOT NULL REFERENCES account (id),
    municipality TEXT NOT NULL,
    PRIMARY KEY (account, municipality)
) STRICT;

-- Who works on a task now. The database's clock decides; times are milliseconds since 1970.
CREATE TABLE lease (
    task TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) STRICT;

-- Whether an interface answers, for every daemon and command alike.
CREATE TABLE breaker (
    interface TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('closed', 'open', 'half_open')),
    failures INTEGER NOT NULL,
    until TEXT
) STRICT;

-- One round of a task.
CREATE TABLE task_run (
    id BLOB PRIMARY KEY,
    task TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'killed')),
    report TEXT NOT NULL,
    CHECK ((outcome = 'running') = (finished_at IS NULL))
) STRICT;
CREATE INDEX task_run_task ON task_run (task, started_at);

-- One reading of a patron file.
CREATE TABLE import_run (
    id BLOB PRIMARY KEY,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    os_user TEXT NOT NULL,
    counts TEXT NOT NULL
) STRICT;

-- When each schedule was last due.
CREATE TABLE schedule_state (
    name TEXT PRIMARY KEY,
    last_due TEXT NOT NULL
) STRICT;

-- Facts about the installation itself.
CREATE TABLE installation (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
