-- What people arrange for themselves (lists, word filters, how far they have
-- read, conversations), and what the server says to everyone (announcements,
-- custom emoji, rules, texts).

-- Lists of accounts, each with a timeline of its own.
CREATE TABLE list (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,          -- whose
    title TEXT NOT NULL,
    replies BIGINT NOT NULL,             -- domain::list::Replies
    exclusive BIGINT NOT NULL,           -- its members are not in home
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX list_by_account ON list (account_id, id);
CREATE TABLE list_member (
    list_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (list_id, account_id)
) /*strict, without rowid*/;
CREATE INDEX list_member_by_account ON list_member (account_id, list_id);
-- Written on arrival like home: newest 800 a list.
CREATE TABLE list_entry (
    list_id BIGINT NOT NULL,
    id BIGINT NOT NULL,                  -- of the post or the boost
    post_id BIGINT NOT NULL,
    boost_id BIGINT,
    account_id BIGINT NOT NULL,          -- who brought it: author or booster
    PRIMARY KEY (list_id, id)
) /*strict, without rowid*/;
CREATE INDEX list_entry_by_post ON list_entry (post_id);

-- Words and posts that somebody does not wish to see.
CREATE TABLE word_filter (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,
    title TEXT NOT NULL,
    contexts BIGINT NOT NULL,            -- domain::filter::Contexts, bits
    action BIGINT NOT NULL,              -- domain::filter::Action
    drops BIGINT NOT NULL,               -- what matches is left out of home and notifications
    expires_at_ms BIGINT
) /*strict*/;
CREATE INDEX word_filter_by_account ON word_filter (account_id, id);
CREATE TABLE word_filter_keyword (
    id BIGINT PRIMARY KEY,
    filter_id BIGINT NOT NULL,
    keyword TEXT NOT NULL,
    whole_word BIGINT NOT NULL
) /*strict*/;
CREATE INDEX word_filter_keyword_by_filter ON word_filter_keyword (filter_id, id);
CREATE TABLE word_filter_post (
    id BIGINT PRIMARY KEY,
    filter_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX word_filter_post_once ON word_filter_post (filter_id, post_id);
CREATE INDEX word_filter_post_by_post ON word_filter_post (post_id);
-- Grows with every change, so that what was made of the filters is made once.
CREATE TABLE word_filter_version (
    account_id BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
) /*strict*/;

-- How far somebody has read.
CREATE TABLE marker (
    account_id BIGINT NOT NULL,
    timeline TEXT NOT NULL,              -- home, notifications
    last_read_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL,
    PRIMARY KEY (account_id, timeline)
) /*strict, without rowid*/;

-- Direct posts, as one of ours sees them: one row for each thread and each set
-- of people in it.
CREATE TABLE conversation (
    id BIGINT PRIMARY KEY,
    account_id BIGINT NOT NULL,          -- who sees it
    thread_id BIGINT NOT NULL,           -- post.conversation_id
    participants TEXT NOT NULL,          -- the others' ids in order, commas between
    last_post_id BIGINT NOT NULL,
    unread BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX conversation_once ON conversation (account_id, thread_id, participants);
CREATE INDEX conversation_by_last ON conversation (account_id, last_post_id);
CREATE TABLE conversation_post (
    account_id BIGINT NOT NULL,
    post_id BIGINT NOT NULL,
    conversation_id BIGINT NOT NULL,
    PRIMARY KEY (account_id, post_id)
) /*strict, without rowid*/;
CREATE INDEX conversation_post_by_conversation ON conversation_post (conversation_id, post_id);
CREATE INDEX conversation_post_by_post ON conversation_post (post_id);

-- What the administrator tells everyone here.
CREATE TABLE announcement (
    id BIGINT PRIMARY KEY,
    source TEXT NOT NULL,                -- Markdown
    content_html TEXT NOT NULL,
    starts_at_ms BIGINT,
    ends_at_ms BIGINT,
    all_day BIGINT NOT NULL,
    published_at_ms BIGINT NOT NULL,
    updated_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE TABLE announcement_dismissal (
    announcement_id BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (announcement_id, account_id)
) /*strict, without rowid*/;
CREATE TABLE announcement_reaction (
    announcement_id BIGINT NOT NULL,
    name TEXT NOT NULL,                  -- an emoji, or a shortcode of ours
    account_id BIGINT NOT NULL,
    id BIGINT NOT NULL,                  -- the first of a name comes first
    PRIMARY KEY (announcement_id, name, account_id)
) /*strict, without rowid*/;

-- Emoji of this server. A new picture is a new row: its address is kept for ever.
CREATE TABLE custom_emoji (
    id BIGINT PRIMARY KEY,
    shortcode TEXT NOT NULL,
    category TEXT,
    media_type TEXT NOT NULL,
    bytes BYTEA NOT NULL,
    created_at_ms BIGINT NOT NULL,
    retired BIGINT NOT NULL              -- no longer offered; old posts still show it
) /*strict*/;
CREATE INDEX custom_emoji_by_shortcode ON custom_emoji (shortcode);

-- What is asked of the people here.
CREATE TABLE rule (
    id BIGINT PRIMARY KEY,
    content TEXT NOT NULL,
    hint TEXT NOT NULL
) /*strict*/;

-- Long texts of the server; the newest of a name stands.
CREATE TABLE instance_text (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,                  -- service::instance::Text
    source TEXT NOT NULL,                -- Markdown
    content_html TEXT NOT NULL,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX instance_text_by_name ON instance_text (name, id);

-- Who was here in a week, counted once.
CREATE TABLE weekly_login (
    week BIGINT NOT NULL,                -- weeks since 1970, beginning on Mondays
    user_id BIGINT NOT NULL,
    PRIMARY KEY (week, user_id)
) /*strict, without rowid*/;
