//! What a viewer wants to meet in lists, beside what may be seen at all.

/// The condition under which the viewer `$v` (0: nobody) wants to meet what the
/// account `$author` (a column) wrote or boosted, at the time `$now`:
/// [`domain::visibility::is_wanted`] in SQL. A test holds them equal.
///
/// A viewer who mutes nobody and blocks no host pays two steps into empty ranges:
/// the account is looked at only after a blocked host was found.
macro_rules! wanted {
    ($author:literal, $v:literal, $now:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM mute wm WHERE wm.account_id = ",
            $v,
            " AND wm.target_id = ",
            $author,
            " AND wm.expires_at_ms > ",
            $now,
            ") AND NOT EXISTS (SELECT 1 FROM domain_block wd CROSS JOIN account wa WHERE wd.account_id = ",
            $v,
            " AND wa.id = ",
            $author,
            " AND (wa.host = wd.host OR wa.domain = wd.host))"
        )
    };
}
pub(crate) use wanted;
