-- Names in one way of writing, to be searched; empty until they are written. The index holds those nobody has written.
ALTER TABLE patron ADD COLUMN written_name TEXT COLLATE "C";
CREATE INDEX patron_written_name ON patron (written_name, municipality);
CREATE INDEX patron_not_written ON patron (id) WHERE written_name IS NULL;

-- What a session keeps for its next page and must not be in an address: sealed, for half an hour at most.
CREATE TABLE session_note (
    session UUID NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('search', 'check')),
    sealed BYTEA NOT NULL,
    written_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (session, kind)
);
CREATE INDEX session_note_written ON session_note (written_at);

-- What was decided in a week is counted without reading all that ever was.
CREATE INDEX decision_time ON decision (decided_at);

-- Who is protected is left out of the counts of those who are not cleared: the few, not everybody, are read for that.
CREATE INDEX patron_marked ON patron (id) WHERE protected_mark;
CREATE INDEX person_protected ON person (patron) WHERE protection = 'yes';
