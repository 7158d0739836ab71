//! Cards of the pages that posts link to. A page is read once for all posts,
//! after somebody has looked at one of them, and nobody waits for it.

use crate::{Cx, Result, errand};
use domain::card::Card;
use domain::moderation::HostRule;
use domain::{ObjectId, Timestamp};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use store::Tx;
use text::page::{self, PageSays};
use url::Url;
use wire::FetchError;

/// By what sites know us in their `robots.txt`.
const AGENT: &str = "antiphon";
const ACCEPT_PAGE: &str = "text/html, application/xhtml+xml;q=0.9";
/// While one process reads a page, others leave it alone.
const CLAIMED_FOR: Duration = Duration::from_secs(300);
/// How long what was read is good.
const GOOD_FOR: Duration = Duration::from_secs(14 * 24 * 3600);
/// After so long a page that could not be read is tried again; each time it
/// doubles.
const AGAIN_AFTER: Duration = Duration::from_secs(3600);
const DOUBLINGS: u32 = 8;
/// How long a site's rules for programs are remembered.
const RULES_FOR: Duration = Duration::from_secs(24 * 3600);

/// What sites let programs read, as they told it lately.
#[derive(Debug, Clone)]
pub struct SiteRules(Cache<String, Arc<str>>);

impl Default for SiteRules {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(8 << 20)
                .weigher(|_, rules: &Arc<str>| u32::try_from(rules.len()).unwrap_or(u32::MAX).max(64))
                .time_to_live(RULES_FOR)
                .build(),
        )
    }
}

/// Pages of which somebody lately saw a post and no card.
pub fn wished(tx: &mut Tx) -> Result<Vec<String>> {
    Ok(store::card::wished(tx))
}

/// Reads a page that somebody wished for, unless that was done meanwhile.
pub async fn read(cx: &Cx, url: &str) -> Result<()> {
    let Some((page, id)) = Url::parse(url).ok().zip(ObjectId::parse(url).ok()) else { return Ok(()) };
    let (host, key) = (id.host().clone(), url.to_owned());
    let claimed = cx
        .write_later(move |tx| {
            let until = tx.now().plus(CLAIMED_FOR);
            let shut_out = store::host_rule::of(tx, &host)? == HostRule::Suspend;
            Ok(store::card::claim(tx, &key, until)? && !shut_out)
        })
        .await?;
    // We do not ask ourselves.
    if !claimed || cx.names.is_ours(&id) {
        return Ok(());
    }
    let read = card_of(cx, &page).await;
    errand::log(cx, &id, None, read.as_ref().err());
    settle(cx, url, read.map_err(|error| tracing::debug!(%url, %error, "a page could not be read"))).await
}

async fn settle(cx: &Cx, url: &str, read: Result<Option<Card>, ()>) -> Result<()> {
    let url = url.to_owned();
    cx.write_later(move |tx| {
        let now = tx.now();
        if let Ok(card) = &read {
            store::card::keep(tx, &url, card.as_ref(), now.plus(GOOD_FOR))?;
        } else {
            let tries = store::card::failed(tx, &url)?;
            store::card::expire_at(tx, &url, again(now, tries))?;
        }
        Ok(())
    })
    .await
}

fn again(now: Timestamp, tries: i64) -> Timestamp {
    let doublings = u32::try_from(tries.saturating_sub(1)).unwrap_or(DOUBLINGS).min(DOUBLINGS);
    now.plus(AGAIN_AFTER * 2_u32.pow(doublings))
}

/// The card of a page; none where there is nothing to show, or the site does
/// not want it shown.
async fn card_of(cx: &Cx, url: &Url) -> Result<Option<Card>, FetchError> {
    if !may_read(cx, url).await {
        return Ok(None);
    }
    let fetched = cx.client.get(url, ACCEPT_PAGE, None, cx.now()).await?;
    let kind = fetched.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match fetched.status {
        200..=299 => (),
        // It may be well again later.
        408 | 425 | 429 | 500..=599 => {
            return Err(FetchError::Status { status: fetched.status, words: String::new() });
        }
        _ => return Ok(None),
    }
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence != "text/html" && essence != "application/xhtml+xml" {
        return Ok(None);
    }
    // Where redirects end counts for what is on the page; the link stays the link.
    let PageSays { card, oembed } = page::read(&page::decode(&fetched.body, kind), &fetched.url);
    let card = match (card, oembed) {
        (None, Some(more)) => ask_oembed(cx, &more, &fetched.url).await,
        (card, _) => card,
    };
    Ok(card.map(|card| Card { url: url.as_str().to_owned(), ..card }))
}

/// A page without a title may have one in its site's words about it.
async fn ask_oembed(cx: &Cx, more: &str, page: &Url) -> Option<Card> {
    let url = Url::parse(more).ok()?;
    let fetched = cx.client.get(&url, "application/json", None, cx.now()).await.ok()?;
    let json = (fetched.status == 200).then(|| activitypub::read(&fetched.body).ok()).flatten()?;
    page::read_oembed(&json, page)
}

/// Whether a site lets programs read a page. One that tells no rules does.
async fn may_read(cx: &Cx, url: &Url) -> bool {
    let origin = url.origin().ascii_serialization();
    let rules = cx.site_rules.0.get_with(origin.clone(), async {
        let Ok(place) = Url::parse(&format!("{origin}/robots.txt")) else { return Arc::from("") };
        match cx.client.get(&place, "text/plain", None, cx.now()).await {
            Ok(answer) if answer.status == 200 => Arc::from(String::from_utf8_lossy(&answer.body).as_ref()),
            _ => Arc::from(""),
        }
    });
    let path = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    text::robots::allows(&rules.await, AGENT, &path)
}
