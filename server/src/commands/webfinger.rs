//! `antiphon webfinger`: what a domain says about a handle (RFC 7033).

use domain::Handle;
use service::Cx;
use std::fmt::Write as _;

pub(super) async fn webfinger(cx: &Cx, handle: &str) -> anyhow::Result<String> {
    let handle = Handle::parse(handle)?;
    let found = cx.client.webfinger(&handle, cx.now()).await?;
    let mut text = String::new();
    writeln!(text, "@{}", found.subject)?;
    writeln!(text, "  actor: {}", found.actor)?;
    for also in &found.also {
        writeln!(text, "  also: {also}")?;
    }
    for alias in &found.aliases {
        writeln!(text, "  alias: {alias}")?;
    }
    if let Some(page) = &found.profile_page {
        writeln!(text, "  page: {page}")?;
    }
    if let Some(template) = &found.subscribe_template {
        writeln!(text, "  follow from elsewhere: {template}")?;
    }
    if found.subject.key() != handle.key() {
        // Another domain is named: only that one can say so.
        let confirmed = cx.client.confirm_handle(&found.subject, &found.actor, cx.now()).await;
        writeln!(
            text,
            "  {} {}",
            found.subject,
            confirmed.map_or_else(|why| format!("is not confirmed: {why}"), |_| "agrees".to_owned())
        )?;
    }
    Ok(text)
}
