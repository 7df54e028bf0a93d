-- The single-person query in the disclosure log: the account and the run that asked, the product, the end user VTJ was
-- told, what came of it, and the staff's own words of why, sealed with the patron's key.
ALTER TABLE disclosure ADD COLUMN account BLOB;
ALTER TABLE disclosure ADD COLUMN run BLOB;
ALTER TABLE disclosure ADD COLUMN product TEXT;
ALTER TABLE disclosure ADD COLUMN end_user TEXT;
ALTER TABLE disclosure ADD COLUMN result TEXT CHECK (result IN ('found', 'not_found', 'passivated',
    'dead_not_disclosed', 'not_disclosable', 'refused', 'configuration_fault', 'transient', 'protocol_error'));
ALTER TABLE disclosure ADD COLUMN return_code TEXT;
ALTER TABLE disclosure ADD COLUMN key_version INTEGER;
ALTER TABLE disclosure ADD COLUMN sealed_reason BLOB CHECK (sealed_reason IS NULL OR key_version IS NOT NULL);
CREATE INDEX disclosure_end_user ON disclosure (end_user, requested_at) WHERE end_user IS NOT NULL;
CREATE INDEX disclosure_run ON disclosure (run, requested_at) WHERE run IS NOT NULL;

-- Every attempt of a single-person query, booked before it is sent. Its identifier is the message's; its day is
-- Helsinki's.
CREATE TABLE query_ledger (
    id BLOB PRIMARY KEY,
    disclosure BLOB NOT NULL REFERENCES disclosure (id),
    number INTEGER NOT NULL CHECK (number >= 1),
    municipality TEXT NOT NULL,
    purpose TEXT NOT NULL,
    urgent INTEGER NOT NULL,
    day TEXT NOT NULL,
    price_micro_euros INTEGER NOT NULL CHECK (price_micro_euros >= 0),
    state TEXT NOT NULL CHECK (state IN ('reserved', 'spent', 'refunded')),
    outcome TEXT,
    reserved_at TEXT NOT NULL,
    settled_at TEXT,
    UNIQUE (disclosure, number),
    CHECK ((state = 'reserved') = (settled_at IS NULL)),
    CHECK ((state = 'reserved') = (outcome IS NULL))
) STRICT;
CREATE INDEX query_ledger_used ON query_ledger (day, municipality, purpose, price_micro_euros)
    WHERE state <> 'refunded';
CREATE INDEX query_ledger_unsettled ON query_ledger (reserved_at) WHERE state = 'reserved';

-- How many attempts were ever booked; one row, locked by everyone who books, so that two never take the last one.
CREATE TABLE query_ledger_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    booked INTEGER NOT NULL
) STRICT;
INSERT INTO query_ledger_head (id, booked) VALUES (1, 0);

-- What the library handed out by hand because the law makes it: not to VTJ, but to an authority.
CREATE TABLE disclosure_by_hand (
    id BLOB PRIMARY KEY,
    recorded_at TEXT NOT NULL,
    handed_out_on TEXT NOT NULL,
    patron BLOB NOT NULL REFERENCES patron (id),
    municipality TEXT NOT NULL,
    legal_basis TEXT NOT NULL,
    fields TEXT NOT NULL,
    account BLOB NOT NULL,
    actor TEXT NOT NULL,
    key_version INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX disclosure_by_hand_time ON disclosure_by_hand (recorded_at, id);
CREATE INDEX disclosure_by_hand_patron ON disclosure_by_hand (patron, recorded_at);
