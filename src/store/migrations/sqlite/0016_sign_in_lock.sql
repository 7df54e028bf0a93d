-- Wrong words at the staff pages, counted by name, by network and by known device; keys are keyed digests.
CREATE TABLE sign_in_lock (
    kind TEXT NOT NULL CHECK (kind IN ('name', 'network', 'device')),
    key BLOB NOT NULL,
    failures INTEGER NOT NULL,
    locked_until TEXT,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX sign_in_lock_changed ON sign_in_lock (changed_at);
-- Browsers from which an account has signed in; only a digest of the word in the cookie is kept.
CREATE TABLE known_device (
    digest BLOB NOT NULL,
    account BLOB NOT NULL REFERENCES account (id),
    made_at TEXT NOT NULL,
    used_at TEXT NOT NULL,
    PRIMARY KEY (digest, account)
);
CREATE INDEX known_device_account ON known_device (account);
CREATE INDEX known_device_used ON known_device (used_at);
