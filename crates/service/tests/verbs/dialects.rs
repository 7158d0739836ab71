//! What other programs send in their own way, and what comes in another order
//! than it was said.

use crate::stage::{PUBLIC, Remote, Stage, draft, mention, stages};
use domain::notification::NotificationKind::{Boost, Like, Mention};
use domain::poll::PollDraft;
use domain::post::Draft;
use domain::{MessageId, Visibility};
use serde_json::{Value, json};
use service::post::Edit;
use service::{documents, post, search, thread};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// An Announce of a whole object, addressed as told.
fn announce(who: &Remote, object: &Value, to: &[&str]) -> Value {
    let mut announce = who.does("Announce", object);
    announce["to"] = json!(to);
    announce
}

/// A mention of an actor that we need not know.
fn name(note: &mut Value, actor: &str) {
    let tag = json!({ "type": "Mention", "href": actor, "name": "@x@y" });
    match note["tag"].as_array_mut() {
        Some(tags) => tags.push(tag),
        None => note["tag"] = json!([tag]),
    }
}

/// GoToSocial
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_votes_of_one_create_count() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let options = ["one", "two", "three"].map(str::to_owned).to_vec();
        let poll = PollDraft { options, open_for_s: 600, multiple: true, hides_totals: false };
        let post =
            stage.publish(&alice, Draft { poll: Some(poll), ..draft("what?", Visibility::Public) }).await;
        let vote = |option: &str| {
            json!({ "id": bob.new_id("votes"), "type": "Note", "attributedTo": bob.id, "name": option,
                "inReplyTo": post.object_id.as_str(), "to": alice.actor_id.as_str() })
        };
        let mut votes = bob.does("Create", &json!([vote("one"), vote("three"), vote("four")]));
        votes["to"] = json!(alice.actor_id.as_str());
        stage.take(&bob, &votes).await;
        let id = post.id;
        let poll = stage.cx.read(move |tx| Ok(store::poll::find(tx, id)?)).await.unwrap().unwrap();
        let counted: Vec<i64> = poll.options.iter().map(|option| option.votes).collect();
        assert_eq!((counted, poll.voters), (vec![1, 0, 1], Some(1)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_posts_of_one_create_are_kept_also_where_one_has_to_be_fetched() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let (one, two, three) = (bob.public_note("one"), bob.public_note("two"), bob.public_note("three"));
        stage.peer.serve(&three);
        let mut create = bob.creates(&one);
        create["object"] = json!([one, two, three["id"], bob.new_id("notes")]);
        stage.take(&bob, &create).await;
        for note in [&one, &two, &three] {
            let post = stage.find(note).await.unwrap();
            assert_eq!(stage.in_home(&alice, &post).await, 1);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_a_post_names_that_we_do_not_know_is_asked_for() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let (carol, _) = Stage::stranger(&stage.evil, "carol");
        let mut note = bob.public_note("hello");
        name(&mut note, &carol);
        name(&mut note, &stage.evil.url("/users/nobody"));
        stage.take(&bob, &bob.creates(&note)).await;
        let named = stage.find(&note).await.unwrap().text.mentions;
        assert_eq!(named.len(), 1);
        assert_eq!(named[0].actor_id.as_str(), carol);
        let mut many = bob.public_note("hello");
        for n in 0..11 {
            name(&mut many, &stage.evil.url(&format!("/users/u{n}")));
        }
        stage.take(&bob, &bob.creates(&many)).await;
        let asked = (0..11).map(|n| stage.evil.asked_for(&format!("/users/u{n}")));
        assert_eq!(asked.sum::<usize>(), 0, "of many nobody");
    }
}

/// Mastodon
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_that_overtakes_its_create_brings_the_post() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let mut note = bob.public_note("first");
        let mut edited = note.clone();
        edited["content"] = json!("<p>second</p>");
        edited["updated"] = json!("2025-09-09T06:10:00Z");
        stage.shrug(&bob, &bob.about("Update", &edited)).await;
        assert!(stage.find(&note).await.is_none(), "it concerns nobody");
        stage.befriend(&alice, &bob.account).await;
        mention(&mut edited, &alice);
        stage.take(&bob, &bob.about("Update", &edited)).await;
        stage.shrug(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!(post.text.content_html, "<p>second</p>");
        assert_eq!((stage.in_home(&alice, &post).await, stage.told(&alice).await), (1, vec![Mention]));
        note["id"] = json!(bob.new_id("notes"));
        stage.take(&bob, &bob.does("Delete", &note["id"])).await;
        stage.shrug(&bob, &bob.about("Update", &note)).await;
        assert!(stage.find(&note).await.is_none(), "what was deleted stays so");
        let old = bob.public_note("old");
        stage.advance(12 * HOUR);
        stage.shrug(&bob, &bob.about("Update", &old)).await;
        assert!(stage.find(&old).await.is_none());
    }
}

/// Mastodon
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_boosts_of_their_own_for_followers_comes_with_the_boost() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        let note = bob.note("private", &[&bob.followers()], &[]);
        let to = [bob.followers()];
        let to: Vec<&str> = to.iter().map(|it| &**it).collect();
        stage.shrug(&bob, &announce(&bob, &note, &to)).await;
        assert!(stage.find(&note).await.is_none(), "nobody follows");
        stage.befriend(&alice, &bob.account).await;
        stage.befriend(&alice, &carol.account).await;
        stage.shrug(&carol, &announce(&carol, &note, &[&carol.followers()])).await;
        assert!(stage.find(&note).await.is_none(), "of another's");
        stage.take(&bob, &announce(&bob, &note, &to)).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!((post.visibility, stage.in_home(&alice, &post).await), (Visibility::Followers, 1));
        assert!(stage.home(&alice).await[0].boost_id.is_some());
        stage.shrug(&carol, &announce(&carol, &note["id"], &[PUBLIC])).await;
        assert_eq!(stage.counts(&post).await.boosts, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_of_an_actor_by_its_id_makes_us_read_its_document_again() {
    for stage in stages().await {
        let (bob, carol) = (stage.remote("bob").await, stage.remote("carol").await);
        let mut document = crate::peer::actor_document(&bob.id, &bob.key.public().to_pem());
        document["name"] = json!("Robert");
        stage.peer.serve(&document);
        stage.shrug(&carol, &carol.does("Update", &json!(bob.id))).await;
        assert_eq!(stage.peer.asked(), 0);
        stage.take(&bob, &bob.does("Update", &json!(bob.id))).await;
        assert_eq!(stage.account(&bob.id).await.unwrap().profile.display_name, "Robert");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boost_for_nobody_in_particular_counts_and_only_the_author_is_told() {
    for stage in stages().await {
        let (alice, reader) = (stage.local("alice").await, stage.local("reader").await);
        let bob = stage.remote("bob").await;
        stage.befriend(&reader, &bob.account).await;
        stage.befriend(&alice, &bob.account).await;
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let first = announce(&bob, &json!(post.object_id.as_str()), &[]);
        stage.take(&bob, &first).await;
        assert_eq!((stage.counts(&post).await.boosts, stage.told(&alice).await), (1, vec![Boost]));
        assert_eq!(stage.in_home(&reader, &post).await, 0);
        stage.take(&bob, &bob.does("Undo", &first)).await;
        let circle = format!("{}/circles/1", bob.id);
        stage.take(&bob, &announce(&bob, &json!(post.object_id.as_str()), &[&circle])).await;
        assert_eq!((stage.counts(&post).await.boosts, stage.in_home(&reader, &post).await), (1, 0));
        let (booster, viewer) = (bob.account.id, reader.id);
        let shown = stage
            .cx
            .read(move |tx| {
                let (all, page) = (store::post::Selection::default(), domain::Page::newest(20));
                Ok(store::post::by_author(tx, booster, Some(viewer), all, page)?)
            })
            .await
            .unwrap();
        assert!(shown.is_empty());
        let id = post.id;
        let boosters =
            stage.cx.read(move |tx| thread::boosters(tx, Some(viewer), id, domain::Page::newest(20)));
        assert!(boosters.await.unwrap().items.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_a_create_leads_to_its_post() {
    for stage in stages().await {
        let (alice, bob, carol) = (
            stage.local("alice").await,
            stage.remote("bob").await,
            stage.remote_at(&stage.evil, "carol").await,
        );
        stage.befriend(&alice, &carol.account).await;
        let whole = bob.public_note("whole");
        let create = bob.creates(&whole);
        stage.peer.serve(&create);
        stage.take(&carol, &carol.announces(create["id"].as_str().unwrap())).await;
        let post = stage.find(&whole).await.unwrap();
        assert_eq!((stage.in_home(&alice, &post).await, stage.counts(&post).await.boosts), (1, 1));

        let by_id = bob.public_note("by id");
        let mut create = bob.creates(&by_id);
        create["object"] = by_id["id"].clone();
        stage.peer.serve(&by_id);
        stage.peer.serve(&create);
        let boost = bob.announces(create["id"].as_str().unwrap());
        stage.peer.serve(&boost);
        let found =
            search::resolve(&stage.cx, Some(alice.id), boost["id"].as_str().unwrap(), true).await.unwrap();
        assert_eq!(found, Some(search::Found::Post(stage.find(&by_id).await.unwrap().id)));

        let stolen = bob.public_note("stolen");
        let lie = carol.creates(&stolen);
        stage.evil.serve(&lie);
        stage.shrug(&carol, &carol.announces(lie["id"].as_str().unwrap())).await;
        assert!(stage.find(&stolen).await.is_none(), "of another origin it is asked there");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_longer_work_is_shown_with_the_card_of_its_own_page() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("x");
        note["content"] = json!("<p>read <a href=\"https://elsewhere.example/x\">this</a></p>");
        note["name"] = json!("My title");
        note["summary"] = json!("What it is about");
        note["image"] = json!({ "type": "Image", "url": "https://blog.example/i.png" });
        note["url"] = json!("https://blog.example/1");
        for kind in ["Article", "Event"] {
            note["type"] = json!(kind);
            note["id"] = json!(bob.new_id("notes"));
            stage.take(&bob, &bob.creates(&note)).await;
            let id = stage.find(&note).await.unwrap().id;
            let viewer = alice.id;
            let view = stage.cx.read(move |tx| thread::one(tx, Some(viewer), id)).await.unwrap();
            let card = view.card.unwrap();
            assert_eq!((card.url.as_str(), card.title.as_str()), ("https://blog.example/1", "My title"));
            assert_eq!(card.description, "What it is about");
            assert_eq!(card.image.as_deref(), Some("https://blog.example/i.png"));
        }
        let mut lemmy = bob.public_note("");
        lemmy["type"] = json!("Page");
        lemmy["name"] = json!("A story");
        lemmy["attachment"] = json!([{ "type": "Link", "href": "https://news.example/story" }]);
        stage.take(&bob, &bob.creates(&lemmy)).await;
        let post = stage.find(&lemmy).await.unwrap();
        assert!(post.text.content_html.contains("https://news.example/story"), "{}", post.text.content_html);
        let (viewer, id) = (alice.id, post.id);
        let view = stage.cx.read(move |tx| thread::one(tx, Some(viewer), id)).await.unwrap();
        assert_eq!(view.card.unwrap().url, "https://news.example/story");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_an_edit_of_ours_no_longer_names_is_told_of_it_and_not_named() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let carol = stage.remote_at(&stage.evil, "carol").await;
        let text = format!("@{} and @{}", bob.account.handle, carol.account.handle);
        for visibility in [Visibility::Public, Visibility::Followers, Visibility::Direct] {
            let before = stage.post(&alice, &text, visibility).await;
            let without = Edit::text(draft(&format!("only @{}", bob.account.handle), visibility));
            post::edit(&stage.cx, &alice, before.id, without).await.unwrap();
            let update = stage.sent("Update").await.pop().unwrap();
            let all = [&update.json["to"], &update.json["cc"]].map(ToString::to_string).concat();
            let tags = update.json["object"]["tag"].to_string();
            let is_direct = visibility == Visibility::Direct;
            assert!(tags.contains(&bob.id) && all.contains(&bob.id), "{visibility:?}");
            assert_eq!(all.contains(&carol.id), is_direct, "{visibility:?}");
            assert_eq!(tags.contains(&carol.id), is_direct, "{visibility:?}");
            let inboxes = stage.inboxes(update.message.id).await;
            assert!(inboxes.iter().any(|inbox| inbox.starts_with(&stage.evil.url("/"))), "{inboxes:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashtags_of_a_bio_are_in_the_document_of_the_actor() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let bio = Some("I like #Cats and #cats, and https://x.example/#dogs".to_owned());
        let change = service::account::ProfileChange { bio, ..Default::default() };
        let document = stage
            .cx
            .write(move |tx| {
                let alice = service::account::update_local(tx, alice.id, &change)?;
                documents::actor(tx, &alice)
            })
            .await
            .unwrap();
        let tags: Vec<&Value> =
            document["tag"].as_array().unwrap().iter().filter(|tag| tag["type"] == "Hashtag").collect();
        assert_eq!(tags.len(), 1, "{document:#}");
        assert_eq!(tags[0]["href"], "https://here.example/tags/cats");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hashtags_that_others_spell_oddly_are_kept_as_far_as_they_are_hashtags() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("hello");
        let names = ["#foo-bar", "#two words", "#café", "#--", "#2026"];
        note["tag"] = names.iter().map(|name| json!({ "type": "Hashtag", "name": name })).collect();
        stage.take(&bob, &bob.creates(&note)).await;
        assert_eq!(stage.find(&note).await.unwrap().text.hashtags, ["café", "foobar", "twowords"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_servers_we_know_are_told_that_an_account_is_gone_and_only_of_that() {
    for stage in stages().await {
        let (alice, _) = (stage.local("alice").await, stage.local("other").await);
        let follower = stage.remote("follower").await;
        stage.remote("neighbour").await;
        stage.remote_at(&stage.evil, "stranger").await;
        stage.befriend(&follower.account, &alice).await;
        stage.post(&alice, "for followers", Visibility::Followers).await;
        let id = alice.id;
        stage.cx.write(move |tx| service::account::delete_local(tx, id)).await.unwrap();
        let create = stage.only_sent("Create").await;
        assert_eq!(stage.inboxes(create.message.id).await, [stage.peer.url("/inbox")]);
        let farewell = stage.only_sent("Delete").await;
        assert!(!stage.cx.write(service::leavings::sweep).await.unwrap(), "while it is written out");
        assert_eq!(
            stage.inboxes(farewell.message.id).await,
            [stage.peer.url("/inbox"), stage.evil.url("/inbox")]
        );
        let left = stage.cx.read(service::delivery::to_expand).await.unwrap();
        assert_eq!(left, Vec::<MessageId>::new());
        while stage.cx.write(service::leavings::sweep).await.unwrap() {}
        assert_eq!(stage.inboxes(farewell.message.id).await.len(), 2, "they are not lost");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_ours_are_understood_as_what_they_show() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let (profile, page) = ("https://here.example/@alice".to_owned(), post.url.clone().unwrap());
        stage.take(&bob, &bob.does("Follow", &json!(profile))).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
        stage.take(&bob, &bob.does("Like", &json!(page))).await;
        stage.take(&bob, &bob.announces(&format!("{}/activity", post.object_id))).await;
        let mut answer = bob.note("answer", &[&profile], &[]);
        answer["inReplyTo"] = json!(page);
        name(&mut answer, &profile);
        stage.take(&bob, &bob.creates(&answer)).await;
        let told = stage.told(&alice).await;
        assert!([Like, Boost, Mention].iter().all(|kind| told.contains(kind)), "{told:?}");
        let answer = stage.find(&answer).await.unwrap();
        assert_eq!(answer.in_reply_to_id, Some(post.id));
        assert_eq!(answer.text.mentions[0].account_id, alice.id);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_enters_homes_when_what_it_answers_comes_later() {
    for stage in stages().await {
        let (both, one) = (stage.local("both").await, stage.local("one").await);
        let (bob, carol) = (stage.remote("bob").await, stage.remote("carol").await);
        for (reader, author) in [(&both, &bob), (&both, &carol), (&one, &bob)] {
            stage.befriend(reader, &author.account).await;
        }
        let parent = carol.public_note("question");
        let mut reply = bob.public_note("answer");
        reply["inReplyTo"] = parent["id"].clone();
        stage.take(&bob, &bob.creates(&reply)).await;
        let answer = stage.find(&reply).await.unwrap();
        assert_eq!(stage.in_home(&both, &answer).await, 0);
        stage.take(&carol, &carol.creates(&parent)).await;
        assert_eq!((stage.in_home(&both, &answer).await, stage.in_home(&one, &answer).await), (1, 0));
        let late = carol.public_note("late");
        let mut reply = bob.public_note("answer");
        reply["inReplyTo"] = late["id"].clone();
        stage.take(&bob, &bob.creates(&reply)).await;
        stage.advance(24 * HOUR);
        stage.take(&carol, &carol.creates(&late)).await;
        let answer = stage.find(&reply).await.unwrap();
        assert!(answer.in_reply_to_id.is_some());
        assert_eq!(stage.in_home(&both, &answer).await, 0, "that is long ago");
    }
}
