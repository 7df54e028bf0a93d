-- Tables that are little more than their primary key are kept as that key's index, not beside it: half the
-- room, and one place to write a row instead of two.
CREATE TABLE disclosure_subject_by_key (
    disclosure BLOB NOT NULL REFERENCES disclosure (id),
    patron BLOB NOT NULL REFERENCES patron (id),
    PRIMARY KEY (disclosure, patron)
) STRICT, WITHOUT ROWID;
INSERT INTO disclosure_subject_by_key SELECT disclosure, patron FROM disclosure_subject ORDER BY disclosure, patron;
DROP TABLE disclosure_subject;
ALTER TABLE disclosure_subject_by_key RENAME TO disclosure_subject;
CREATE INDEX disclosure_subject_patron ON disclosure_subject (patron, disclosure);

CREATE TABLE earlier_surname_by_key (
    patron BLOB NOT NULL REFERENCES patron (id),
    surname_hash BLOB NOT NULL,
    PRIMARY KEY (patron, surname_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO earlier_surname_by_key SELECT patron, surname_hash FROM earlier_surname ORDER BY patron, surname_hash;
DROP TABLE earlier_surname;
ALTER TABLE earlier_surname_by_key RENAME TO earlier_surname;

CREATE TABLE follow_member_by_key (
    list BLOB NOT NULL REFERENCES follow_list (id),
    patron BLOB NOT NULL REFERENCES patron (id),
    code_index BLOB NOT NULL,
    joined_version INTEGER NOT NULL,
    left_version INTEGER,
    PRIMARY KEY (list, patron, joined_version),
    CHECK (left_version IS NULL OR left_version > joined_version)
) STRICT, WITHOUT ROWID;
INSERT INTO follow_member_by_key SELECT list, patron, code_index, joined_version, left_version
    FROM follow_member ORDER BY list, patron, joined_version;
DROP TABLE follow_member;
ALTER TABLE follow_member_by_key RENAME TO follow_member;
CREATE INDEX follow_member_present ON follow_member (patron, list) WHERE left_version IS NULL;

-- What is sealed of a patron's changes is found without reading everybody's when protection starts.
CREATE INDEX inbox_patron ON inbox (patron) WHERE sealed IS NOT NULL;
