-- How a municipality's library is reached, in each language, as letters and the privacy page say it. Every version is
-- kept; the newest one counts.
CREATE TABLE contact_block (
    municipality TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    version BIGINT NOT NULL CHECK (version > 0),
    library TEXT COLLATE "C" NOT NULL,
    street TEXT COLLATE "C" NOT NULL,
    postal_code TEXT COLLATE "C" NOT NULL,
    city TEXT COLLATE "C" NOT NULL,
    phone TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    opening_hours TEXT COLLATE "C" NOT NULL,
    web TEXT COLLATE "C" NOT NULL,
    changed_by UUID NOT NULL REFERENCES account (id),
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (municipality, language, version)
);
