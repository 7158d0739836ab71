//! The documents that real programs send, read from where `ANTIPHON_FIXTURES`
//! points: `real/PLATFORM/*.json`, and `real/pasture-inputs/*.json` with an array
//! of activities each. Without the variable these tests say so and pass.

use activitypub::{
    Activity, Actor, Announced, Collection, KeyDocument, KeyForm, Note, Object, Reference, json, read,
    understood,
};
use domain::Visibility;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Documents by `PLATFORM/FILE` without `.json`; entries of arrays with `#N`.
type Documents = BTreeMap<String, Value>;

fn documents() -> Option<Documents> {
    let Ok(root) = std::env::var("ANTIPHON_FIXTURES") else {
        eprintln!("skipped: ANTIPHON_FIXTURES is not set");
        return None;
    };
    let mut found = Documents::new();
    let real = Path::new(&root).join("real");
    for folder in real.read_dir().unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in folder.read_dir().unwrap().map(|entry| entry.unwrap().path()) {
            let platform = folder.file_name().unwrap().to_str().unwrap();
            let name = format!("{platform}/{}", file.file_stem().unwrap().to_str().unwrap());
            collect(&mut found, name, &std::fs::read(&file).unwrap());
        }
    }
    assert!(found.len() >= 450, "only {} documents", found.len());
    Some(found)
}

fn collect(found: &mut Documents, name: String, bytes: &[u8]) {
    if let Value::Array(entries) = serde_json::from_slice(bytes).unwrap() {
        for (n, entry) in entries.iter().enumerate() {
            found.insert(format!("{name}#{n}"), read(&serde_json::to_vec(entry).unwrap()).unwrap());
        }
    } else {
        let value = read(bytes).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        found.insert(name, value);
    }
}

fn is_activity(value: &Value) -> bool {
    let kinds = json::kinds(value);
    kinds.iter().any(|kind| activitypub::activity::VERBS.contains(kind))
}

#[test]
fn no_document_makes_a_reader_panic() {
    for (name, value) in documents().into_iter().flatten() {
        let _ = (Activity::parse(&value), Object::parse(&value), Actor::parse(&value), Note::parse(&value));
        let _ = (Collection::parse(&value), KeyDocument::parse(&value));
        assert!(!understood(&value).what.is_empty(), "{name}");
    }
}

/// Activities that nobody did: `actor` is absent, has no id, or is no URL.
const WITHOUT_ACTOR: &[&str] = &[
    // The actor is an object with a name and a page, but no id.
    "bridgy-granary/invite",
    "bridgy-granary/rsvp",
    // A test's source text stands where the URL should.
    "gotosocial/interactionrequest-00-ReplyRequest",
    "gotosocial/interactionrequest-01-LikeRequest",
    "gotosocial/interactionrequest-02-AnnounceRequest",
    // What a client posts: the server is to fill the actor in.
    "pleroma/activitypub-client-post-activity",
];

#[test]
fn every_activity_that_someone_did_is_read() {
    let Some(documents) = documents() else { return };
    let mut refused = BTreeSet::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (name, value) in documents.iter().filter(|(_, value)| is_activity(value)) {
        match Activity::parse(value) {
            Ok(Activity::Unknown(unknown)) if unknown.problem.is_some() => {
                // Snapshots whose ids were replaced by a word, and one Update of
                // a Person that has no id.
                let scrubbed = value.to_string().contains("\"SCRUBBED_ID\"");
                assert!(scrubbed || name == "bridgy-granary/update_person", "{name}: {unknown:?}");
                *counts.entry("unusable".into()).or_default() += 1;
            }
            Ok(activity) => *counts.entry(activity.kind().to_owned()).or_default() += 1,
            Err(_) => assert!(refused.insert(name.as_str())),
        }
    }
    assert_eq!(refused, WITHOUT_ACTOR.iter().copied().collect());
    let counted: Vec<_> = counts.iter().map(|(kind, n)| format!("{kind} {n}")).collect();
    assert_eq!(counted.join(", "), COUNTED_ACTIVITIES);
}

/// Every verb in the corpus; 163 of the Creates are those of the pasture.
const COUNTED_ACTIVITIES: &str = "Accept 7, Add 2, Announce 22, Block 2, Create 192, Delete 12, Dislike 1, \
    EmojiReact 1, Flag 2, Follow 5, Invite 1, Join 1, Leave 1, Like 6, Lock 1, Move 1, Reject 3, Remove 2, Undo 15, \
    Update 5, unusable 17";

/// Objects without the least that a post or an actor needs.
const INCOMPLETE: &[&str] = &[
    // Ids of schemes that cannot be fetched.
    "bridgy-granary/actor_with_featured",
    "bridgy-granary/comment_multiple_in_reply_to",
    "bridgy-granary/event",
    // No id.
    "bridgy-granary/article_with_audio_video",
    "bridgy-granary/article_with_photo",
    "bridgy-granary/note_unlisted",
    "bridgy-granary/note_with_image_document_attachment",
    "bridgy-granary/quote",
    // No author.
    "bridgy-granary/note_mastodon_with_video",
    "bridgy-granary/question",
    "peertube/properties-00-Video",
];

#[test]
fn every_complete_object_is_read() {
    let Some(documents) = documents() else { return };
    let mut refused = BTreeSet::new();
    let (mut notes, mut actors, mut others) = (0, 0, 0);
    for (name, value) in documents.iter().filter(|(_, value)| !is_activity(value)) {
        match Object::parse(value) {
            Ok(Object::Note(note)) => {
                notes += 1;
                assert!(!note.audience.is_empty() || note.kind_name() == "Event", "{name}");
                let shows =
                    !note.content_html.is_empty() || note.title.is_some() || !note.attachments.is_empty();
                assert!(shows, "{name} shows nothing");
                assert!(note.published.is_some(), "{name} has no time");
            }
            Ok(Object::Actor(actor)) => {
                actors += 1;
                assert!(!actor.keys.is_empty() && actor.preferred_username.is_some(), "{name}");
                assert!(actor.keys.iter().any(|key| matches!(key.form, KeyForm::Pem(_))), "{name}");
            }
            Ok(Object::Tombstone(_) | Object::Vote(_) | Object::Other(_)) => others += 1,
            Err(_) => assert!(refused.insert(name.as_str())),
        }
    }
    assert_eq!(refused, INCOMPLETE.iter().copied().collect());
    assert_eq!((notes, actors, others), COUNTED_OBJECTS);
}

/// Posts, actors, and all else: WebFinger answers, collections, tracks, an Emoji.
const COUNTED_OBJECTS: (usize, usize, usize) = (44, 61, 39);

#[test]
fn every_collection_is_read() {
    let Some(documents) = documents() else { return };
    let collections = documents
        .iter()
        .filter(|(_, value)| json::kinds(value).iter().any(|kind| kind.contains("Collection")));
    let only_counted = ["lemmy/collections--group_followers", "friendica/users_mock--friendica_following"];
    let mut read = 0;
    for (name, value) in collections {
        let collection = Collection::parse(value).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert!(collection.id.is_some(), "{name}");
        let leads_on = collection.first.is_some() || !collection.items.is_empty();
        assert!(leads_on || only_counted.contains(&name.as_str()), "{name}");
        read += 1;
    }
    assert_eq!(read, 13);
}

fn object(activity: &Activity) -> &Object {
    match activity {
        Activity::Create(create) => create.object.embedded().unwrap(),
        Activity::Update(update) => update.object.embedded().unwrap(),
        other => panic!("{other:?} holds no object"),
    }
}

fn note(documents: &Documents, name: &str) -> Note {
    let value = &documents[name];
    let found = if is_activity(value) {
        object(&Activity::parse(value).unwrap()).clone()
    } else {
        Object::parse(value).unwrap()
    };
    match found {
        Object::Note(note) => *note,
        other => panic!("{name} is {other:?}"),
    }
}

fn actor(documents: &Documents, name: &str) -> Actor {
    Actor::parse(&documents[name]).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

fn activity(documents: &Documents, name: &str) -> Activity {
    Activity::parse(&documents[name]).unwrap_or_else(|problem| panic!("{name}: {problem}"))
}

#[test]
fn pasture_posts_are_read_whatever_they_vary() {
    let Some(documents) = documents() else { return };
    let pasture = documents.keys().filter(|name| name.starts_with("pasture-inputs/"));
    let (mut notes, mut others) = (0, Vec::new());
    for name in pasture {
        let activity = activity(&documents, name);
        match object(&activity) {
            Object::Note(note) => {
                notes += 1;
                assert_eq!(note.attributed_to.as_str(), "https://pasture.example/actor", "{name}");
                assert_eq!(note.audience.visibility(None), Visibility::Public, "{name}");
            }
            _ => others.push(name.as_str()),
        }
    }
    // A Tombstone, and an object without any type.
    assert_eq!(others, ["pasture-inputs/object_types#10", "pasture-inputs/object_types#13"]);
    assert_eq!(notes, 161);

    let pages = |n: usize| note(&documents, &format!("pasture-inputs/url#{n}")).url.unwrap();
    for n in [4, 6, 7, 8, 9, 10] {
        assert_eq!(pages(n), "http://html.example/objects/123", "{n}");
    }
    for n in 0..7 {
        let reply = note(&documents, &format!("pasture-inputs/in_reply_to#{n}")).in_reply_to;
        // Only the collection names nothing that can be answered.
        assert_eq!(reply.is_some(), n != 5, "{n}");
    }
    for n in [0, 1, 3, 4, 5, 6, 7, 9] {
        assert_eq!(note(&documents, &format!("pasture-inputs/mentions#{n}")).mentions.len(), 1, "{n}");
    }
    for n in 0..13 {
        assert_eq!(note(&documents, &format!("pasture-inputs/hashtags#{n}")).hashtags.len(), 1, "{n}");
    }
    let tagged = |n: usize| note(&documents, &format!("pasture-inputs/hashtag_jsonld#{n}")).hashtags.len();
    assert_eq!([0, 1, 2, 3, 4].map(tagged), [1, 1, 0, 1, 1]);
    for n in 0..16 {
        let images = note(&documents, &format!("pasture-inputs/image_attachments#{n}")).attachments;
        assert_eq!(images.len(), 1, "{n}");
    }
    assert_eq!(note(&documents, "pasture-inputs/attachments#10").attachments.len(), 10);
}

#[test]
fn single_values_stand_for_lists() {
    let Some(documents) = documents() else { return };
    let lotide = note(&documents, "lotide/objects--note");
    assert_eq!(lotide.audience.to, ["https://narwhal.city/users/1"]);
    assert!(lotide.audience.is_public());
    let kroeg = note(&documents, "kroeg/kroeg-array-less-hashtag");
    assert_eq!(
        (kroeg.hashtags, kroeg.attributed_to.as_str()),
        (vec!["test".to_owned()], "https://puckipedia.com/")
    );
    assert_eq!(note(&documents, "kroeg/kroeg-array-less-emoji").emojis[0].shortcode, "icon_e_smile");
    assert_eq!(note(&documents, "pixelfed/story").attachments.len(), 1);
    assert_eq!(actor(&documents, "owncast/converter-05-Service").fields.len(), 1);
    for name in
        ["hubzilla/hubzilla-follow-activity", "osada/osada-follow-activity", "kroeg/kroeg-post-activity"]
    {
        assert!(activity(&documents, name).actor().as_str().starts_with("https://"), "{name}");
    }
    let Activity::Flag(flag) = activity(&documents, "mbin/activities--flag") else { panic!("a Flag") };
    assert_eq!((flag.objects.len(), flag.content.is_some()), (2, true));
    let Activity::Flag(flag) = activity(&documents, "lemmy/activities--community--report_page") else {
        panic!("a Flag")
    };
    assert_eq!((flag.objects.len(), flag.content.as_deref()), (1, Some("report this post")));
}

#[test]
fn announces_hold_ids_objects_and_activities_in_activities() {
    let Some(documents) = documents() else { return };
    let announced = |name: &str| match activity(&documents, name) {
        Activity::Announce(announce) => announce.object,
        other => panic!("{name} is {other:?}"),
    };
    for name in
        ["kbin/activity-announce", "mastodon/mastodon-announce", "peertube/activities--announce_video"]
    {
        assert!(matches!(announced(name), Announced::Id(_)), "{name}");
    }
    for name in ["kroeg/kroeg-announce-with-inline-actor", "mastodon/mastodon-announce-private"] {
        assert!(matches!(announced(name), Announced::Object(_)), "{name}");
    }
    for (name, kind) in [
        ("lemmy/activities--community--announce_create_page", "Create"),
        ("wordpress/activities--announce", "Update"),
        ("mbin/AnnounceTest__testAnnounceLikeEntry__1", "Like"),
        ("mbin/AnnounceTest__testAnnounceDeleteEntry__1", "Delete"),
        ("mbin/AnnounceTest__testAnnounceBlockUser__1", "Block"),
        ("mbin/AnnounceTest__testAnnounceAddModerator__1", "Add"),
    ] {
        assert!(matches!(announced(name), Announced::Activity(inner) if inner.kind() == kind), "{name}");
    }
    let Announced::Activity(inner) = announced("mbin/AnnounceTest__testAnnounceUndoLikeEntry__1") else {
        panic!()
    };
    let Activity::Undo(undo) = *inner else { panic!("an Undo") };
    // The Like inside names no object that could be one, so its id counts.
    assert_eq!(undo.object, Reference::Id("SCRUBBED_ID".to_owned()));
}

#[test]
fn undo_and_accept_embed_or_name() {
    let Some(documents) = documents() else { return };
    let Activity::Undo(undo) = activity(&documents, "mastodon/mastodon-undo-like-compact-object") else {
        panic!()
    };
    assert_eq!(undo.object, Reference::Id("http://mastodon.example.org/users/admin#likes/2".into()));
    let Activity::Accept(accept) = activity(&documents, "mitra/activities--accept") else { panic!() };
    assert!(accept.object_id().unwrap().starts_with("https://voyager.lemmy.ml/activities/follow/"));
    let Activity::Accept(accept) = activity(&documents, "mastodon/mastodon-accept-activity") else {
        panic!()
    };
    assert!(accept.follow().is_some());
    let Activity::Accept(accept) = activity(&documents, "gotosocial/internaltoas-27-Accept") else {
        panic!()
    };
    assert!(accept.result.is_some() && accept.follow().is_none());
    let Activity::Undo(undo) = activity(&documents, "funkwhale/activities-undo") else { panic!() };
    let Some(Activity::Follow(follow)) = undo.object.embedded() else { panic!("a Follow") };
    assert!(follow.object.as_str().contains("/libraries/"));
}

#[test]
fn deletes_name_what_goes() {
    let Some(documents) = documents() else { return };
    let delete = |name: &str| match activity(&documents, name) {
        Activity::Delete(delete) => delete,
        other => panic!("{name} is {other:?}"),
    };
    assert!(delete("mastodon/mastodon-delete-user").is_actor());
    assert!(delete("lemmy/activities--deletion--delete_user").removes_data);
    assert!(!delete("mastodon/mastodon-delete").is_actor());
    assert_eq!(delete("lemmy/activities--deletion--remove_note").reason.as_deref(), Some("bad comment"));
    assert_eq!(delete("gotosocial/internaltoas-13-Delete").id, None);
    let tombstone = Object::parse(&documents["lotide/objects--tombstone"]).unwrap();
    assert!(matches!(tombstone, Object::Tombstone(it) if it.former_type.as_deref() == Some("Note")));
}

#[test]
fn the_page_of_a_post_is_not_the_page_that_it_links_to() {
    let Some(documents) = documents() else { return };
    for name in
        ["lotide/objects--page", "lotide/activities--create_page", "kbin/page", "friendica/objects--page_1"]
    {
        let page = note(&documents, name);
        assert!(page.url.is_none() && page.link.is_some() && page.title.is_some(), "{name}");
        assert_eq!(page.content_warning(), None, "{name}");
    }
    let friendica = note(&documents, "friendica/objects--page_2");
    assert!(friendica.url.is_some_and(|url| url.contains("/display/")));
    let video = note(&documents, "peertube/framatube.org-video");
    assert_eq!(
        video.url.as_deref(),
        Some("https://framatube.org/videos/watch/6050732a-8a7a-43d4-a6cd-809525a1d206")
    );
}

#[test]
fn a_vote_is_never_a_post() {
    let Some(documents) = documents() else { return };
    for (name, option) in
        [("mastodon/mastodon-vote", "suya.."), ("gotosocial/internaltoas-23-Create", "tissues")]
    {
        let activity = activity(&documents, name);
        assert!(matches!(object(&activity), Object::Vote(vote) if vote.name == option), "{name}");
    }
    assert_eq!(note(&documents, "lotide/activities--create_page_image").title.as_deref(), Some("image"));
}

#[test]
fn authors_media_and_texts_of_long_forms_are_found() {
    let Some(documents) = documents() else { return };
    let video = note(&documents, "peertube/framatube.org-video");
    assert_eq!(video.attributed_to.as_str(), "https://framatube.org/accounts/framasoft");
    assert_eq!((video.attachments.len(), video.content_type), (1, activitypub::note::ContentType::Markdown));
    let newer = note(&documents, "peertube/framatube.org_videos_watch_217eefeb-883d-45be-b7fc-a788ad8507d3");
    assert!(newer.attachments[0].media_type.as_deref() == Some("video/mp4") && newer.image.is_some());
    let audio = note(&documents, "funkwhale/funkwhale_audio");
    assert_eq!(audio.url.as_deref(), Some("https://channels.tests.funkwhale.audio/library/tracks/74"));
    assert_eq!((audio.attachments.len(), audio.hashtags.len()), (1, 3));
    let event = note(&documents, "mobilizon/objects--event");
    assert!(event.starts.is_some() && event.language.as_deref() == Some("en"));
    let page = note(&documents, "lemmy/activities--create_or_update--create_page");
    assert_eq!((page.language.as_deref(), page.attachments.len()), (Some("ko"), 1));
    assert_eq!(page.audience.groups, ["https://enterprise.lemmy.ml/c/main"]);
    // Content and contentMap differ in their markup: the plain one counts.
    let friendica = note(&documents, "friendica/activities--create_page_2");
    assert_eq!(
        (friendica.content_html.as_str(), friendica.language.as_deref()),
        ("Hello Lemmy!", Some("de"))
    );
    assert_eq!(note(&documents, "kbin/note-with-tags").hashtags, ["test", "fediverse"]);
}

#[test]
fn polls_and_times_are_read_in_their_forms() {
    let Some(documents) = documents() else { return };
    let poll = note(&documents, "pleroma/poll_original").poll.unwrap();
    assert_eq!((poll.options.len(), poll.multiple), (2, false));
    assert_eq!(poll.ends.map(json::render_time).as_deref(), Some("2019-09-19T00:32:36.785Z"));
    let badge = activity(&documents, "communecter/activity-create");
    assert!(matches!(badge, Activity::Create(create) if create.published.is_some()));
    let mitra = note(&documents, "mitra/mitra.social_objects_0190363a-4fcf-35e7-8643-3671ac892cdf");
    assert!(mitra.published < mitra.updated);
}

#[test]
fn keys_are_found_wherever_they_stand() {
    let Some(documents) = documents() else { return };
    let ids = |name: &str| actor(&documents, name).keys.into_iter().map(|key| key.id).collect::<Vec<_>>();
    let silverpill = "https://mitra.social/users/silverpill";
    let both = [format!("{silverpill}#main-key"), format!("{silverpill}#ed25519-key")];
    assert_eq!(ids("mitra/mitra.social_users_silverpill"), both);
    assert_eq!(ids("streams/actor-mike").len(), 2);
    assert_eq!(ids("streams/actor-mike")[0], "https://macgirvin.com/channel/mike?operation=rsakey");
    assert_eq!(ids("hubzilla/actor-scott")[0], "https://authorship.studio/channel/scott");
    assert_eq!(ids("misskey/sjw"), ["https://skippers-bin.com/users/7v1w1r8ce6/publickey"]);
    let pkcs1 = actor(&documents, "misskey/sjw");
    assert!(matches!(&pkcs1.keys[0].form, KeyForm::Pem(pem) if pem.starts_with("-----BEGIN RSA PUBLIC KEY")));
    for (name, value) in documents.iter().filter(|(_, value)| Actor::parse(value).is_ok()) {
        assert!(!KeyDocument::parse(value).unwrap().keys.is_empty(), "{name}");
    }
}

#[test]
fn actors_are_read_in_their_forms() {
    let Some(documents) = documents() else { return };
    assert_eq!(actor(&documents, "mitra/mitra.social_users_silverpill").fields.len(), 8);
    assert!(actor(&documents, "peertube/objects--group").icon_url.is_some());
    assert!(actor(&documents, "nodebb/objects--group").inbox.contains("/category/2/inbox"));
    let lemmy = actor(&documents, "lemmy/objects--group");
    assert_eq!(lemmy.moderators.unwrap().as_str(), "https://enterprise.lemmy.ml/c/tenforward/moderators");
    assert_eq!(
        actor(&documents, "misskey/sjw").shared_inbox.as_deref(),
        Some("https://skippers-bin.com/inbox")
    );
    assert_eq!(actor(&documents, "hubzilla/actor-scott").also_known_as.len(), 4);
    assert_eq!(actor(&documents, "streams/actor-mike").webfinger.as_deref(), Some("mike@macgirvin.com"));
    let report = actor(&documents, "mastodon/mastodon.social_users_fediversereport");
    assert_eq!((report.fields.len(), report.indexable, report.memorial), (4, Some(true), false));
}

#[test]
fn reactions_and_visibility_are_read() {
    let Some(documents) = documents() else { return };
    let Activity::Like(like) = activity(&documents, "misskey/misskey-like") else { panic!("a Like") };
    assert_eq!(like.content.as_deref(), Some("pudding"));
    let Activity::EmojiReact(react) = activity(&documents, "pleroma/emoji-reaction-no-emoji") else {
        panic!()
    };
    assert_eq!(react.content.as_deref(), Some("~"));
    let seen = |name: &str| note(&documents, name).audience.visibility(None);
    assert_eq!(seen("mastodon/activities--create_note"), Visibility::Unlisted);
    assert_eq!(seen("mastodon/activities--private_message"), Visibility::Direct);
    assert_eq!(seen("lemmy/activities--create_or_update--create_private_message_0.19"), Visibility::Direct);
    assert_eq!(seen("gotosocial/internaltoas-07-Note"), Visibility::Public);
    assert_eq!(seen("pixelfed/story"), Visibility::Followers);
    let smithereen = note(&documents, "smithereen/activities--create_note");
    assert_eq!((smithereen.mentions.len(), smithereen.mentions[0].name.as_deref()), (1, None));
}
