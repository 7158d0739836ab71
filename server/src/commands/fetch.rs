//! `antiphon fetch`: a document as another server would get it.

use domain::{Handle, ObjectId};
use service::Cx;
use service::errand::Errand;

pub(super) async fn fetch(cx: &Cx, what: &str) -> anyhow::Result<String> {
    let what = what.trim();
    let id = match Handle::parse(what) {
        Ok(handle) if !what.contains("://") => cx.client.webfinger(&handle, cx.now()).await?.actor.into(),
        _ => ObjectId::parse(what)?,
    };
    let json = if cx.names.is_ours(&id) {
        // Our own server is asked like any other.
        let signer = cx.instance_signer().await?;
        cx.client.fetch_document(id.as_str(), Some(&signer), cx.now()).await?.json
    } else {
        Errand::new(cx, None).fetch(cx, &id).await?.json.clone()
    };
    Ok(format!("{}\n", serde_json::to_string_pretty(&json)?))
}
