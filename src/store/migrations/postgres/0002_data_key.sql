-- Wrapped data keys of patrons, in a schema of their own, backed up apart from the database.
CREATE SCHEMA IF NOT EXISTS ajantasa_keys;
CREATE TABLE ajantasa_keys.data_key (
    patron UUID NOT NULL,
    version BIGINT NOT NULL,
    subject_tag BYTEA NOT NULL,
    master_version BIGINT NOT NULL,
    wrapped BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (patron, version)
);
CREATE INDEX data_key_master ON ajantasa_keys.data_key (master_version);
