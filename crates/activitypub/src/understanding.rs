//! What we make of a document, in words: for `antiphon inspect` and the log.

mod members;

use crate::activity::is_activity;
use crate::{Activity, Actor, Audience, Collection, KeyDocument, Note, Object, Reference, json};
use members::{COMMON, OF_ACTIVITIES, OF_ACTORS, OF_COLLECTIONS, OF_POSTS};
use serde_json::Value;
use std::fmt;

/// The most unread members that are told.
const MAX_IGNORED: usize = 200;

/// What was made of a document. `Display` writes it for people.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Understanding {
    /// What it is, in a few words: `Create of a Note`.
    pub what: String,
    /// What was read, one fact a line.
    pub lines: Vec<String>,
    /// What could not be read, and why.
    pub problems: Vec<String>,
    /// Members that were not read, with their path (`object.isCat`).
    pub ignored: Vec<String>,
}

impl fmt::Display for Understanding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.what)?;
        for line in &self.lines {
            writeln!(f, "  {line}")?;
        }
        for problem in &self.problems {
            writeln!(f, "  problem: {problem}")?;
        }
        if !self.ignored.is_empty() {
            writeln!(f, "  not read: {}", self.ignored.join(", "))?;
        }
        Ok(())
    }
}

/// Says what a document is, who speaks to whom, and what was left unread.
pub fn understood(value: &Value) -> Understanding {
    let mut told = Understanding::default();
    if is_activity(value) {
        activity(&mut told, value, "", 1);
    } else if !told.is_other_document(value) {
        object(&mut told, value, "");
    }
    told
}

impl Understanding {
    fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    fn say_some(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.say(format!("{name}: {}", shown(value)));
        }
    }

    /// Collections, keys and answers that are no ActivityStreams at all.
    fn is_other_document(&mut self, value: &Value) -> bool {
        if let Ok(found) = Collection::parse(value) {
            collection(self, &found);
            self.ignore(value, "", OF_COLLECTIONS);
        } else if json::member(value, "subject").is_some() && json::member(value, "links").is_some() {
            "WebFinger answer".clone_into(&mut self.what);
            self.say_some("subject", json::plain(value, "subject", 1024).as_deref());
            let is_self = |link: &&Value| json::plain(link, "rel", 256).as_deref() == Some("self");
            let actor = json::objects(value, "links").find(is_self).and_then(|link| json::href(link, "href"));
            self.say_some("actor", actor.as_deref());
        } else if json::member(value, "software").is_some() && json::member(value, "version").is_some() {
            "NodeInfo answer".clone_into(&mut self.what);
            let software = json::member(value, "software").and_then(|it| json::plain(it, "name", 256));
            self.say_some("software", software.as_deref());
        } else {
            return false;
        }
        true
    }

    fn ignore(&mut self, value: &Value, path: &str, read: &[&str]) {
        let Value::Object(members) = value else { return };
        for name in members.keys() {
            let bare = name.rsplit([':', '#']).next().unwrap_or(name);
            let known = |name: &str| COMMON.contains(&name) || read.contains(&name);
            if !known(name) && !known(bare) && self.ignored.len() < MAX_IGNORED {
                self.ignored.push(format!("{path}{}", shown(name)));
            }
        }
    }
}

/// A value on one line, not too long, without control characters.
fn shown(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(200).collect();
    if text.chars().count() > 200 { format!("{line}…") } else { line }
}

fn activity(told: &mut Understanding, value: &Value, path: &str, depth: usize) {
    let kind = json::kind(value, crate::activity::VERBS).unwrap_or("activity without a type");
    let inner = json::objects(value, "object").next();
    let inner_kind = inner.and_then(|it| json::kind(it, crate::note::POST_TYPES));
    let what = match inner_kind {
        Some(inner) => format!("{} of {} {}", shown(kind), article(inner), shown(inner)),
        None => shown(kind),
    };
    if path.is_empty() {
        told.what = what;
    } else {
        told.say(format!("inside: {what}"));
    }
    told.say_some("id", json::own_id(value).as_deref());
    told.say_some("by", json::first_string(value, "actor"));
    for target in json::strings(value, "object").iter().take(10) {
        told.say_some("object", Some(target));
    }
    told.say_some("target", json::first_string(value, "target"));
    match Activity::parse(value) {
        Ok(Activity::Unknown(unknown)) => match unknown.problem {
            Some(problem) => told.problems.push(format!("{}: {problem}", shown(kind))),
            None => told.say("a kind that is kept, but not acted on"),
        },
        Ok(_) => (),
        Err(problem) => told.problems.push(format!("{}: {problem}", shown(kind))),
    }
    audience(told, value, None);
    told.ignore(value, path, OF_ACTIVITIES);
    let Some(inner) = inner else { return };
    let path = format!("{path}object.");
    if kind == "Delete" {
        // Only the id counts: what is gone need not be complete.
        return;
    }
    if !is_activity(inner) {
        object(told, inner, &path);
    } else if depth < crate::activity::MAX_NESTING {
        activity(told, inner, &path, depth.saturating_add(1));
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['A', 'E', 'I', 'O', 'U']) { "an" } else { "a" }
}

fn audience(told: &mut Understanding, value: &Value, followers: Option<&str>) {
    let audience = Audience::parse(value);
    if audience.is_empty() {
        return;
    }
    for (name, addresses) in [("to", &audience.to), ("cc", &audience.cc), ("group", &audience.groups)] {
        for address in addresses.iter().take(10) {
            told.say_some(name, Some(address));
        }
        if addresses.len() > 10 {
            told.say(format!("{name}: and {} more", addresses.len().saturating_sub(10)));
        }
    }
    told.say(format!("visibility: {:?}", audience.visibility(followers)).to_lowercase());
}

fn object(told: &mut Understanding, value: &Value, path: &str) {
    let kind = json::kind(value, crate::note::POST_TYPES).unwrap_or("object without a type");
    if path.is_empty() {
        told.what = shown(kind);
    }
    // Inside an activity its actor is the author where none is named.
    let nobody = domain::ActorId::parse("https://author.invalid/").ok().filter(|_| !path.is_empty());
    match Object::parse_by(value, nobody.as_ref()) {
        Ok(Object::Note(found)) => {
            note(told, &found);
            audience(told, value, None);
            told.ignore(value, path, OF_POSTS);
        }
        Ok(Object::Actor(found)) => {
            actor(told, &found);
            told.ignore(value, path, OF_ACTORS);
        }
        Ok(Object::Vote(vote)) => {
            told.say(format!("a vote for {}", shown(&vote.name)));
            told.say_some("in the poll", Some(vote.in_reply_to.as_str()));
        }
        Ok(Object::Tombstone(tombstone)) => {
            told.say("what is left of a deleted object");
            told.say_some("it was", tombstone.former_type.as_deref());
        }
        Ok(Object::Other(_)) => other(told, value),
        Err(problem) => {
            told.problems.push(format!("{}: {problem}", shown(kind)));
            if let Ok(document) = KeyDocument::parse(value) {
                keys(told, &document);
            }
        }
    }
}

fn other(told: &mut Understanding, value: &Value) {
    match KeyDocument::parse(value) {
        Ok(document) => keys(told, &document),
        Err(_) => told.say("nothing that we show or act on"),
    }
}

fn keys(told: &mut Understanding, document: &KeyDocument) {
    for key in &document.keys {
        told.say(format!("key: {} of {}", shown(&key.id), shown(&key.owner)));
    }
}

fn note(told: &mut Understanding, note: &Note) {
    told.say_some("post", Some(note.id.as_str()));
    if note.attributed_to.as_str() != "https://author.invalid/" {
        told.say_some("author", Some(note.attributed_to.as_str()));
    }
    told.say_some("title", note.title.as_deref());
    told.say_some("content warning", note.content_warning());
    told.say_some("text", Some(note.content_html.as_str()).filter(|text| !text.is_empty()));
    told.say_some("language", note.language.as_deref());
    told.say_some("answers", note.in_reply_to.as_ref().map(domain::ObjectId::as_str));
    told.say_some("page", note.url.as_deref());
    told.say_some("link", note.link.as_deref());
    told.say_some("published", note.published.map(json::render_time).as_deref());
    told.say_some("edited", note.updated.map(json::render_time).as_deref());
    told.say_some("quotes", note.quote.as_ref().map(|quote| quote.id.as_str()));
    for mention in note.mentions.iter().take(10) {
        told.say_some("mentions", Some(mention.href.as_str()));
    }
    if !note.hashtags.is_empty() {
        told.say_some("hashtags", Some(&note.hashtags.join(" ")));
    }
    for attachment in &note.attachments {
        told.say(format!("{:?}: {}", attachment.kind, shown(&attachment.url)).to_lowercase());
    }
    for option in note.poll.iter().flat_map(|poll| &poll.options) {
        told.say_some("option", Some(&option.title));
    }
}

fn actor(told: &mut Understanding, actor: &Actor) {
    told.say_some("actor", Some(actor.id.as_str()));
    told.say_some("handle name", actor.preferred_username.as_deref());
    told.say_some("name", actor.name.as_deref());
    told.say_some("page", actor.url.as_deref());
    told.say_some("inbox", Some(&actor.inbox));
    told.say_some("shared inbox", actor.shared_inbox.as_deref());
    told.say_some("followers", actor.followers.as_deref());
    told.say_some("moved to", actor.moved_to.as_ref().map(domain::ActorId::as_str));
    for alias in &actor.also_known_as {
        told.say_some("also known as", Some(alias.as_str()));
    }
    for key in &actor.keys {
        told.say_some("key", Some(&key.id));
    }
    if actor.keys.is_empty() {
        told.problems.push("the actor has no key: nothing that it sends can be believed".to_owned());
    }
    for (name, value) in &actor.fields {
        told.say(format!("field: {} = {}", shown(name), shown(value)));
    }
}

fn collection(told: &mut Understanding, collection: &Collection) {
    let what = if collection.is_page { "page of a collection" } else { "collection" };
    what.clone_into(&mut told.what);
    told.say_some("id", collection.id.as_ref().map(domain::ObjectId::as_str));
    told.say_some("entries in all", collection.total_items.map(|total| total.to_string()).as_deref());
    told.say(format!("entries here: {}", collection.items.len()));
    for id in collection.ids().take(20) {
        told.say_some("entry", Some(id));
    }
    let first = collection.first.as_ref().and_then(|first| match first {
        Reference::Id(id) => Some(id.as_str()),
        Reference::Embedded(page) => page.id.as_ref().map(domain::ObjectId::as_str),
    });
    told.say_some("first page", first);
    told.say_some("next page", collection.next.as_ref().map(domain::ObjectId::as_str));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_create_is_told_with_what_was_not_read() {
        let note = json!({"type": "Note", "id": "https://a.example/1", "attributedTo": "https://a.example/bob", "content": "hi",
            "to": "as:Public", "isCat": true});
        let told = understood(
            &json!({"type": "Create", "id": "https://a.example/c/1", "actor": "https://a.example/bob",
            "to": "as:Public", "object": note, "instrument": "x"}),
        );
        assert_eq!(told.what, "Create of a Note");
        assert_eq!(told.ignored, ["instrument", "object.isCat"]);
        for line in ["by: https://a.example/bob", "visibility: public", "text: hi"] {
            assert!(told.lines.iter().any(|it| it == line), "{line} in {told}");
        }
        assert!(told.problems.is_empty(), "{told}");
    }

    #[test]
    fn what_is_broken_is_told_as_a_problem() {
        let told = understood(&json!({"type": "Like", "actor": "bob", "object": "https://a.example/1"}));
        assert_eq!(told.problems.len(), 1);
        let told = understood(&json!({"type": "Follow", "actor": "https://a.example/bob"}));
        assert_eq!(told.problems, ["Follow: the member object is missing"]);
        assert!(!understood(&json!({})).what.is_empty());
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let told =
            understood(&json!({"type": "Note\u{1b}[31m", "id": "https://a.example/1", "\u{7}bell": 1}));
        assert!(told.to_string().chars().all(|c| c == '\n' || !c.is_control()), "{told:?}");
    }

    #[test]
    fn documents_of_other_standards_are_named() {
        let jrd = json!({"subject": "acct:bob@a.example", "links": [{"rel": "self", "href": "https://a.example/bob"}]});
        assert_eq!(understood(&jrd).what, "WebFinger answer");
        let page = json!({"type": "OrderedCollectionPage", "orderedItems": ["https://a.example/1"]});
        assert_eq!(understood(&page).what, "page of a collection");
    }
}
