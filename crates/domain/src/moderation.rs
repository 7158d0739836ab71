//! What the rules of an instance and of an account mean for an arriving post.

use crate::AccountState;

/// What becomes of something that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Shown.
    Accept,
    /// Kept, shown to nobody until a person decides.
    Hold,
    /// Not kept.
    Drop,
}

/// What is known about a peer's host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HostRule {
    /// Nothing special.
    #[default]
    None,
    /// Only to its followers' home.
    Silence,
    /// Nothing from it is accepted, nothing is sent to it.
    Suspend,
}

impl HostRule {
    /// The state of a peer's account under the rule for its host.
    pub const fn state(self) -> AccountState {
        match self {
            Self::None => AccountState::Active,
            Self::Silence => AccountState::Silenced,
            Self::Suspend => AccountState::Suspended,
        }
    }

    /// The rule of a stored number.
    pub const fn from_code(code: i64) -> Self {
        match code {
            1 => Self::Silence,
            2 => Self::Suspend,
            _ => Self::None,
        }
    }

    /// The number that is stored.
    pub const fn code(self) -> i64 {
        match self {
            Self::None => 0,
            Self::Silence => 1,
            Self::Suspend => 2,
        }
    }
}

/// Why anybody here should keep a post that arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent reasons; one is enough")]
pub struct Concern {
    /// Somebody here follows the author.
    pub followed: bool,
    /// It addresses an account of ours.
    pub addresses_us: bool,
    /// It answers a post we have.
    pub answers_known: bool,
    /// We asked for it ourselves: a search, an ancestor, a boosted post.
    pub fetched: bool,
    /// The author is blocked by everyone it addresses.
    pub blocked: bool,
}

/// Whether an arriving post is kept. What concerns nobody here is not: an
/// open inbox would otherwise store whatever anyone sends.
pub const fn verdict(host: HostRule, concern: Concern) -> Verdict {
    if matches!(host, HostRule::Suspend) || concern.blocked {
        return Verdict::Drop;
    }
    if concern.followed || concern.addresses_us || concern.answers_known || concern.fetched {
        Verdict::Accept
    } else {
        Verdict::Drop
    }
}

/// The names under which a rule for a host may stand: itself and each parent
/// (`a.b.example`, `b.example`, `example`), without port.
pub fn rule_names(host: &crate::Host) -> Vec<String> {
    let name = host.name().trim_end_matches('.');
    let mut names = vec![name.to_owned()];
    if !name.starts_with('[') && name.parse::<std::net::Ipv4Addr>().is_err() {
        let mut rest = name;
        while let Some((_, parent)) = rest.split_once('.') {
            names.push(parent.to_owned());
            rest = parent;
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_concerns_nobody_here_is_not_kept() {
        assert_eq!(verdict(HostRule::None, Concern::default()), Verdict::Drop);
        assert_eq!(
            verdict(HostRule::None, Concern { followed: true, ..Concern::default() }),
            Verdict::Accept
        );
        assert_eq!(
            verdict(HostRule::Suspend, Concern { fetched: true, ..Concern::default() }),
            Verdict::Drop
        );
    }

    #[test]
    fn a_rule_covers_subdomains_and_every_port() {
        let host = crate::Host::parse("Sub.Evil.example.:8443").unwrap();
        assert_eq!(rule_names(&host), ["sub.evil.example", "evil.example", "example"]);
        assert_eq!(rule_names(&crate::Host::parse("127.0.0.1:80").unwrap()), ["127.0.0.1"]);
    }
}
