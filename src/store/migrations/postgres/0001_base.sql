-- The patron register and what is known from VTJ.
-- Text sorts and compares by its bytes, as on SQLite, whatever the locale of the database.

-- A row of the patron register. Identity code, address columns, phone and e-mail are in "sealed";
-- names, card, group and dates are clear for searching.
CREATE TABLE patron (
    id UUID PRIMARY KEY,
    patron_id TEXT COLLATE "C" NOT NULL UNIQUE,
    card_number TEXT COLLATE "C" NOT NULL UNIQUE,
    code_index BYTEA,
    key_version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    last_name TEXT COLLATE "C" NOT NULL,
    first_names TEXT COLLATE "C" NOT NULL,
    birth_date DATE,
    language TEXT COLLATE "C" CHECK (language IN ('fi', 'sv', 'en')),
    patron_group TEXT COLLATE "C" NOT NULL,
    municipality TEXT COLLATE "C" NOT NULL CHECK (length(municipality) = 3),
    home_library TEXT COLLATE "C" NOT NULL,
    registered_on DATE,
    last_active_on DATE,
    last_patron_edit_on DATE,
    guarantor_patron_id TEXT COLLATE "C",
    open_loans BIGINT,
    unpaid_fees_cents BIGINT,
    oldest_due_date DATE,
    owning_library TEXT COLLATE "C" NOT NULL,
    card_expires_on DATE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('person', 'organisation')),
    protected_mark BOOLEAN NOT NULL,
    notes TEXT COLLATE "C" NOT NULL,
    row_digest BYTEA NOT NULL,
    in_register BOOLEAN NOT NULL,
    last_import UUID NOT NULL,
    sources TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL CHECK (version >= 1),
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX patron_code_index ON patron (code_index) WHERE code_index IS NOT NULL;
CREATE INDEX patron_guarantor ON patron (guarantor_patron_id) WHERE guarantor_patron_id IS NOT NULL;
CREATE INDEX patron_last_name ON patron (last_name, first_names);

-- What is known of each patron from VTJ, and what is due. One row per patron.
CREATE TABLE person (
    patron UUID PRIMARY KEY REFERENCES patron (id),
    follow_state TEXT COLLATE "C" NOT NULL CHECK (follow_state IN ('unfollowed', 'waiting', 'following')),
    unfollowed_because TEXT COLLATE "C",
    municipality TEXT COLLATE "C" NOT NULL,
    code_index BYTEA,
    list UUID,
    enrol_due BOOLEAN NOT NULL,
    refresh_due_at TIMESTAMPTZ,
    refresh_attempts BIGINT NOT NULL,
    answer TEXT COLLATE "C" NOT NULL CHECK (answer IN ('not_asked', 'found', 'absent', 'unreadable', 'mismatch')),
    answered_at TIMESTAMPTZ,
    absent_since TIMESTAMPTZ,
    request UUID,
    record_version BIGINT NOT NULL,
    record_digest BYTEA,
    key_version BIGINT NOT NULL,
    sealed BYTEA,
    protection TEXT COLLATE "C" NOT NULL CHECK (protection IN ('unknown', 'no', 'yes')),
    protection_period BIGINT NOT NULL,
    protection_signal_at TIMESTAMPTZ,
    death_signal_at TIMESTAMPTZ,
    held_as_dead BOOLEAN NOT NULL,
    frozen BOOLEAN NOT NULL,
    code_change_signalled BOOLEAN NOT NULL,
    compare_due BOOLEAN NOT NULL,
    compare_on DATE,
    compared_at TIMESTAMPTZ,
    CHECK ((follow_state = 'unfollowed') = (unfollowed_because IS NOT NULL)),
    CHECK (follow_state <> 'following' OR list IS NOT NULL),
    CHECK (answer <> 'found' OR sealed IS NOT NULL)
);
CREATE INDEX person_refresh ON person (refresh_due_at) WHERE refresh_due_at IS NOT NULL;
CREATE INDEX person_compare ON person (patron) WHERE compare_due;
CREATE INDEX person_compare_on ON person (compare_on) WHERE compare_on IS NOT NULL;
CREATE INDEX person_enrol ON person (patron) WHERE enrol_due;
CREATE INDEX person_code ON person (code_index) WHERE code_index IS NOT NULL;

-- Surnames VTJ gave earlier, as keyed hashes: compared, never shown.
CREATE TABLE earlier_surname (
    patron UUID NOT NULL REFERENCES patron (id),
    surname_hash BYTEA NOT NULL,
    PRIMARY KEY (patron, surname_hash)
);

-- A list of people followed in the change interface, with its own cursor.
CREATE TABLE follow_list (
    id UUID PRIMARY KEY,
    municipality TEXT COLLATE "C" NOT NULL,
    cursor_key BIGINT,
    cursor_at TIMESTAMPTZ,
    caught_up_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    members BIGINT NOT NULL CHECK (members >= 0),
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX follow_list_room ON follow_list (municipality, members);

-- Who was on a list at which version of it: what a change request asked about.
CREATE TABLE follow_member (
    list UUID NOT NULL REFERENCES follow_list (id),
    patron UUID NOT NULL REFERENCES patron (id),
    code_index BYTEA NOT NULL,
    joined_version BIGINT NOT NULL,
    left_version BIGINT,
    PRIMARY KEY (list, patron, joined_version),
    CHECK (left_version IS NULL OR left_version > joined_version)
);
CREATE INDEX follow_member_present ON follow_member (list, patron) WHERE left_version IS NULL;

-- Changes as received, granted groups only, sealed; used ones are emptied after 14 days.
CREATE TABLE inbox (
    id UUID PRIMARY KEY,
    list UUID NOT NULL REFERENCES follow_list (id),
    patron UUID NOT NULL REFERENCES patron (id),
    change_key BYTEA NOT NULL UNIQUE,
    registered_at TIMESTAMPTZ,
    received_at TIMESTAMPTZ NOT NULL,
    request UUID NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('new', 'used', 'quarantined')),
    reason TEXT COLLATE "C",
    attempts BIGINT NOT NULL,
    used_at TIMESTAMPTZ,
    key_version BIGINT NOT NULL,
    sealed BYTEA,
    CHECK (state <> 'new' OR sealed IS NOT NULL),
    CHECK ((state = 'quarantined') = (reason IS NOT NULL))
);
CREATE INDEX inbox_new ON inbox (patron, id) WHERE state = 'new';
CREATE INDEX inbox_used ON inbox (used_at) WHERE sealed IS NOT NULL;

-- A difference between VTJ and the patron register, and the state of its review.
CREATE TABLE finding (
    id UUID PRIMARY KEY,
    patron UUID NOT NULL REFERENCES patron (id),
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('address_change', 'moved_abroad', 'name_change', 'death',
        'death_withdrawn', 'protection_started', 'protection_ended', 'identity_code_changed',
        'identity_code_passivated', 'identity_mismatch', 'not_in_vtj', 'language_change',
        'guarantor_deceased', 'guardian_changed', 'guarantor_expires', 'unreadable')),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'applying',
        'outcome_unknown', 'written', 'confirmed', 'rejected', 'superseded', 'closed')),
    rule TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    moved TEXT COLLATE "C",
    single_review BOOLEAN NOT NULL,
    confirmable BOOLEAN NOT NULL,
    evidence_digest BYTEA NOT NULL,
    patron_version BIGINT NOT NULL,
    record_version BIGINT NOT NULL,
    request UUID,
    key_version BIGINT NOT NULL,
    sealed BYTEA,
    opened_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    snoozed_until TIMESTAMPTZ,
    effective_at TIMESTAMPTZ,
    decision UUID,
    superseded_by UUID,
    version BIGINT NOT NULL,
    CHECK (state <> 'snoozed' OR snoozed_until IS NOT NULL),
    CHECK (state NOT IN ('decided', 'applying', 'written', 'confirmed', 'rejected', 'outcome_unknown')
        OR decision IS NOT NULL),
    CHECK (state <> 'decided' OR effective_at IS NOT NULL),
    CHECK (state <> 'superseded' OR superseded_by IS NOT NULL)
);
CREATE UNIQUE INDEX finding_one_open ON finding (patron, kind)
    WHERE state IN ('new', 'opened', 'snoozed', 'stale', 'decided', 'applying', 'outcome_unknown', 'written');
CREATE INDEX finding_queue ON finding (state, opened_at, id);
CREATE INDEX finding_patron ON finding (patron, kind, state);

-- A person's decision about a finding.
CREATE TABLE decision (
    id UUID PRIMARY KEY,
    finding UUID NOT NULL REFERENCES finding (id),
    verdict TEXT COLLATE "C" NOT NULL CHECK (verdict IN ('approve', 'reject', 'snooze', 'undo')),
    account UUID NOT NULL,
    os_user TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    key_version BIGINT NOT NULL,
    sealed_note BYTEA,
    evidence_digest BYTEA NOT NULL,
    patron_version BIGINT NOT NULL,
    decided_at TIMESTAMPTZ NOT NULL,
    CHECK (verdict <> 'reject' OR reason IS NOT NULL)
);
CREATE INDEX decision_finding ON decision (finding, decided_at);

-- An attempt to write an approved finding: the intent before, the outcome after.
CREATE TABLE apply_attempt (
    id UUID PRIMARY KEY,
    finding UUID NOT NULL REFERENCES finding (id),
    epoch BIGINT NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    outcome TEXT COLLATE "C" CHECK (outcome IN ('confirmed', 'written', 'proposed', 'conflict', 'gone', 'unknown')),
    CHECK ((finished_at IS NULL) = (outcome IS NULL))
);
CREATE INDEX apply_attempt_finding ON apply_attempt (finding, started_at);

-- An estate that a confirmed death has opened.
CREATE TABLE estate_case (
    id UUID PRIMARY KEY,
    patron UUID NOT NULL REFERENCES patron (id),
    finding UUID NOT NULL REFERENCES finding (id),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('opened', 'withdrawn')),
    opened_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);
CREATE UNIQUE INDEX estate_case_one_open ON estate_case (patron) WHERE state = 'opened';

-- Every request to VTJ, written before it is sent.
CREATE TABLE disclosure (
    id UUID PRIMARY KEY,
    requested_at TIMESTAMPTZ NOT NULL,
    interface TEXT COLLATE "C" NOT NULL,
    municipality TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    legal_basis TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    task TEXT COLLATE "C" NOT NULL,
    field_groups TEXT COLLATE "C" NOT NULL,
    list UUID,
    list_version BIGINT,
    persons_asked BIGINT NOT NULL,
    persons_answered BIGINT,
    attempts BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    finished_at TIMESTAMPTZ,
    CHECK ((outcome = 'sent') = (finished_at IS NULL))
);
CREATE INDEX disclosure_time ON disclosure (requested_at, id);
CREATE INDEX disclosure_unfinished ON disclosure (requested_at) WHERE finished_at IS NULL;

-- The people a request was about.
CREATE TABLE disclosure_subject (
    disclosure UUID NOT NULL REFERENCES disclosure (id),
    patron UUID NOT NULL REFERENCES patron (id),
    PRIMARY KEY (disclosure, patron)
);
CREATE INDEX disclosure_subject_patron ON disclosure_subject (patron, disclosure);

-- What happened, who did it, about whom: no personal value in it. The numbers have no gaps.
CREATE TABLE audit (
    sequence BIGINT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    actor_kind TEXT COLLATE "C" NOT NULL CHECK (actor_kind IN ('account', 'os_user', 'task')),
    actor TEXT COLLATE "C" NOT NULL,
    os_user TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject_tag BYTEA,
    purpose TEXT COLLATE "C",
    request UUID,
    finding UUID,
    decision UUID,
    evidence BYTEA,
    detail TEXT COLLATE "C" NOT NULL
);
CREATE INDEX audit_subject ON audit (subject_tag, sequence) WHERE subject_tag IS NOT NULL;

-- The next number of the audit log; one row, locked by every writer.
CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    last_sequence BIGINT NOT NULL
);
INSERT INTO audit_head (id, last_sequence) VALUES (1, 0);

-- A member of staff.
CREATE TABLE account (
    id UUID PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    role TEXT COLLATE "C" NOT NULL CHECK (role IN ('administrator', 'reviewer', 'auditor')),
    may_protected BOOLEAN NOT NULL,
    password_hash TEXT COLLATE "C",
    os_login TEXT COLLATE "C",
    own_card TEXT COLLATE "C",
    ends_on DATE NOT NULL,
    failures BIGINT NOT NULL,
    locked_until TIMESTAMPTZ,
    disabled_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    CHECK (NOT may_protected OR role = 'reviewer'),
    CHECK (password_hash IS NOT NULL OR os_login IS NOT NULL)
);
CREATE TABLE account_municipality (
    account UUID NOT NULL REFERENCES account (id),
    municipality TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (account, municipality)
);

-- Who works on a task now. The database's clock decides; times are milliseconds since 1970.
CREATE TABLE lease (
    task TEXT COLLATE "C" PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);

-- Whether an interface answers, for every daemon and command alike.
CREATE TABLE breaker (
    interface TEXT COLLATE "C" PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('closed', 'open', 'half_open')),
    failures BIGINT NOT NULL,
    until TIMESTAMPTZ
);

-- One round of a task.
CREATE TABLE task_run (
    id UUID PRIMARY KEY,
    task TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    outcome TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'killed')),
    report TEXT COLLATE "C" NOT NULL,
    CHECK ((outcome = 'running') = (finished_at IS NULL))
);
CREATE INDEX task_run_task ON task_run (task, started_at);

-- One reading of a patron file.
CREATE TABLE import_run (
    id UUID PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    os_user TEXT COLLATE "C" NOT NULL,
    counts TEXT COLLATE "C" NOT NULL
);

-- When each schedule was last due.
CREATE TABLE schedule_state (
    name TEXT COLLATE "C" PRIMARY KEY,
    last_due TIMESTAMPTZ NOT NULL
);

-- Facts about the installation itself.
CREATE TABLE installation (
    name TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);
