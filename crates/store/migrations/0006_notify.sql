-- Notifications in groups, what is kept back, and pushes to browsers and phones.

-- Which notifications are one thing was a text; it is three numbers now: the
-- kind, what it is about (a post, else a row of another kind, else 0), and the
-- hour its group began (its own id where its kind is never grouped).
DROP INDEX notification_once;
ALTER TABLE notification DROP COLUMN group_key;
ALTER TABLE notification ADD COLUMN subject_id BIGINT;
ALTER TABLE notification ADD COLUMN about BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notification ADD COLUMN bucket BIGINT NOT NULL DEFAULT 0;
ALTER TABLE notification ADD COLUMN filtered BIGINT NOT NULL DEFAULT 0;
UPDATE notification SET about = COALESCE(post_id, 0),
    bucket = CASE WHEN kind IN (2, 3, 4) THEN created_at_ms / 3600000 ELSE id END;
-- Of several about one edited post the newest stays.
DELETE FROM notification WHERE EXISTS (SELECT 1 FROM notification o WHERE o.account_id = notification.account_id
    AND o.from_id = notification.from_id AND o.kind = notification.kind AND o.about = notification.about
    AND o.id > notification.id);
-- once for the same thing: a like again, a follow again
CREATE UNIQUE INDEX notification_once ON notification (account_id, from_id, kind, about);
CREATE INDEX notification_by_group ON notification (account_id, kind, about, bucket, id);

-- What an account wants to be told of. 0 shown, 1 kept back, 2 not kept.
CREATE TABLE notification_policy (
    account_id BIGINT PRIMARY KEY,
    for_not_following BIGINT NOT NULL,
    for_not_followers BIGINT NOT NULL,
    for_new_accounts BIGINT NOT NULL,
    for_private_mentions BIGINT NOT NULL,
    for_limited_accounts BIGINT NOT NULL,
    for_bots BIGINT NOT NULL
) /*strict*/;

-- Accounts of whom mentions are kept back, to be let in or turned away.
CREATE TABLE notification_request (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    from_id BIGINT NOT NULL,
    last_post_id BIGINT,
    created_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX notification_request_once ON notification_request (account_id, from_id);
CREATE INDEX notification_request_by_account ON notification_request (account_id, id);

-- Who was let in.
CREATE TABLE notification_permission (
    account_id BIGINT NOT NULL,
    from_id BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, from_id)
) /*strict, without rowid*/;

-- Follows that ended because a server was shut out: what to tell whom.
CREATE TABLE severance (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    kind BIGINT NOT NULL,                -- domain::notification::SeveranceKind
    target TEXT NOT NULL,                -- a domain or a handle
    followers BIGINT NOT NULL,
    following BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX severance_by_account ON severance (account_id, id);

-- Where programs want to be told (Web Push), one place for each token.
CREATE TABLE push_subscription (
    id BIGINT PRIMARY KEY,
    token_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    endpoint TEXT NOT NULL,
    p256dh BYTEA NOT NULL,               -- the program's public key
    auth BYTEA NOT NULL,                 -- the secret it shares with us
    standard BIGINT NOT NULL,            -- 1: RFC 8291; 0: the draft before it
    alerts BIGINT NOT NULL,              -- a bit for each kind
    policy BIGINT NOT NULL,              -- domain::push::PushPolicy
    access_token TEXT NOT NULL,          -- by which apps know whose it is
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX push_subscription_by_token ON push_subscription (token_id);
CREATE INDEX push_subscription_by_account ON push_subscription (account_id);

-- Pushes that wait.
CREATE TABLE push (
    notification_id BIGINT NOT NULL,
    subscription_id BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    next_try_at_ms BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (subscription_id, notification_id)
) /*strict, without rowid*/;
CREATE INDEX push_waiting ON push (next_try_at_ms);
