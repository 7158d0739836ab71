//! Streams by the names that clients know.

use domain::stream::{Pick, Side, Topic};
use domain::{AccountId, ListId};
use http::StatusCode;
use service::{Cx, tag};
use std::sync::Arc;
use web::{ApiError, Viewer};

/// What a client asks to watch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) stream: &'a str,
    pub(super) tag: Option<&'a str>,
    pub(super) list: Option<&'a str>,
}

/// A stream that may be watched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stream {
    /// What it is called in what is sent: a JSON list.
    pub(super) name: Arc<str>,
    pub(super) topics: Vec<Topic>,
}

/// Why a stream is not watched, as a status and words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str);

impl From<Refusal> for ApiError {
    fn from(Refusal(status, words): Refusal) -> Self {
        Self::new(status, words)
    }
}

const OUTSIDE_SCOPE: Refusal =
    Refusal(StatusCode::UNAUTHORIZED, "Access token does not have the required scopes");
const NO_TAG: Refusal = Refusal(StatusCode::BAD_REQUEST, "Missing tag name parameter");
const NO_LIST: Refusal = Refusal(StatusCode::BAD_REQUEST, "Missing list name parameter");
const NOT_YOURS: Refusal = Refusal(StatusCode::UNAUTHORIZED, "Not authorized to stream this list");
const UNKNOWN: Refusal = Refusal(StatusCode::BAD_REQUEST, "Unknown stream type");

/// What stands for a stream in what is sent: its name, and what was asked of it.
pub(super) fn label(stream: &str, parameter: Option<&str>) -> Arc<str> {
    let parts: Vec<&str> = std::iter::once(stream).chain(parameter).collect();
    serde_json::Value::from(parts).to_string().into()
}

/// The stream a client asks for, where its token reaches so far.
pub(super) async fn find(cx: &Cx, viewer: &Viewer, wanted: Wanted<'_>) -> Result<Stream, Refusal> {
    let me = viewer.account().id;
    let may = |scope: &str| viewer.scopes().allow(scope);
    let needed = if wanted.stream == "user:notification" { "read:notifications" } else { "read:statuses" };
    let plain = |topics: Vec<Topic>| Stream { name: label(wanted.stream, None), topics };
    let found = match wanted.stream {
        "user" => {
            let told = may("read:notifications").then_some(Topic::Notifications(me));
            plain(std::iter::once(Topic::Home(me)).chain(told).collect())
        }
        "user:notification" => plain(vec![Topic::Notifications(me)]),
        "direct" => plain(vec![Topic::Direct(me)]),
        "list" => list(cx, me, wanted).await?,
        "hashtag" => hashtag(wanted, Side::Both)?,
        "hashtag:local" => hashtag(wanted, Side::Here)?,
        other => plain(vec![public(other).ok_or(UNKNOWN)?]),
    };
    if may(needed) { Ok(found) } else { Err(OUTSIDE_SCOPE) }
}

/// A list of the viewer's own.
async fn list(cx: &Cx, me: AccountId, wanted: Wanted<'_>) -> Result<Stream, Refusal> {
    let written = wanted.list.filter(|list| !list.is_empty()).ok_or(NO_LIST)?;
    let id = ListId(crate::params::id(written).ok_or(NOT_YOURS)?);
    let found = cx.read(move |tx| service::list::one(tx, me, id)).await;
    found.map_err(|_| NOT_YOURS)?;
    Ok(Stream { name: label(wanted.stream, Some(written)), topics: vec![Topic::List(id)] })
}

fn public(name: &str) -> Option<Topic> {
    Some(match name {
        "public" => Topic::Public(Side::Both, Pick::All),
        "public:media" => Topic::Public(Side::Both, Pick::Media),
        "public:local" => Topic::Public(Side::Here, Pick::All),
        "public:local:media" => Topic::Public(Side::Here, Pick::Media),
        "public:remote" => Topic::Public(Side::There, Pick::All),
        "public:remote:media" => Topic::Public(Side::There, Pick::Media),
        _ => return None,
    })
}

fn hashtag(wanted: Wanted<'_>, side: Side) -> Result<Stream, Refusal> {
    let written = wanted.tag.filter(|tag| !tag.is_empty()).ok_or(NO_TAG)?;
    let key = tag::key(written).ok_or(NO_TAG)?;
    Ok(Stream { name: label(wanted.stream, Some(written)), topics: vec![Topic::Hashtag(key, side)] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_public_stream_has_a_topic_of_its_own() {
        let names = [
            "public",
            "public:media",
            "public:local",
            "public:local:media",
            "public:remote",
            "public:remote:media",
        ];
        let topics: std::collections::HashSet<Topic> = names.iter().filter_map(|name| public(name)).collect();
        assert_eq!(topics.len(), names.len());
        assert_eq!(public("public:elsewhere"), None);
    }

    #[test]
    fn a_hashtag_is_found_in_any_case_and_called_as_it_was_asked_for() {
        let wanted = |tag| Wanted { stream: "hashtag", tag, list: None };
        let found = hashtag(wanted(Some("Ch\"oir")), Side::Both);
        assert_eq!(found, Err(NO_TAG));
        let found = hashtag(wanted(Some("#Choir")), Side::Both).unwrap();
        assert_eq!(&*found.name, "[\"hashtag\",\"#Choir\"]");
        assert_eq!(found.topics, [Topic::Hashtag("choir".into(), Side::Both)]);
        assert_eq!(hashtag(wanted(None), Side::Both), Err(NO_TAG));
    }
}
