-- Wrapped data keys of patrons, in a file of their own, backed up apart from the database.
CREATE TABLE data_key (
    patron BLOB NOT NULL,
    version INTEGER NOT NULL,
    subject_tag BLOB NOT NULL,
    master_version INTEGER NOT NULL,
    wrapped BLOB NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (patron, version)
) STRICT;
CREATE INDEX data_key_master ON data_key (master_version);
