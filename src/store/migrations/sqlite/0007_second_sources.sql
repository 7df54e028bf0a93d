-- What a provider other than VTJ says of a patron, sealed; at most one statement for each provider.
CREATE TABLE claim (
    id BLOB PRIMARY KEY,
    patron BLOB NOT NULL REFERENCES patron (id),
    provider TEXT NOT NULL,
    said_at TEXT NOT NULL,
    received_at TEXT NOT NULL,
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (patron, provider)
) STRICT;
CREATE INDEX claim_received ON claim (received_at);

-- Whose word a finding rests on: vtj, or external: and the provider's name.
ALTER TABLE finding ADD COLUMN source TEXT NOT NULL DEFAULT 'vtj'
    CHECK (source = 'vtj' OR source LIKE 'external:%');

-- A file of cards that billing has sent in before it goes to collection.
CREATE TABLE collection_run (
    id BLOB PRIMARY KEY,
    account BLOB NOT NULL,
    os_user TEXT NOT NULL,
    reason TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    counts TEXT NOT NULL
) STRICT;
CREATE INDEX collection_run_started ON collection_run (started_at);

-- What was said of each card of a file, and why; the file back says send or hold, and nothing else.
CREATE TABLE collection_card (
    run BLOB NOT NULL REFERENCES collection_run (id),
    position INTEGER NOT NULL,
    patron BLOB REFERENCES patron (id),
    payer BLOB REFERENCES patron (id),
    decision TEXT NOT NULL CHECK (decision IN ('send', 'hold')),
    why TEXT NOT NULL,
    disclosure BLOB,
    PRIMARY KEY (run, position),
    CHECK ((decision = 'send') = (why = ''))
) STRICT;
CREATE INDEX collection_card_patron ON collection_card (patron) WHERE patron IS NOT NULL;
