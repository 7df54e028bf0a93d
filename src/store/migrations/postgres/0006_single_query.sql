-- The single-person query in the disclosure log: the account and the run that asked, the product, the end user VTJ was
-- told, what came of it, and the staff's own words of why, sealed with the patron's key.
ALTER TABLE disclosure ADD COLUMN account UUID;
ALTER TABLE disclosure ADD COLUMN run UUID;
ALTER TABLE disclosure ADD COLUMN product TEXT COLLATE "C";
ALTER TABLE disclosure ADD COLUMN end_user TEXT COLLATE "C";
ALTER TABLE disclosure ADD COLUMN result TEXT COLLATE "C" CHECK (result IN ('found', 'not_found', 'passivated',
    'dead_not_disclosed', 'not_disclosable', 'refused', 'configuration_fault', 'transient', 'protocol_error'));
ALTER TABLE disclosure ADD COLUMN return_code TEXT COLLATE "C";
ALTER TABLE disclosure ADD COLUMN key_version BIGINT;
ALTER TABLE disclosure ADD COLUMN sealed_reason BYTEA CHECK (sealed_reason IS NULL OR key_version IS NOT NULL);
CREATE INDEX disclosure_end_user ON disclosure (end_user, requested_at) WHERE end_user IS NOT NULL;
CREATE INDEX disclosure_run ON disclosure (run, requested_at) WHERE run IS NOT NULL;

-- Every attempt of a single-person query, booked before it is sent. Its identifier is the message's; its day is
-- Helsinki's.
CREATE TABLE query_ledger (
    id UUID PRIMARY KEY,
    disclosure UUID NOT NULL REFERENCES disclosure (id),
    number BIGINT NOT NULL CHECK (number >= 1),
    municipality TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    urgent BOOLEAN NOT NULL,
    day DATE NOT NULL,
    price_micro_euros BIGINT NOT NULL CHECK (price_micro_euros >= 0),
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('reserved', 'spent', 'refunded')),
    outcome TEXT COLLATE "C",
    reserved_at TIMESTAMPTZ NOT NULL,
    settled_at TIMESTAMPTZ,
    UNIQUE (disclosure, number),
    CHECK ((state = 'reserved') = (settled_at IS NULL)),
    CHECK ((state = 'reserved') = (outcome IS NULL))
);
CREATE INDEX query_ledger_used ON query_ledger (day, municipality, purpose, price_micro_euros)
    WHERE state <> 'refunded';
CREATE INDEX query_ledger_unsettled ON query_ledger (reserved_at) WHERE state = 'reserved';

-- How many attempts were ever booked; one row, locked by everyone who books, so that two never take the last one.
CREATE TABLE query_ledger_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    booked BIGINT NOT NULL
);
INSERT INTO query_ledger_head (id, booked) VALUES (1, 0);

-- What the library handed out by hand because the law makes it: not to VTJ, but to an authority.
CREATE TABLE disclosure_by_hand (
    id UUID PRIMARY KEY,
    recorded_at TIMESTAMPTZ NOT NULL,
    handed_out_on DATE NOT NULL,
    patron UUID NOT NULL REFERENCES patron (id),
    municipality TEXT COLLATE "C" NOT NULL,
    legal_basis TEXT COLLATE "C" NOT NULL,
    fields TEXT COLLATE "C" NOT NULL,
    account UUID NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    key_version BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX disclosure_by_hand_time ON disclosure_by_hand (recorded_at, id);
CREATE INDEX disclosure_by_hand_patron ON disclosure_by_hand (patron, recorded_at);
