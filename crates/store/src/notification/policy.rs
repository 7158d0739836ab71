//! What accounts wish to be told of, and what is known of who would tell them.

use crate::value::Row;
use crate::{Error, Result, Tx};
use domain::notification::policy::{Facts, Policy, Wish};
use domain::{AccountId, AccountKind, AccountState, Timestamp};

fn wish(row: &Row<'_>, at: usize, unset: Wish) -> Result<Wish> {
    Ok(row.get::<Option<i64>>(at)?.map_or(unset, Wish::from_code))
}

/// Reads a policy from six columns beginning at `at`; NULL where none was written.
fn read(row: &Row<'_>, at: usize) -> Result<Policy> {
    let unset = Policy::default();
    Ok(Policy {
        not_following: wish(row, at, unset.not_following)?,
        not_followers: wish(row, at + 1, unset.not_followers)?,
        new_accounts: wish(row, at + 2, unset.new_accounts)?,
        private_mentions: wish(row, at + 3, unset.private_mentions)?,
        limited_accounts: wish(row, at + 4, unset.limited_accounts)?,
        bots: wish(row, at + 5, unset.bots)?,
    })
}

/// What an account wishes.
pub fn find(tx: &mut Tx, account: AccountId) -> Result<Policy> {
    let found = tx.find(
        "SELECT for_not_following, for_not_followers, for_new_accounts, for_private_mentions,
            for_limited_accounts, for_bots FROM notification_policy WHERE account_id = $1",
        &[&account],
        |row| read(row, 0),
    )?;
    Ok(found.unwrap_or_default())
}

/// Writes what an account wishes.
pub fn set(tx: &mut Tx, account: AccountId, policy: &Policy) -> Result<()> {
    tx.execute(
        "INSERT INTO notification_policy (account_id, for_not_following, for_not_followers, for_new_accounts,
            for_private_mentions, for_limited_accounts, for_bots)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (account_id) DO UPDATE SET for_not_following = $2, for_not_followers = $3,
            for_new_accounts = $4, for_private_mentions = $5, for_limited_accounts = $6, for_bots = $7",
        &[
            &account,
            &policy.not_following.code(),
            &policy.not_followers.code(),
            &policy.new_accounts.code(),
            &policy.private_mentions.code(),
            &policy.limited_accounts.code(),
            &policy.bots.code(),
        ],
    )?;
    Ok(())
}

/// What `account` wishes, and what is known of `from`; none where that account is not there.
pub fn facts(tx: &mut Tx, account: AccountId, from: AccountId) -> Result<Option<(Policy, Facts)>> {
    tx.find(
        "SELECT p.for_not_following, p.for_not_followers, p.for_new_accounts, p.for_private_mentions,
            p.for_limited_accounts, p.for_bots, a.state, a.kind, a.created_at_ms,
            (SELECT COUNT(*) FROM follow f WHERE f.follower_id = $1 AND f.target_id = $2 AND f.accepted = 1),
            (SELECT MIN(f.created_at_ms) FROM follow f
                WHERE f.follower_id = $2 AND f.target_id = $1 AND f.accepted = 1),
            (SELECT COUNT(*) FROM notification_permission m WHERE m.account_id = $1 AND m.from_id = $2),
            (SELECT COUNT(*) FROM user_ u WHERE u.account_id = $2 AND u.role = 'admin' AND u.state = 'active')
         FROM account a LEFT JOIN notification_policy p ON p.account_id = $1 WHERE a.id = $2",
        &[&account, &from],
        |row| {
            let state: i64 = row.get(6)?;
            let state = AccountState::from_code(state)
                .ok_or_else(|| Error::Corrupt(format!("account state {state}")))?;
            let facts = Facts {
                following: row.get::<i64>(9)? > 0,
                follower_since: row.get::<Option<Timestamp>>(10)?,
                exists_since: row.get(8)?,
                limited: state == AccountState::Silenced,
                bot: AccountKind::from_type(&row.get::<String>(7)?).is_bot(),
                staff: row.get::<i64>(12)? > 0,
                permitted: row.get::<i64>(11)? > 0,
            };
            Ok((read(row, 0)?, facts))
        },
    )
}
