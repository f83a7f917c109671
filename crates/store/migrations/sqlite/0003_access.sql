-- Who signs in. Of what must not be known only hashes are kept, or it is sealed under a key from outside.
CREATE TABLE users (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    login TEXT UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'accountant', 'support', 'partner', 'user', 'shop')),
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'blocked')),
    name TEXT NOT NULL CHECK (name <> ''),
    email TEXT UNIQUE,
    phone TEXT UNIQUE,
    partner_id BLOB UNIQUE REFERENCES partners (id),
    telegram_id INTEGER UNIQUE,
    password_hash TEXT,
    second_factor BLOB,
    second_factor_since INTEGER,
    last_step INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    CHECK ((login IS NOT NULL) = (role IN ('owner', 'admin', 'accountant', 'support', 'shop'))),
    CHECK ((partner_id IS NOT NULL) = (role = 'partner')),
    CHECK (second_factor_since IS NULL OR second_factor IS NOT NULL)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id),
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    used_at INTEGER,
    PRIMARY KEY (user_id, hash)
) STRICT, WITHOUT ROWID;

-- Codes for one use: to accept an invitation, to choose a new password, to link Telegram.
CREATE TABLE user_codes (
    hash BLOB PRIMARY KEY CHECK (length(hash) = 32),
    user_id BLOB NOT NULL REFERENCES users (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset', 'telegram')),
    expires_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX user_codes_user ON user_codes (user_id);

CREATE TABLE sessions (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    user_id BLOB NOT NULL REFERENCES users (id),
    stage TEXT NOT NULL CHECK (stage IN ('second_factor', 'enrolment', 'full')),
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    agent TEXT NOT NULL,
    address TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_user ON sessions (user_id);

-- Wrong passwords and codes; the key is a hash, so that no address or name is kept here.
CREATE TABLE sign_in_failures (
    key BLOB NOT NULL CHECK (length(key) = 32),
    at INTEGER NOT NULL,
    id BLOB PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failures_key ON sign_in_failures (key, at);

CREATE TABLE api_tokens (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    user_id BLOB NOT NULL REFERENCES users (id),
    name TEXT NOT NULL CHECK (name <> ''),
    prefix TEXT NOT NULL,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
    scopes TEXT NOT NULL CHECK (scopes <> ''),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL CHECK (expires_at > created_at),
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_user ON api_tokens (user_id);
