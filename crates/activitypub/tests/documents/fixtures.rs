//! Our own documents in the shapes that peers send: one trap each.

use activitypub::{Activity, Announced, KeyDocument, Note, Object, ParseError, Reference, read};
use domain::Visibility;
use serde_json::Value;
use std::path::Path;

fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(format!("{name}.json"));
    read(&std::fs::read(path).unwrap()).unwrap()
}

fn activity(name: &str) -> Activity {
    Activity::parse(&fixture(name)).unwrap()
}

fn created(name: &str) -> Object {
    match activity(name) {
        Activity::Create(create) => create.object.embedded().unwrap().clone(),
        other => panic!("{name} is {other:?}"),
    }
}

fn created_note(name: &str) -> Note {
    match created(name) {
        Object::Note(note) => *note,
        other => panic!("{name} is {other:?}"),
    }
}

#[test]
fn mastodon_posts_with_everything() {
    let note = created_note("mastodon/create_note");
    assert_eq!(note.content_warning(), Some("food"));
    assert_eq!((note.language.as_deref(), note.hashtags), (Some("en"), vec!["lunch".to_owned()]));
    assert_eq!(note.mentions[0].name.as_deref(), Some("@bob@here.test"));
    assert_eq!(
        note.audience.visibility(Some("https://mastodon.test/users/ada/followers")),
        Visibility::Unlisted
    );
    let picture = &note.attachments[0];
    assert_eq!((picture.width, picture.focal_point), (Some(640), Some((0.1, -0.2))));
    assert!(picture.blurhash.is_some() && note.replies.is_some() && note.conversation.is_some());
}

#[test]
fn mastodon_votes_reports_and_moves() {
    assert!(matches!(created("mastodon/vote"), Object::Vote(vote) if vote.name == "tea"));
    assert!(matches!(activity("mastodon/flag"), Activity::Flag(flag) if flag.objects.len() == 2));
    let Activity::Move(moved) = activity("mastodon/move") else { panic!("a Move") };
    assert_eq!((moved.object, moved.target.as_str()), (moved.actor, "https://elsewhere.test/users/ada"));
}

#[test]
fn threads_writes_public_short_times_odd_and_the_page_last() {
    let note = created_note("threads/create_note");
    assert_eq!(note.url.as_deref(), Some("https://www.threads.test/@eve/post/Cx"));
    assert_eq!(note.audience.visibility(None), Visibility::Public);
    assert!(note.published.is_some() && note.id.as_str().ends_with('/'));
}

#[test]
fn pleroma_undoes_by_id_and_akkoma_reacts_with_anothers_emoji() {
    let Activity::Undo(undo) = activity("pleroma/undo_by_id") else { panic!("an Undo") };
    assert_eq!(undo.object, Reference::Id("https://pleroma.test/activities/1".to_owned()));
    let Activity::EmojiReact(react) = activity("akkoma/emoji_react") else { panic!("an EmojiReact") };
    assert_eq!((react.content.as_deref(), react.emojis[0].id.as_deref()), (Some(":blobcat:"), None));
    let Activity::Like(like) = activity("misskey/like_with_reaction") else { panic!("a Like") };
    assert_eq!(like.content.as_deref(), Some("🍮"));
}

/// Capability P5, B6.
#[test]
fn lemmy_groups_hand_on_whole_activities() {
    let Activity::Announce(announce) = activity("lemmy/announce_page") else { panic!("an Announce") };
    let Announced::Activity(inner) = announce.object else { panic!("an activity inside") };
    let Activity::Create(create) = *inner else { panic!("a Create inside") };
    let Some(Object::Note(page)) = create.object.embedded() else { panic!("a Page inside") };
    assert_eq!((page.title.as_deref(), page.content_html.as_str()), (Some("A cat on a roof"), ""));
    assert_eq!((page.attachments.len(), page.language.as_deref()), (1, Some("en")));
    assert_eq!(page.audience.groups, ["https://lemmy.test/c/cats"]);

    let Activity::Announce(announce) = activity("lemmy/announce_undo_like") else { panic!("an Announce") };
    let Announced::Activity(inner) = announce.object else { panic!("an activity inside") };
    let Activity::Undo(undo) = *inner else { panic!("an Undo inside") };
    assert!(matches!(undo.object.embedded(), Some(Activity::Like(_))));
}

#[test]
fn friendica_follows_posts() {
    let Activity::Follow(follow) = activity("friendica/follow_of_a_post") else { panic!("a Follow") };
    assert!(follow.object.as_str().contains("/statuses/"));
}

#[test]
fn peertube_names_two_authors_and_hides_its_files() {
    let video = created_note("peertube/create_video");
    assert_eq!(video.attributed_to.as_str(), "https://peertube.test/accounts/max");
    assert_eq!(video.url.as_deref(), Some("https://peertube.test/w/abc"));
    assert_eq!(video.attachments[0].url, "https://peertube.test/1-720.mp4");
    assert_eq!(video.image.as_deref(), Some("https://peertube.test/small.jpg"));
    assert!(video.replies.is_some());
}

/// Capability P5.
#[test]
fn gotosocial_collapses_lists_and_shows_strangers_a_stub() {
    let note = created_note("gotosocial/create_single_values");
    assert_eq!((note.mentions.len(), note.attachments.len()), (1, 1));
    assert_eq!(note.attachments[0].description.as_deref(), Some("one picture"));
    assert!(note.approved_by.is_some() && note.interaction_policy.is_some());
    let stub = KeyDocument::parse(&fixture("gotosocial/key_stub")).unwrap();
    assert!(stub.find("https://gts.test/users/ivy/main-key").is_some());
}

#[test]
fn wafrn_likes_nothing_in_particular() {
    let Activity::Unknown(unknown) = activity("wafrn/like_of_nothing") else { panic!("nothing to act on") };
    assert_eq!(unknown.problem, Some(ParseError::Missing("object")));
    assert!(unknown.audience.cc.is_empty());
}

/// Capability N16.
#[test]
fn microblog_spreads_one_post_over_three_hosts() {
    let note = created_note("microblog/create_on_three_hosts");
    assert_eq!(note.id.as_str(), "http://blog.micro.test/2026/03/01/hello.html");
    assert_eq!(note.url.as_deref(), Some("https://www.blog.test/2026/03/01/hello.html"));
}

#[test]
fn kroeg_embeds_actors_everywhere() {
    let Activity::Announce(announce) = activity("kroeg/announce_with_actor_inside") else {
        panic!("an Announce")
    };
    assert_eq!(announce.actor.as_str(), "https://kroeg.test/");
    let Announced::Object(object) = announce.object else { panic!("a Note inside") };
    let Object::Note(note) = *object else { panic!("a Note inside") };
    assert_eq!((note.attributed_to.as_str(), note.sensitive), ("https://other.test/zoe", true));
}

#[test]
fn bridges_quote_under_several_names_and_have_other_pages() {
    let note = Note::parse(&fixture("bridgy/quote")).unwrap();
    assert_eq!(note.quote.unwrap().id.as_str(), "https://here.test/users/bob/statuses/9");
    assert_eq!(note.url.as_deref(), Some("https://bsky.test/profile/x/post/1"));
}
