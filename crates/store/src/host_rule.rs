//! Rules for whole hosts.

use crate::{Result, Tx};
use domain::Host;
use domain::moderation::{self, HostRule};

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
