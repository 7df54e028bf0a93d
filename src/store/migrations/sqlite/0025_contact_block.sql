-- How a municipality's library is reached, in each language, as letters and the privacy page say it. Every version is
-- kept; the newest one counts.
CREATE TABLE contact_block (
    municipality TEXT NOT NULL,
    language TEXT NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    version INTEGER NOT NULL CHECK (version > 0),
    library TEXT NOT NULL,
    street TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    city TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT NOT NULL,
    opening_hours TEXT NOT NULL,
    web TEXT NOT NULL,
    changed_by BLOB NOT NULL REFERENCES account (id),
    changed_at TEXT NOT NULL,
    PRIMARY KEY (municipality, language, version)
) STRICT;
