-- For arriving: what is about the same thing is found without looking through
-- all that waits.
CREATE INDEX inbound_by_order ON inbound (order_key);

-- Most posts answer nothing: they need no place among those that do.
DROP INDEX post_by_parent;
DROP INDEX post_by_missing_parent;
CREATE INDEX post_by_parent ON post (in_reply_to_id, id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX post_by_missing_parent ON post (in_reply_to) WHERE in_reply_to_id IS NULL AND in_reply_to IS NOT NULL;

-- Whose posts are counted, and which answers: followers-only posts and boosts
-- count as posts of who made them; answers that not everyone may see are not told of.
UPDATE account_count SET posts =
    (SELECT COUNT(*) FROM post p WHERE p.author_id = account_count.account_id AND p.visibility < 3)
    + (SELECT COUNT(*) FROM boost b WHERE b.account_id = account_count.account_id);
UPDATE post_count SET replies =
    (SELECT COUNT(*) FROM post p WHERE p.in_reply_to_id = post_count.post_id AND p.visibility <= 1);
