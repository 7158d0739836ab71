//! Who asks for a document.

use crate::{Result, boost};
use domain::moderation::HostRule;
use domain::post::Post;
use domain::visibility::Standing;
use domain::{AccountId, ActorId};
use http::HeaderMap;
use store::Tx;
use store::boost::Boost;

/// Who asks, by a signature that holds or by one that was only read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reader {
    actor: Option<ActorId>,
    is_signed: bool,
    is_proven: bool,
}

/// A reader as far as we know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    account: Option<AccountId>,
    is_proven: bool,
}

impl Reader {
    /// A reader whose signature holds.
    pub(super) fn proven(actor: ActorId) -> Self {
        Self { actor: Some(actor), is_signed: true, is_proven: true }
    }

    /// The reader that a request names, believed only to its own disadvantage.
    pub(super) fn claimed(headers: &HeaderMap) -> Self {
        let claims = wire::signature::read(headers).unwrap_or_default();
        let key = claims.first().map(|claim| claim.key_id.split('#').next().unwrap_or_default());
        let is_signed = headers.contains_key("signature") || headers.contains_key("signature-input");
        Self { actor: key.and_then(|key| ActorId::parse(key).ok()), is_signed, is_proven: false }
    }

    /// Whether there is a signature at all.
    pub(super) fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// Whether a rule shuts the reader's whole server out.
    pub(super) fn is_shut_out(&self, tx: &mut Tx) -> Result<bool> {
        let Some(actor) = &self.actor else { return Ok(false) };
        Ok(store::host_rule::of(tx, actor.host())? == HostRule::Suspend)
    }

    /// Whether it is one of some actors, provably.
    pub(super) fn is_among(&self, actors: &[String]) -> bool {
        self.is_proven
            && self.actor.as_ref().is_some_and(|actor| actors.iter().any(|id| id == actor.as_str()))
    }

    /// Looks the reader up; whom we do not know is a stranger.
    pub(super) fn known(&self, tx: &mut Tx) -> Result<Known> {
        let account = match &self.actor {
            Some(actor) => store::account::by_actor(tx, actor)?.map(|account| account.id),
            None => None,
        };
        Ok(Known { account, is_proven: self.is_proven })
    }
}

impl Known {
    /// Whether either of reader and account blocks the other, or the account
    /// the reader's whole server.
    pub(super) fn is_blocked(self, tx: &mut Tx, account: AccountId) -> Result<bool> {
        match self.account {
            Some(reader) => Ok(store::block::either(tx, reader, account)?
                || store::domain_block::covers(tx, account, reader)?),
            None => Ok(false),
        }
    }

    /// What the reader is to a post.
    pub(super) fn standing(self, tx: &mut Tx, post: &Post) -> Result<Standing> {
        if self.is_proven {
            let standing = store::post::standing(tx, post, self.account)?;
            let blocked = standing.blocked || self.is_blocked(tx, post.author_id)?;
            return Ok(Standing { blocked: blocked && !standing.is_author, ..standing });
        }
        let blocked = post.local_only || self.is_blocked(tx, post.author_id)?;
        Ok(Standing { blocked, ..Standing::STRANGER })
    }

    /// What the reader is to a boost.
    pub(super) fn standing_to_boost(self, tx: &mut Tx, boost: &Boost, post: &Post) -> Result<Standing> {
        let blocked = post.local_only || self.is_blocked(tx, boost.account_id)?;
        let reader = self.account.filter(|_| self.is_proven);
        Ok(Standing { blocked, ..boost::standing(tx, boost, post, reader)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_read_and_not_believed() {
        let mut headers = HeaderMap::new();
        assert!(!Reader::claimed(&headers).is_signed());
        let value = "keyId=\"https://b.example/users/bob#main-key\",headers=\"date\",signature=\"AAAA\"";
        headers.insert("signature", value.parse().unwrap());
        let reader = Reader::claimed(&headers);
        assert_eq!(reader.actor, Some(ActorId::parse("https://b.example/users/bob").unwrap()));
        assert!(reader.is_signed() && !reader.is_proven);
        assert!(!reader.is_among(&["https://b.example/users/bob".to_owned()]));
        headers.insert("signature", "nonsense".parse().unwrap());
        let reader = Reader::claimed(&headers);
        assert_eq!((reader.actor.clone(), reader.is_signed()), (None, true));
    }
}
