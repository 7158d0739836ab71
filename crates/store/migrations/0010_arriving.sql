-- For arriving: what is about the same thing is found without looking through
-- all that waits.
CREATE INDEX inbound_by_order ON inbound (order_key);

-- Most posts answer nothing: they need no place among those that do.
DROP INDEX post_by_parent;
DROP INDEX post_by_missing_parent;
CREATE INDEX post_by_parent ON post (in_reply_to_id, id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX post_by_missing_parent ON post (in_reply_to) WHERE in_reply_to_id IS NULL AND in_reply_to IS NOT NULL;
