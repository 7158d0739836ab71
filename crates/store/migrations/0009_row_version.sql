-- Which version of its row a post or an account is: another number with each
-- change, so that a decoded copy can tell whether it still holds.

ALTER TABLE post ADD COLUMN row_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN row_version BIGINT NOT NULL DEFAULT 0;
