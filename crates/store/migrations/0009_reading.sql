-- For reading: lists that are as quick where there are a million posts, and
-- rows that need not be decoded again.

-- Which version of its row a post or an account is: another number with each
-- change, so that a decoded copy can tell whether it still holds.
ALTER TABLE post ADD COLUMN row_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN row_version BIGINT NOT NULL DEFAULT 0;

-- Ours are few among very many, and so may those with files be.
ALTER TABLE post ADD COLUMN here BIGINT NOT NULL DEFAULT 0;
ALTER TABLE post_hashtag ADD COLUMN here BIGINT NOT NULL DEFAULT 0;
UPDATE post SET here = 1 WHERE author_id IN (SELECT id FROM account WHERE home = 0);
UPDATE post_hashtag SET here = 1 WHERE post_id IN (SELECT id FROM post WHERE here = 1);
CREATE INDEX post_here ON post (visibility, id) WHERE here = 1;
CREATE INDEX post_with_files ON post (visibility, id) WHERE attachments <> '[]';
CREATE INDEX post_hashtag_here ON post_hashtag (name, post_id) WHERE here = 1;
