//! Rules for whole hosts.

use crate::{Result, Tx};
use domain::Host;
use domain::moderation::{self, HostRule};

/// The strictest rule that covers a host.
pub fn of(tx: &mut Tx, host: &Host) -> Result<HostRule> {
    let names = moderation::rule_names(host);
    let strictest: Option<i64> =
        tx.get("SELECT MAX(rule) FROM host_rule WHERE name = ANY($1)", &[&names], |row| row.get(0))?;
    Ok(strictest.map_or(HostRule::None, HostRule::from_code))
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
