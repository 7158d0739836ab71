-- What the search index has still to look at. The index itself is apart and
-- can be built anew from the posts and accounts (src/search/index.rs).
CREATE TABLE search_change (
    id BIGINT PRIMARY KEY,
    kind BIGINT NOT NULL,                -- 0 post, 1 account
    subject_id BIGINT NOT NULL
) /*strict*/;
