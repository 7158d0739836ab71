-- Polls, posts that wait for their time, cards of linked pages, and posts that
-- never leave the server.

ALTER TABLE post ADD COLUMN local_only BIGINT NOT NULL DEFAULT 0;
-- The options of the poll before the edit, JSON.
ALTER TABLE post_revision ADD COLUMN poll TEXT;

CREATE TABLE poll (
    post_id BIGINT PRIMARY KEY,
    multiple BIGINT NOT NULL,
    hides_totals BIGINT NOT NULL,        -- until its end
    ends_at_ms BIGINT,
    is_closed BIGINT NOT NULL,           -- its server says so, whatever the time
    voters BIGINT,                       -- NULL where its server does not tell
    end_due_ms BIGINT,                   -- when its end is to be told; NULL: it was, or nobody waits
    tell_at_ms BIGINT,                   -- when new numbers go out; NULL: there are none
    fetched_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX poll_by_end ON poll (end_due_ms) WHERE end_due_ms IS NOT NULL;
CREATE INDEX poll_by_news ON poll (tell_at_ms) WHERE tell_at_ms IS NOT NULL;

CREATE TABLE poll_option (
    post_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    title TEXT NOT NULL,
    votes BIGINT NOT NULL,
    PRIMARY KEY (post_id, place)
) /*strict, without rowid*/;

CREATE TABLE poll_vote (
    post_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    place BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    PRIMARY KEY (post_id, account_id, place)
) /*strict, without rowid*/;
CREATE INDEX poll_vote_by_account ON poll_vote (account_id);

-- Drafts that become posts at their time.
CREATE TABLE scheduled_post (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    application_id BIGINT,
    due_at_ms BIGINT NOT NULL,
    not_before_ms BIGINT NOT NULL,       -- later than due where publishing failed
    draft TEXT NOT NULL,                 -- JSON
    attachments TEXT NOT NULL,           -- JSON: its media as they were handed in
    idempotency_key TEXT
) /*strict*/;
CREATE INDEX scheduled_post_by_account ON scheduled_post (account_id, id);
CREATE INDEX scheduled_post_by_time ON scheduled_post (not_before_ms);

-- The page a post is shown with, as its text links it.
CREATE TABLE post_link (
    post_id BIGINT PRIMARY KEY,
    url TEXT NOT NULL,
    own_card TEXT                        -- JSON: the card that came with the post
) /*strict*/;

-- What was read of linked pages; once for each URL.
CREATE TABLE card (
    url TEXT PRIMARY KEY,
    card TEXT,                           -- JSON; NULL: there is nothing to show
    tries BIGINT NOT NULL,               -- failures in a row
    expires_at_ms BIGINT NOT NULL        -- asked again after it, if still wanted
) /*strict, without rowid*/;
