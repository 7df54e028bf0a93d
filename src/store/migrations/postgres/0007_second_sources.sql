-- What a provider other than VTJ says of a patron, sealed; at most one statement for each provider.
CREATE TABLE claim (
    id UUID PRIMARY KEY,
    patron UUID NOT NULL REFERENCES patron (id),
    provider TEXT COLLATE "C" NOT NULL,
    said_at TIMESTAMPTZ NOT NULL,
    received_at TIMESTAMPTZ NOT NULL,
    key_version BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    UNIQUE (patron, provider)
);
CREATE INDEX claim_received ON claim (received_at);

-- Whose word a finding rests on: vtj, or external: and the provider's name.
ALTER TABLE finding ADD COLUMN source TEXT COLLATE "C" NOT NULL DEFAULT 'vtj'
    CHECK (source = 'vtj' OR source LIKE 'external:%');

-- A file of cards that billing has sent in before it goes to collection.
CREATE TABLE collection_run (
    id UUID PRIMARY KEY,
    account UUID NOT NULL,
    os_user TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    counts TEXT COLLATE "C" NOT NULL
);
CREATE INDEX collection_run_started ON collection_run (started_at);

-- What was said of each card of a file, and why; the file back says send or hold, and nothing else.
CREATE TABLE collection_card (
    run UUID NOT NULL REFERENCES collection_run (id),
    position BIGINT NOT NULL,
    patron UUID REFERENCES patron (id),
    payer UUID REFERENCES patron (id),
    decision TEXT COLLATE "C" NOT NULL CHECK (decision IN ('send', 'hold')),
    why TEXT COLLATE "C" NOT NULL,
    disclosure UUID,
    PRIMARY KEY (run, position),
    CHECK ((decision = 'send') = (why = ''))
);
CREATE INDEX collection_card_patron ON collection_card (patron) WHERE patron IS NOT NULL;
