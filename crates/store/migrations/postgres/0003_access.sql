-- Who signs in. Of what must not be known only hashes are kept, or it is sealed under a key from outside.
CREATE TABLE users (
    id UUID PRIMARY KEY,
    login TEXT UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'accountant', 'support', 'partner', 'user', 'shop')),
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'blocked')),
    name TEXT NOT NULL CHECK (name <> ''),
    email TEXT UNIQUE,
    phone TEXT UNIQUE,
    partner_id UUID UNIQUE REFERENCES partners (id),
    telegram_id BIGINT UNIQUE,
    password_hash TEXT,
    second_factor BYTEA,
    second_factor_since BIGINT,
    last_step BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    CHECK ((login IS NOT NULL) = (role IN ('owner', 'admin', 'accountant', 'support', 'shop'))),
    CHECK ((partner_id IS NOT NULL) = (role = 'partner')),
    CHECK (second_factor_since IS NULL OR second_factor IS NOT NULL)
);

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL REFERENCES users (id),
    hash BYTEA NOT NULL CHECK (octet_length(hash) = 32),
    used_at BIGINT,
    PRIMARY KEY (user_id, hash)
);

-- Codes for one use: to accept an invitation, to choose a new password, to link Telegram.
CREATE TABLE user_codes (
    hash BYTEA PRIMARY KEY CHECK (octet_length(hash) = 32),
    user_id UUID NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset', 'telegram')),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX user_codes_user ON user_codes (user_id);

CREATE TABLE sessions (
    id UUID PRIMARY KEY,
    hash BYTEA NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    user_id UUID NOT NULL REFERENCES users (id),
    stage TEXT NOT NULL CHECK (stage IN ('second_factor', 'enrolment', 'full')),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    authenticated_at BIGINT NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);

-- Wrong passwords and codes; the key is a hash, so that no address or name is kept here.
CREATE TABLE sign_in_failures (
    key BYTEA NOT NULL CHECK (octet_length(key) = 32),
    at BIGINT NOT NULL,
    id UUID PRIMARY KEY
);
CREATE INDEX sign_in_failures_key ON sign_in_failures (key, at);

CREATE TABLE api_tokens (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id),
    name TEXT NOT NULL CHECK (name <> ''),
    prefix TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    scopes TEXT NOT NULL CHECK (scopes <> ''),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL CHECK (expires_at > created_at),
    last_used_at BIGINT,
    revoked_at BIGINT
);
CREATE INDEX api_tokens_user ON api_tokens (user_id);
