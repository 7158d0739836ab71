-- What people keep to themselves about others, what they show on their
-- profiles, and what they tell the administrators.

CREATE TABLE mute (
    account_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    notifications BIGINT NOT NULL,       -- what the target does is not told either
    expires_at_ms BIGINT NOT NULL,       -- the greatest number: never
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, target_id)
) /*strict, without rowid*/;
CREATE INDEX mute_by_row ON mute (account_id, id);
CREATE INDEX mute_by_target ON mute (target_id, account_id);
CREATE INDEX mute_by_end ON mute (expires_at_ms);

-- Conversations an account is told nothing more of.
CREATE TABLE conversation_mute (
    account_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, conversation_id)
) /*strict, without rowid*/;
CREATE INDEX conversation_mute_by_conversation ON conversation_mute (conversation_id);

-- Hosts whose accounts an account wants nothing of.
CREATE TABLE domain_block (
    account_id BIGINT NOT NULL,
    host TEXT NOT NULL,
    id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, host)
) /*strict, without rowid*/;
CREATE INDEX domain_block_by_host ON domain_block (host, account_id);

CREATE TABLE bookmark (
    post_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (post_id, account_id)
) /*strict, without rowid*/;
CREATE INDEX bookmark_by_account ON bookmark (account_id, id);

-- Posts an account shows first on its profile.
CREATE TABLE pin (
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL,
    id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, post_id)
) /*strict, without rowid*/;
CREATE INDEX pin_by_post ON pin (post_id);

-- What an account notes about another, for its own eyes.
CREATE TABLE account_note (
    account_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (account_id, target_id)
) /*strict, without rowid*/;

ALTER TABLE follow ADD COLUMN languages TEXT;    -- JSON; NULL: all of them

CREATE TABLE tag_follow (
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, name)
) /*strict, without rowid*/;
CREATE INDEX tag_follow_by_name ON tag_follow (name, account_id);
CREATE INDEX tag_follow_by_row ON tag_follow (account_id, id);

CREATE TABLE featured_tag (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    name TEXT NOT NULL,                  -- as the owner writes it
    name_key TEXT NOT NULL,              -- lower case
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX featured_tag_once ON featured_tag (account_id, name_key);

-- Accounts that are not suggested to an account again.
CREATE TABLE suggestion_dismissed (
    account_id BIGINT NOT NULL,
    target_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, target_id)
) /*strict, without rowid*/;

-- What accounts, ours or peers', tell the administrators.
CREATE TABLE report (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,          -- who reports; a peer's instance actor
    target_id BIGINT NOT NULL,
    category TEXT NOT NULL,              -- spam, legal, violation, other
    comment TEXT NOT NULL,
    rule_ids TEXT NOT NULL,              -- JSON
    post_ids TEXT NOT NULL,              -- JSON
    forwarded BIGINT NOT NULL,
    activity_id TEXT,                    -- of the Flag, ours or a peer's
    resolution TEXT,                     -- what was done
    resolved_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX report_by_target ON report (target_id, id);
CREATE UNIQUE INDEX report_by_activity ON report (activity_id, target_id);
CREATE INDEX report_by_account ON report (account_id, id);

-- Switches and texts of a profile that few accounts set: JSON; NULL: none.
ALTER TABLE account ADD COLUMN details TEXT;
CREATE INDEX account_directory ON account (id) WHERE discoverable = 1 AND state = 0;
-- When what a peer's account pinned was last asked for.
ALTER TABLE account ADD COLUMN featured_at_ms BIGINT;
