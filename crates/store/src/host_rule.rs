//! Rules for whole hosts.

use crate::{Result, Tx};
use domain::moderation::{self, HostRule};
use domain::{AccountId, AccountState, Host, Timestamp};

/// The strictest rule that covers a host.
pub fn of(tx: &mut Tx, host: &Host) -> Result<HostRule> {
    let mut strictest = HostRule::None;
    // One by one: SQLite would make a table of the names for every message.
    for name in moderation::rule_names(host) {
        let rule: Option<i64> =
            tx.find("SELECT rule FROM host_rule WHERE name = $1", &[&name], |row| row.get(0))?;
        let rule = rule.map_or(HostRule::None, HostRule::from_code);
        if rule.code() > strictest.code() {
            strictest = rule;
        }
    }
    Ok(strictest)
}

/// Writes a rule; [`HostRule::None`] lifts it.
pub fn set(tx: &mut Tx, host: &Host, rule: HostRule, note: &str) -> Result<()> {
    let now = tx.now();
    tx.execute(
        "INSERT INTO host_rule (name, rule, note, created_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (name) DO UPDATE SET rule = $2, note = $3",
        &[&host.name(), &rule.code(), &note, &now],
    )?;
    Ok(())
}

/// A rule that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The host, without port; covers its subdomains.
    pub name: String,
    /// What is done.
    pub rule: HostRule,
    /// Why, for administrators.
    pub note: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// All rules, by name.
pub fn list(tx: &mut Tx) -> Result<Vec<Rule>> {
    tx.query(
        "SELECT name, rule, note, created_at_ms FROM host_rule WHERE rule <> 0 ORDER BY name",
        &[],
        |row| {
            Ok(Rule {
                name: row.get(0)?,
                rule: HostRule::from_code(row.get(1)?),
                note: row.get(2)?,
                created_at: row.get(3)?,
            })
        },
    )
}

/// Hosts we know accounts of, from `after` on.
pub fn known_hosts(tx: &mut Tx, after: &str, limit: i64) -> Result<Vec<Host>> {
    // One step of the index for each host, not for each account.
    tx.query(
        "WITH RECURSIVE known(host, number) AS (
            SELECT (SELECT MIN(a.host) FROM account a WHERE a.host > $1), CAST(1 AS BIGINT)
            UNION ALL
            SELECT (SELECT MIN(a.host) FROM account a WHERE a.host > known.host), known.number + 1
            FROM known WHERE known.host IS NOT NULL AND known.number < $2)
         SELECT host FROM known WHERE host IS NOT NULL ORDER BY host",
        &[&after, &limit],
        |row| row.get(0),
    )
}

/// Gives peers' accounts of a host another state, a few at a time; which.
pub fn set_states(
    tx: &mut Tx,
    host: &Host,
    from: AccountState,
    to: AccountState,
    limit: i64,
) -> Result<Vec<AccountId>> {
    let some: Vec<AccountId> = tx.query(
        "SELECT id FROM account WHERE host = $1 AND home = 2 AND state = $2 ORDER BY id LIMIT $3",
        &[host, &from.code(), &limit],
        |row| row.get(0),
    )?;
    crate::account::set_states(tx, &some, to)?;
    Ok(some)
}
