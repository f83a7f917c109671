-- What is on its way out, and the endpoints of the company's other systems.

CREATE TABLE outbox (
    id UUID PRIMARY KEY,
    -- Who carries it, to whom, and what it is about: for people who look, and for those who carry.
    channel TEXT NOT NULL,
    destination TEXT NOT NULL,
    topic TEXT NOT NULL,
    -- The same fact is never put out twice to the same destination.
    dedupe_key TEXT NOT NULL UNIQUE,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'leased', 'sent', 'dead')),
    -- Not before then; of a leased one, until when it is leased. Nothing once it is sent or dead.
    run_at BIGINT,
    attempts BIGINT NOT NULL CHECK (attempts >= 0),
    -- How the last attempt ended.
    status BIGINT,
    answer TEXT,
    last_error TEXT,
    created_at BIGINT NOT NULL,
    done_at BIGINT,
    CHECK ((state IN ('waiting', 'leased')) = (run_at IS NOT NULL)),
    CHECK ((state IN ('sent', 'dead')) = (done_at IS NOT NULL))
);
CREATE INDEX outbox_due ON outbox (run_at, id) WHERE run_at IS NOT NULL;
CREATE INDEX outbox_destination ON outbox (channel, destination, created_at);

CREATE TABLE endpoints (
    id UUID PRIMARY KEY,
    -- By which people name it.
    number BIGINT NOT NULL UNIQUE CHECK (number > 0),
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- Kinds of events with commas between them, or *.
    topics TEXT NOT NULL,
    -- Why it is disabled; enabled without.
    disabled TEXT,
    -- Since when nothing has reached it.
    failing_since BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE endpoint_secrets (
    id UUID PRIMARY KEY,
    endpoint_id UUID NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
    -- Sealed with the key of the settings.
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    -- Signs until then, while a newer one takes over.
    until BIGINT
);
CREATE INDEX endpoint_secrets_of ON endpoint_secrets (endpoint_id);
