//! Lines of our profiles that name a page: whether the page names the account
//! back. Asked once, in the background, when the line is written.

use crate::{Cx, Result};
use domain::{Account, AccountId, Event};
use store::Tx;
use text::sanitise::RULES_VERSION;
use url::Url;

/// Asks in the background the pages that a profile names. Where too many are
/// asked already it is left for the next change.
pub fn verify_later(cx: &Cx, id: AccountId) {
    let Ok(permit) = cx.confirmations.0.clone().try_acquire_owned() else { return };
    let cx = cx.clone();
    tokio::spawn(async move {
        let _permit = permit;
        if let Err(error) = verify(&cx, id).await {
            tracing::debug!(account = %id, %error, "the pages of a profile could not be asked");
        }
    });
}

/// Asks the pages that a profile of ours names and that have not been found
/// to name it back.
pub async fn verify(cx: &Cx, id: AccountId) -> Result<()> {
    let account = cx.read(move |tx| Ok(store::account::get(tx, id)?)).await?;
    let mut proven = Vec::new();
    for field in account.profile.fields.iter().filter(|field| field.verified_at.is_none()) {
        let Some(page) = page_of(&field.value_html) else { continue };
        if names_back(cx, &page, &account).await {
            proven.push(field.value_html.clone());
        }
    }
    if proven.is_empty() {
        return Ok(());
    }
    cx.write_later(move |tx| mark(tx, id, &proven)).await
}

/// The page, where a line is nothing but its address.
fn page_of(value_html: &str) -> Option<Url> {
    text::link::safe(&text::plain::from_html(value_html))
}

async fn names_back(cx: &Cx, page: &Url, account: &Account) -> bool {
    let fetched = match cx.client.get(page, "text/html", None, cx.now()).await {
        Ok(fetched) if fetched.status == 200 => fetched,
        Ok(fetched) => {
            tracing::debug!(%page, status = fetched.status, "a page of a profile was not shown");
            return false;
        }
        Err(error) => {
            tracing::debug!(%page, %error, "a page of a profile could not be had");
            return false;
        }
    };
    let html = String::from_utf8_lossy(&fetched.body);
    let owners: Vec<&str> =
        account.profile.url.as_deref().into_iter().chain([account.actor_id.as_str()]).collect();
    text::rel_me::names_back(&html, &owners)
}

/// Marks the lines that still say the same.
fn mark(tx: &mut Tx, id: AccountId, proven: &[String]) -> Result<()> {
    super::change::lock(tx, id)?;
    let mut account = store::account::get(tx, id)?;
    let now = tx.now();
    for field in &mut account.profile.fields {
        if field.verified_at.is_none() && proven.contains(&field.value_html) {
            field.verified_at = Some(now);
        }
    }
    store::account::update(tx, &account, RULES_VERSION)?;
    tx.tell(Event::Changed(id));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_is_an_address_names_a_page() {
        let page = |html: &str| page_of(html).map(|url| url.to_string());
        let link = "<a href=\"https://bob.example/\" rel=\"me\">https://bob.example/</a>";
        assert_eq!(page(link).as_deref(), Some("https://bob.example/"));
        for none in ["they/them", "see https://bob.example", "javascript:alert(1)", "bob.example", ""] {
            assert_eq!(page(none), None, "{none}");
        }
    }
}
