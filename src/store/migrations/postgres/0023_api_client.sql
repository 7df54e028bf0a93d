-- Clients of the JSON interface: each acts in the name of one account. Only a digest of the token is kept.
CREATE TABLE api_client (
    id UUID PRIMARY KEY,
    account UUID NOT NULL REFERENCES account (id),
    name TEXT COLLATE "C" NOT NULL,
    token_digest BYTEA NOT NULL UNIQUE CHECK (length(token_digest) = 32),
    may_decide BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ends_on DATE NOT NULL,
    last_used_at TIMESTAMPTZ,
    revoked_at TIMESTAMPTZ,
    -- A name is never used again, so that the audit log tells clients apart.
    UNIQUE (account, name)
);

-- What is shown once may be a token, too.
ALTER TABLE shown_once DROP CONSTRAINT shown_once_kind_check;
ALTER TABLE shown_once ADD CONSTRAINT shown_once_kind_check CHECK (kind IN ('password', 'codes', 'token'));
