//! The post that another quotes, under five names (FEP-044f, FEP-e232).

use crate::json;
use domain::ObjectId;
use serde_json::Value;

/// A quoted post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The quoted post's id.
    pub id: ObjectId,
    /// The quoted author's consent (`quoteAuthorization`, FEP-044f).
    pub authorization: Option<ObjectId>,
}

impl Quote {
    /// Reads the quote: FEP-044f first, then the older members, then a link tag.
    pub fn parse(value: &Value) -> Option<Self> {
        let members = ["quote", "quoteUrl", "quoteUri", "quoteURL", "_misskey_quote"];
        let id = members.iter().find_map(|name| json::object_id(value, name)).or_else(|| linked(value))?;
        Some(Self { id, authorization: json::object_id(value, "quoteAuthorization") })
    }
}

/// FEP-e232: a Link to an ActivityPub object among the tags.
fn linked(value: &Value) -> Option<ObjectId> {
    json::objects(value, "tag")
        .filter(|tag| json::kinds(tag).contains(&"Link"))
        .filter(|tag| json::plain(tag, "mediaType", 256).is_some_and(|kind| is_activity_json(&kind)))
        .find_map(|tag| json::object_id(tag, "href"))
}

fn is_activity_json(media_type: &str) -> bool {
    media_type.starts_with("application/activity+json")
        || (media_type.starts_with("application/ld+json") && media_type.contains("activitystreams"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_quote_is_found_under_each_of_its_names() {
        let id = "https://b.example/9";
        let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        for value in [
            json!({ "quote": id }),
            json!({ "quoteUrl": id }),
            json!({ "quoteUri": id }),
            json!({ "_misskey_quote": id }),
            json!({"tag": {"type": "Link", "mediaType": profile, "href": id, "name": "RE: x"}}),
            json!({"quote": null, "quoteUrl": id}),
        ] {
            assert_eq!(Quote::parse(&value).unwrap().id.as_str(), id);
        }
        assert_eq!(
            Quote::parse(&json!({"tag": {"type": "Link", "mediaType": "text/html", "href": id}})),
            None
        );
    }
}
