-- Pictures, films and recordings that people hand in, and what of peers' is
-- kept here for a while. The files lie on the shelf; these rows claim them.

CREATE TABLE media (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    post_id BIGINT,                      -- NULL: hangs on no post
    state BIGINT NOT NULL,               -- domain::media::MediaState
    attempts BIGINT NOT NULL,            -- how often somebody began to look at it
    upload TEXT,                         -- names on the shelf
    main TEXT,
    preview TEXT,
    attachment TEXT NOT NULL,            -- JSON
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX media_by_account ON media (account_id, id);
CREATE INDEX media_by_post ON media (post_id, id);
CREATE INDEX media_by_state ON media (state, id);

-- Files that are to go, at the earliest at this time. A file is written down
-- here before it is written, and claimed by deleting the line: what a crash
-- leaves behind goes by itself.
CREATE TABLE doomed_file (
    name TEXT PRIMARY KEY,
    at_ms BIGINT NOT NULL
) /*strict, without rowid*/;
CREATE INDEX doomed_file_by_time ON doomed_file (at_ms, name);

-- Accounts whose media are to go, a few at a time.
CREATE TABLE media_purge (
    account_id BIGINT PRIMARY KEY
) /*strict*/;

-- Files of peers, the least recently used to go first.
CREATE TABLE remote_file (
    key TEXT PRIMARY KEY,                -- hash of its address
    name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    used_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;
CREATE INDEX remote_file_by_use ON remote_file (used_at_ms, size_bytes, key, name);

ALTER TABLE account ADD COLUMN pictures TEXT; -- JSON; NULL: nothing is known
