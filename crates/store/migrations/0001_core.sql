-- The core: who, what, to whom, and the message log that is also the queue.
-- One text for both databases (see src/dialect.rs). Times are milliseconds
-- since 1970, names end in _ms; truth values are 0 or 1; JSON columns hold
-- lists that are only ever read and written whole.

CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) /*strict, without rowid*/;

-- An actor we know, ours or a peer's. Never removed: names and ids stay taken.
CREATE TABLE account (
    id BIGINT PRIMARY KEY,
    home BIGINT NOT NULL,                -- 0 here, 1 site, 2 peer
    state BIGINT NOT NULL,               -- domain::AccountState
    kind TEXT NOT NULL,                  -- ActivityStreams type
    actor_id TEXT NOT NULL,
    host TEXT NOT NULL,                  -- of the actor id
    name TEXT NOT NULL,                  -- preferredUsername
    domain TEXT NOT NULL,                -- what stands after @
    handle_key TEXT,                     -- lower case name@domain; NULL where another account proved to own it
    handle_verified_at_ms BIGINT,
    inbox TEXT,
    shared_inbox TEXT,
    followers_url TEXT,
    following_url TEXT,
    outbox_url TEXT,
    featured_url TEXT,
    display_name TEXT NOT NULL,
    bio_html TEXT NOT NULL,
    bio_source TEXT NOT NULL,
    url TEXT,
    avatar_url TEXT,
    header_url TEXT,
    fields TEXT NOT NULL,                -- JSON
    emojis TEXT NOT NULL,                -- JSON
    also_known_as TEXT NOT NULL,         -- JSON
    moved_to TEXT,
    locked BIGINT NOT NULL,
    discoverable BIGINT NOT NULL,
    indexable BIGINT NOT NULL,
    memorial BIGINT NOT NULL,
    text_rules BIGINT NOT NULL,          -- version of the rules its HTML was cleaned by
    created_at_ms BIGINT NOT NULL,
    fetched_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX account_by_actor ON account (actor_id);
CREATE UNIQUE INDEX account_by_handle ON account (handle_key);
CREATE INDEX account_by_host ON account (host);
CREATE INDEX account_by_inbox ON account (inbox);
-- Ours are few among very many; `home = 0` in a statement finds them.
CREATE INDEX account_here ON account (id) WHERE home = 0;

-- Numbers that change often, apart from the wide row.
CREATE TABLE account_count (
    account_id BIGINT PRIMARY KEY,
    followers BIGINT NOT NULL,
    following BIGINT NOT NULL,
    posts BIGINT NOT NULL,
    last_post_at_ms BIGINT
) /*strict*/;

-- Public keys of peers, as read from the owner's own document.
CREATE TABLE peer_key (
    key_id TEXT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    public_key TEXT NOT NULL,            -- PEM or multibase
    fetched_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;
CREATE INDEX peer_key_by_account ON peer_key (account_id);

-- Key pairs of our accounts; account_id NULL: made ahead of need.
CREATE TABLE key_pair (
    id BIGINT PRIMARY KEY,
    account_id BIGINT,
    algorithm TEXT NOT NULL,             -- rsa, ed25519
    private_key BYTEA NOT NULL,          -- PKCS#8
    public_key TEXT NOT NULL,            -- PEM (rsa) or multibase (ed25519)
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX key_pair_by_account ON key_pair (account_id, algorithm);

-- People who sign in, and which accounts they may use.
CREATE TABLE user_ (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    email_key TEXT,                      -- lower case
    email TEXT,
    password_hash TEXT,
    role TEXT NOT NULL,                  -- admin, member
    state TEXT NOT NULL,                 -- active, disabled
    created_at_ms BIGINT NOT NULL,
    settings TEXT NOT NULL               -- JSON: default visibility, language, sensitive
) /*strict*/;
CREATE UNIQUE INDEX user_by_email ON user_ (email_key);
CREATE INDEX user_by_account ON user_ (account_id);
CREATE TABLE user_account (
    user_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (user_id, account_id)
) /*strict, without rowid*/;
CREATE INDEX user_account_by_account ON user_account (account_id);

-- Domains of handles; the first is the instance's own.
CREATE TABLE domain_ (
    name TEXT PRIMARY KEY,
    account_id BIGINT,                   -- the owner; NULL: everyone
    created_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;

-- OAuth.
CREATE TABLE application (
    id BIGINT PRIMARY KEY,
    client_id TEXT NOT NULL,
    client_secret_hash BYTEA NOT NULL,
    name TEXT NOT NULL,
    website TEXT,
    redirect_uris TEXT NOT NULL,         -- JSON
    scopes TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX application_by_client ON application (client_id);
CREATE TABLE authorization_code (
    code_hash BYTEA PRIMARY KEY,
    application_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    redirect_uri TEXT NOT NULL,
    scopes TEXT NOT NULL,
    challenge TEXT,                      -- PKCE S256
    expires_at_ms BIGINT NOT NULL,
    token_id BIGINT                      -- set when used: a second use revokes it
) /*strict, without rowid*/;
CREATE TABLE token (
    id BIGINT PRIMARY KEY,
    token_hash BYTEA NOT NULL,
    application_id BIGINT,
    user_id BIGINT,                      -- NULL: the application itself
    account_id BIGINT,
    scopes TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT,
    revoked_at_ms BIGINT
) /*strict*/;
CREATE UNIQUE INDEX token_by_hash ON token (token_hash);
CREATE INDEX token_by_user ON token (user_id);
CREATE TABLE session (
    id BIGINT PRIMARY KEY,
    secret_hash BYTEA NOT NULL,
    user_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    seen_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX session_by_secret ON session (secret_hash);
CREATE INDEX session_by_user ON session (user_id);

-- Posts.
CREATE TABLE post (
    id BIGINT PRIMARY KEY,
    object_id TEXT NOT NULL,
    author_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    visibility BIGINT NOT NULL,
    content_html TEXT NOT NULL,
    source TEXT,
    source_type TEXT,
    title TEXT,
    warning TEXT NOT NULL,
    sensitive BIGINT NOT NULL,
    language TEXT,
    mentions TEXT NOT NULL,              -- JSON
    hashtags TEXT NOT NULL,              -- JSON
    emojis TEXT NOT NULL,                -- JSON
    attachments TEXT NOT NULL,           -- JSON
    url TEXT,
    in_reply_to TEXT,                    -- object id
    in_reply_to_id BIGINT,
    in_reply_to_account_id BIGINT,
    conversation_id BIGINT NOT NULL,
    application_id BIGINT,
    text_rules BIGINT NOT NULL,
    published_at_ms BIGINT NOT NULL,
    edited_at_ms BIGINT,
    updated_at_ms BIGINT                 -- the newest `updated` we accepted
) /*strict*/;
CREATE UNIQUE INDEX post_by_object ON post (object_id);
CREATE INDEX post_by_author ON post (author_id, id);
CREATE INDEX post_by_parent ON post (in_reply_to_id, id);
CREATE INDEX post_by_missing_parent ON post (in_reply_to);
CREATE INDEX post_by_conversation ON post (conversation_id, id);
CREATE INDEX post_by_visibility ON post (visibility, id);

CREATE TABLE post_count (
    post_id BIGINT PRIMARY KEY,
    replies BIGINT NOT NULL,
    boosts BIGINT NOT NULL,
    likes BIGINT NOT NULL
) /*strict*/;

-- What a post said before each edit.
CREATE TABLE post_revision (
    post_id BIGINT NOT NULL,
    number BIGINT NOT NULL,
    content_html TEXT NOT NULL,
    warning TEXT NOT NULL,
    sensitive BIGINT NOT NULL,
    attachments TEXT NOT NULL,
    emojis TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (post_id, number)
) /*strict, without rowid*/;

-- Whom a post addresses by name (to, cc, mentions).
CREATE TABLE post_addressed (
    post_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (post_id, account_id)
) /*strict, without rowid*/;
CREATE INDEX post_addressed_by_account ON post_addressed (account_id, post_id);

CREATE TABLE post_hashtag (
    name TEXT NOT NULL,
    post_id BIGINT NOT NULL,
    PRIMARY KEY (name, post_id)
) /*strict, without rowid*/;
CREATE INDEX post_hashtag_by_post ON post_hashtag (post_id);

CREATE TABLE boost (
    id BIGINT PRIMARY KEY,
    activity_id TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL,
    visibility BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX boost_by_activity ON boost (activity_id);
CREATE UNIQUE INDEX boost_by_account ON boost (account_id, post_id);
CREATE INDEX boost_by_account_id ON boost (account_id, id);
CREATE INDEX boost_by_post ON boost (post_id, id);

-- named like_ because LIKE is a word of SQL
CREATE TABLE like_ (
    post_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    activity_id TEXT,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (post_id, account_id)
) /*strict, without rowid*/;
CREATE INDEX like_by_account ON like_ (account_id, id);
CREATE INDEX like_by_activity ON like_ (activity_id);

-- Who follows whom. accepted 0: asked and not answered.
CREATE TABLE follow (
    follower_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    activity_id TEXT NOT NULL,           -- of the newest Follow
    accepted BIGINT NOT NULL,
    shows_boosts BIGINT NOT NULL,
    notifies BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (follower_id, target_id)
) /*strict, without rowid*/;
CREATE INDEX follow_by_target ON follow (target_id, accepted, id);
CREATE INDEX follow_by_follower ON follow (follower_id, accepted, id);
CREATE INDEX follow_by_activity ON follow (activity_id);

CREATE TABLE block (
    account_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    activity_id TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, target_id)
) /*strict, without rowid*/;
CREATE INDEX block_by_target ON block (target_id);
CREATE INDEX block_by_activity ON block (activity_id);

CREATE TABLE host_rule (
    name TEXT PRIMARY KEY,               -- without port; covers subdomains
    rule BIGINT NOT NULL,                -- domain::moderation::HostRule
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;

-- The home timeline, written on arrival: newest 800 an owner.
CREATE TABLE home_entry (
    owner_id BIGINT NOT NULL,
    id BIGINT NOT NULL,                  -- of the post or the boost
    post_id BIGINT NOT NULL,
    boost_id BIGINT,
    account_id BIGINT NOT NULL,          -- who brought it: author or booster
    PRIMARY KEY (owner_id, id)
) /*strict, without rowid*/;
CREATE INDEX home_entry_by_post ON home_entry (post_id);

CREATE TABLE notification (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    from_id BIGINT NOT NULL,
    post_id BIGINT,
    group_key TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX notification_by_account ON notification (account_id, id);
CREATE INDEX notification_by_post ON notification (post_id);
-- once for the same thing: a like again, a follow again
CREATE UNIQUE INDEX notification_once ON notification (account_id, kind, from_id, group_key);

-- The message log.
CREATE TABLE message (
    id BIGINT PRIMARY KEY,
    direction BIGINT NOT NULL,
    state BIGINT NOT NULL,
    kind TEXT NOT NULL,
    object TEXT NOT NULL,
    activity_id TEXT,
    actor TEXT,
    signer TEXT,
    host TEXT,
    target TEXT NOT NULL,
    checks TEXT NOT NULL,                -- verdict of each check, short words
    reason TEXT,
    cause_id BIGINT,                     -- the message that made us fetch or send
    account_id BIGINT,                   -- of ours, whose outbox it is
    is_open BIGINT NOT NULL,             -- the body may be shown to anyone
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT
) /*strict*/;
CREATE INDEX message_by_activity ON message (activity_id);
CREATE INDEX message_by_state ON message (state, id);
CREATE INDEX message_by_object ON message (object);
CREATE INDEX message_by_account ON message (account_id, id);

CREATE TABLE body (
    message_id BIGINT PRIMARY KEY,
    headers TEXT NOT NULL,               -- those that matter, a line each
    bytes BYTEA NOT NULL
) /*strict*/;

-- Only what waits.
CREATE TABLE inbound (
    message_id BIGINT PRIMARY KEY,
    order_key BIGINT NOT NULL,           -- hash: one object (or actor and target) at a time
    attempts BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL
) /*strict*/;

-- Messages whose followers are still to be written out as deliveries.
CREATE TABLE outbox (
    message_id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,          -- whose followers
    order_key BIGINT NOT NULL,
    position BIGINT NOT NULL             -- the last follow id that is done
) /*strict*/;

CREATE TABLE delivery (
    id BIGINT PRIMARY KEY,
    message_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,          -- whose key signs
    host TEXT NOT NULL,
    inbox TEXT NOT NULL,
    order_key BIGINT NOT NULL,
    state BIGINT NOT NULL,               -- domain::delivery::DeliveryState
    attempts BIGINT NOT NULL,
    next_try_at_ms BIGINT NOT NULL,
    answer TEXT,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT
) /*strict*/;
CREATE UNIQUE INDEX delivery_once ON delivery (message_id, inbox);
-- Only what waits is in it, with all that choosing the next needs; delivery.rs
-- writes `state = 0` so that it is used.
CREATE INDEX delivery_waiting ON delivery (host, id, order_key, next_try_at_ms) WHERE state = 0;

CREATE TABLE lane (
    host TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    next_try_at_ms BIGINT NOT NULL,
    failing_since_ms BIGINT,
    last_success_at_ms BIGINT,
    reads_rfc9421 BIGINT NOT NULL
) /*strict, without rowid*/;

-- Activity ids acted upon, kept 30 days whatever the log's size: once in effect.
CREATE TABLE seen (
    hash BIGINT PRIMARY KEY,
    at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX seen_by_time ON seen (at_ms);

-- Ids that are gone for ever: a Create after its Delete stays without effect.
CREATE TABLE tombstone (
    object_id TEXT PRIMARY KEY,
    author TEXT NOT NULL,                -- actor id
    former_type TEXT,
    is_open BIGINT NOT NULL,             -- anyone may learn that it was there
    deleted_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;

-- Our own activities that are not Creates, as they were sent.
CREATE TABLE activity (
    id BIGINT PRIMARY KEY,               -- the number in ORIGIN/activities/ID
    account_id BIGINT NOT NULL,
    is_open BIGINT NOT NULL,
    audience TEXT NOT NULL,              -- JSON: actor ids it concerns
    json TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;

-- Answers to repeated client requests (Idempotency-Key).
CREATE TABLE idempotency (
    account_id BIGINT NOT NULL,
    key TEXT NOT NULL,
    result_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
) /*strict, without rowid*/;

-- Who changed what by hand.
CREATE TABLE audit (
    id BIGINT PRIMARY KEY,
    user_id BIGINT,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    note TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
