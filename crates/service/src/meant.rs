//! Addresses of ours as peers write them: those of pages, where ids are meant.
//! What comes in is read as if it said the ids.

use activitypub::activity::MAX_NESTING;
use domain::Names;
use serde_json::Value;

/// Puts ids of ours in the place of addresses that stand for them, where a
/// document names what it is about, what it answers, and for whom it is.
pub(crate) fn put_ids(names: &Names, document: &mut Value) {
    within(names, document, MAX_NESTING);
}

fn within(names: &Names, document: &mut Value, depth: usize) {
    let Some(members) = document.as_object_mut().filter(|_| depth > 0) else { return };
    for name in ["object", "inReplyTo", "to", "cc"] {
        each(members.get_mut(name), &mut |entry| {
            put(names, entry);
            if name == "object" {
                within(names, entry, depth - 1);
            }
        });
    }
    each(members.get_mut("tag"), &mut |tag| {
        if let Some(href) = tag.get_mut("href") {
            put(names, href);
        }
    });
}

fn each(member: Option<&mut Value>, change: &mut dyn FnMut(&mut Value)) {
    match member {
        Some(Value::Array(entries)) => entries.iter_mut().for_each(change),
        Some(single) => change(single),
        None => (),
    }
}

/// An id by itself, or that of an embedded thing.
fn put(names: &Names, entry: &mut Value) {
    let id = if entry.is_object() { entry.get_mut("id") } else { Some(entry) };
    if let Some(Value::String(text)) = id
        && let Some(meant) = names.meant(text)
    {
        *text = meant.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Origin;
    use serde_json::json;

    #[test]
    fn pages_of_ours_are_read_as_ids() {
        let names = Names::new(Origin::of(&"https://here.example".parse().unwrap()).unwrap(), None);
        let page = |id: &str| format!("https://here.example/@alice{id}");
        let mut create = json!({
            "type": "Create", "id": page("/1"), "to": [page(""), 7], "cc": page(""),
            "object": { "type": "Note", "id": "https://there.example/1", "inReplyTo": page("/17"),
                "url": page("/17"), "content": page(""), "tag": [{ "type": "Mention", "href": page("") }, "x"] },
        });
        put_ids(&names, &mut create);
        let actor = "https://here.example/users/alice";
        assert_eq!((&create["to"], &create["cc"]), (&json!([actor, 7]), &json!(actor)));
        let note = &create["object"];
        assert_eq!(note["inReplyTo"], format!("{actor}/statuses/17"));
        assert_eq!(note["tag"][0]["href"], actor);
        assert_eq!((&note["url"], &note["content"]), (&json!(page("/17")), &json!(page(""))));
        assert_eq!(create["id"], page("/1"));
        let mut like = json!({ "type": "Like", "object": [{ "id": page("/17") }] });
        put_ids(&names, &mut like);
        assert_eq!(like["object"][0]["id"], format!("{actor}/statuses/17"));
        let mut odd = json!([1]);
        put_ids(&names, &mut odd);
        assert_eq!(odd, json!([1]));
    }
}
