-- The language in which an account wants its pages; without one, that of the browser.
ALTER TABLE account ADD COLUMN language TEXT COLLATE "C" CHECK (language IN ('fi', 'sv', 'en'));
