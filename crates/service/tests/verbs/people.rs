//! Pins, reports, domain blocks and rules for hosts, from both sides.

use crate::stage::{PUBLIC, Remote, Stage, draft, stages};
use domain::moderation::HostRule;
use domain::visibility::{Aversion, is_wanted};
use domain::{Account, AccountState, Host, Page, Post, Visibility};
use serde_json::{Value, json};
use service::report::{self, NewReport, Which};
use service::{domain_block, follow, moderation, mute, pin};
use std::time::Duration;

async fn pinned(stage: &Stage, account: &Account) -> Vec<domain::PostId> {
    let id = account.id;
    let found = stage.cx.read(move |tx| pin::of(tx, None, id)).await.unwrap();
    found.iter().map(|view| view.post.id).collect()
}

/// An actor whose document names a collection of pinned posts.
async fn with_featured(stage: &Stage, name: &str) -> (Remote, String) {
    let remote = stage.remote(name).await;
    let featured = format!("{}/featured", remote.id);
    let mut document = crate::peer::actor_document(&remote.id, &remote.key.public().to_pem());
    document["featured"] = json!(featured);
    stage.absorb(&document).await.unwrap();
    (remote, featured)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_of_ours_is_told_and_stands_in_the_collection() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.take(&bob, &bob.follows(&alice)).await;
        let post = stage.post(&alice, "first", Visibility::Public).await;
        let private = stage.post(&alice, "for few", Visibility::Followers).await;
        for id in [post.id, private.id] {
            let me = alice.clone();
            stage.cx.write(move |tx| pin::pin(tx, &me, id)).await.unwrap();
        }
        let add = stage.only_sent("Add").await.json;
        assert_eq!(
            (&add["object"], &add["target"]),
            (&json!(post.object_id.as_str()), &json!(format!("{}/collections/featured", alice.actor_id)))
        );
        assert_eq!(add["to"], json!([PUBLIC]));
        let (me, id) = (alice.clone(), post.id);
        stage.cx.write(move |tx| pin::unpin(tx, &me, id)).await.unwrap();
        assert_eq!(stage.only_sent("Remove").await.json["object"], post.object_id.as_str());
        assert!(pinned(&stage, &alice).await.is_empty());
    }
}

/// O17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_pins_its_own_posts_and_takes_them_down() {
    for stage in stages().await {
        let (alice, (bob, featured)) = (stage.local("alice").await, with_featured(&stage, "bob").await);
        let eve = stage.remote("eve").await;
        stage.befriend(&alice, &bob.account).await;
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        let change = |who: &Remote, kind: &str, object: &Value| {
            let mut activity = who.does(kind, object);
            activity["target"] = json!(featured);
            activity
        };
        stage.shrug(&eve, &change(&eve, "Add", &note["id"])).await;
        let ours = stage.post(&alice, "mine", Visibility::Public).await;
        stage.shrug(&bob, &change(&bob, "Add", &json!(ours.object_id.as_str()))).await;
        stage.take(&bob, &change(&bob, "Add", &note["id"])).await;
        assert_eq!(pinned(&stage, &bob.account).await, [post.id]);
        stage.shrug(&eve, &change(&eve, "Remove", &note["id"])).await;
        assert_eq!(pinned(&stage, &bob.account).await, [post.id]);
        stage.take(&bob, &change(&bob, "Remove", &note["id"])).await;
        assert!(pinned(&stage, &bob.account).await.is_empty());
        // A post we do not have yet is asked for.
        let unknown = bob.public_note("older");
        stage.peer.serve(&unknown);
        stage.take(&bob, &change(&bob, "Add", &unknown["id"])).await;
        assert_eq!(pinned(&stage, &bob.account).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_peer_pinned_is_asked_for_once_a_day() {
    for stage in stages().await {
        let (bob, featured) = with_featured(&stage, "bob").await;
        let (newest, oldest) = (bob.public_note("newest"), bob.public_note("oldest"));
        stage.peer.serve(&oldest);
        let collection = |items: Value| {
            json!({
                "@context": "https://www.w3.org/ns/activitystreams", "id": featured, "type": "OrderedCollection",
                "orderedItems": items
            })
        };
        // An id, a whole note, and somebody else's.
        stage.peer.serve(&newest);
        stage.peer.serve(&collection(json!([newest, oldest["id"], "http://127.0.0.3:1/notes/1", 7])));
        service::pin::learn(&stage.cx, bob.account.id).await.unwrap();
        let ids = async |note: &Value| stage.find(note).await.unwrap().id;
        assert_eq!(pinned(&stage, &bob.account).await, [ids(&newest).await, ids(&oldest).await]);
        stage.peer.serve(&collection(json!([oldest["id"]])));
        service::pin::learn(&stage.cx, bob.account.id).await.unwrap();
        assert_eq!(pinned(&stage, &bob.account).await.len(), 2, "not asked again on the same day");
        stage.advance(Duration::from_secs(25 * 3600));
        service::pin::learn(&stage.cx, bob.account.id).await.unwrap();
        assert_eq!(pinned(&stage, &bob.account).await, [ids(&oldest).await]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forwarded_report_is_the_servers_and_names_no_reporter() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let note = bob.public_note("buy");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        let new = NewReport {
            target: bob.account.id.0,
            posts: vec![post.id],
            comment: "spam".into(),
            forward: true,
            ..NewReport::default()
        };
        let view = report::file(&stage.cx, &alice, new).await.unwrap();
        assert!(view.report.forwarded);
        let flag = stage.only_sent("Flag").await;
        assert_eq!(flag.json["actor"], stage.cx.names.instance_actor().as_str());
        assert_eq!(flag.json["object"], json!([bob.id, note["id"]]));
        assert_eq!((&flag.json["content"], &flag.json["summary"]), (&json!("spam"), &json!("spam")));
        assert!(!flag.json.to_string().contains("alice"));
        assert_eq!(stage.inboxes(flag.message.id).await, [format!("{}/inbox", bob.id)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_of_peers_are_kept_in_both_shapes() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hm", Visibility::Public).await;
        let mut many = bob.does("Flag", &json!([alice.actor_id.as_str(), post.object_id.as_str()]));
        many["content"] = json!("<p>rude</p>");
        stage.take(&bob, &many).await;
        let mut single = bob.does("Flag", &json!(post.object_id.as_str()));
        single["summary"] = json!("again");
        stage.take(&bob, &single).await;
        stage.shrug(&bob, &bob.does("Flag", &json!(bob.id))).await;
        let kept = stage.cx.read(|tx| report::list(tx, Which::Open, 10)).await.unwrap();
        let said: Vec<_> = kept.iter().map(|(it, ..)| (it.comment.as_str(), it.post_ids.clone())).collect();
        assert_eq!(said, [("again", vec![post.id]), ("rude", vec![post.id])]);
        assert!(kept.iter().all(|(_, from, target)| from.id == bob.account.id && target.id == alice.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_who_blocks_a_host_ends_its_follows_and_takes_no_new_ones() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.take(&bob, &bob.follows(&alice)).await;
        stage.befriend(&alice, &bob.account).await;
        let (me, host) = (alice.clone(), bob.account.actor_id.host().to_string());
        stage.cx.write(move |tx| domain_block::block(tx, &me, &host)).await.unwrap();
        assert_eq!(stage.only_sent("Undo").await.json["object"]["type"], "Follow");
        assert_eq!(stage.only_sent("Reject").await.json["object"]["type"], "Follow");
        assert_eq!(stage.follows(&bob.account, &alice).await, None);
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
        stage.shrug(&bob, &bob.follows(&alice)).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, None);
        let mut note = bob.public_note("hello");
        crate::stage::mention(&mut note, &alice);
        stage.deliver(&bob, &bob.creates(&note)).await;
        assert_eq!(stage.told(&alice).await, [domain::notification::NotificationKind::Severed]);
    }
}

async fn set_rule(stage: &Stage, host: &str, rule: HostRule) {
    moderation::set_rule(&stage.cx, &Host::parse(host).unwrap(), rule, "why".into()).await.unwrap();
}

/// Capability X6.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocked_host_loses_its_follows_and_is_shown_no_more() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.take(&bob, &bob.follows(&alice)).await;
        stage.befriend(&alice, &bob.account).await;
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let name = bob.account.actor_id.host().name().to_owned();
        set_rule(&stage, &name, HostRule::Suspend).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, None);
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((0, 0), (0, 0)));
        assert!(stage.told(&alice).await.contains(&domain::notification::NotificationKind::Severed));
        let state = async || stage.account(&bob.id).await.unwrap().state;
        assert_eq!(state().await, AccountState::Suspended);
        let rules = stage.cx.read(moderation::rules).await.unwrap();
        assert_eq!((rules.len(), rules[0].name.as_str(), rules[0].note.as_str()), (1, name.as_str(), "why"));
        let later = bob.public_note("more");
        assert!(stage.deliver(&bob, &bob.creates(&later)).await.starts_with("refused"));
        set_rule(&stage, &name, HostRule::Silence).await;
        assert_eq!(state().await, AccountState::Silenced);
        let carol = stage.remote("carol").await;
        assert_eq!(carol.account.state, AccountState::Silenced, "who comes later too");
        set_rule(&stage, &name, HostRule::None).await;
        assert_eq!(state().await, AccountState::Active);
        assert!(stage.cx.read(moderation::rules).await.unwrap().is_empty());
        let own =
            moderation::set_rule(&stage.cx, stage.cx.names.domain(), HostRule::Suspend, String::new()).await;
        assert!(own.is_err(), "a server does not shut itself out");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_suspended_account_of_ours_tells_its_followers_servers() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.take(&bob, &bob.follows(&alice)).await;
        let id = alice.id;
        stage.cx.write(move |tx| moderation::suspend(tx, id)).await.unwrap();
        let update = stage.only_sent("Update").await.json;
        assert_eq!(
            (&update["object"]["id"], &update["object"]["suspended"]),
            (&json!(alice.actor_id.as_str()), &json!(true))
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_leave_out_exactly_whom_the_viewer_does_not_want() {
    for stage in stages().await {
        let viewer = stage.local("viewer").await;
        for bits in 0..4_u8 {
            let aversion = Aversion { mutes: bits & 1 > 0, blocks_domain: bits & 2 > 0 };
            let author = stage.remote(&format!("author{bits}")).await;
            stage.befriend(&viewer, &author.account).await;
            let note = author.public_note("hello #tag");
            stage.take(&author, &author.creates(&note)).await;
            let post = stage.find(&note).await.unwrap();
            let (me, target) = (viewer.clone(), author.account.clone());
            let host = target.actor_id.host().clone();
            stage
                .cx
                .write(move |tx| {
                    store::domain_block::remove(tx, me.id, &host)?;
                    if aversion.mutes {
                        mute::mute(tx, &me, &target, mute::Wishes { notifications: true, duration: None })?;
                    }
                    if aversion.blocks_domain {
                        store::domain_block::insert(tx, me.id, &host)?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
            assert_eq!(listed(&stage, &viewer, &post).await, [is_wanted(aversion); 2], "{aversion:?}");
        }
    }
}

async fn listed(stage: &Stage, viewer: &Account, post: &Post) -> [bool; 2] {
    let (me, id) = (viewer.id, post.id);
    stage
        .cx
        .read(move |tx| {
            let page = Page::newest(100);
            let selection = service::timeline::Selection::default();
            let home = store::timeline::home(tx, me, page)?;
            let public = store::timeline::public(tx, Some(me), selection, page)?;
            Ok([home, public].map(|list| list.iter().any(|entry| entry.post_id == id)))
        })
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_mutes_somebody_named_in_a_post_does_not_get_it() {
    for stage in stages().await {
        let (alice, carol, dave) =
            (stage.local("alice").await, stage.local("carol").await, stage.local("dave").await);
        stage.befriend(&alice, &carol).await;
        let (me, other) = (alice.clone(), dave.clone());
        let wishes = mute::Wishes { notifications: true, duration: None };
        stage.cx.write(move |tx| mute::mute(tx, &me, &other, wishes)).await.unwrap();
        let about = stage.publish(&carol, draft("as @dave says", Visibility::Public)).await;
        let both = stage.publish(&carol, draft("@alice and @dave", Visibility::Public)).await;
        assert_eq!((stage.in_home(&alice, &about).await, stage.in_home(&alice, &both).await), (0, 1));
        let (me, other) = (alice.clone(), dave.clone());
        let asked =
            stage.cx.write(move |tx| follow::request(tx, &me, &other, &follow::Wishes::default())).await;
        assert!(asked.is_ok(), "a muted account can be followed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_names_its_owner_back_is_proven_and_stays_so() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let url = |path: &str| stage.peer.url(path);
        let back = format!("<a rel=\"me\" href=\"{}\">me</a>", alice.profile.url.as_deref().unwrap());
        stage.peer.answer("/mine", 200, "text/html", &back);
        stage.peer.answer("/theirs", 200, "text/html", "<a rel=\"me\" href=\"https://other.example/\">x</a>");
        let write = async |lines: &[(&str, String)]| {
            let lines = lines.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
            let change = service::account::ProfileChange { fields: Some(lines), ..Default::default() };
            let id = alice.id;
            stage.cx.write(move |tx| service::account::update_local(tx, id, &change)).await.unwrap();
            service::account::verify(&stage.cx, id).await.unwrap();
            let fields = stage.account(alice.actor_id.as_str()).await.unwrap().profile.fields;
            fields.into_iter().map(|field| field.verified_at.is_some()).collect::<Vec<_>>()
        };
        let lines = [
            ("mine", url("/mine")),
            ("theirs", url("/theirs")),
            ("none", url("/none")),
            ("text", "x".into()),
        ];
        assert_eq!(write(&lines).await, [true, false, false, false]);
        stage.peer.answer("/mine", 404, "text/html", "");
        assert_eq!(write(&[("my site", url("/mine"))]).await, [true], "the same address stays proven");
        assert_eq!(write(&[("mine", url("/mine?x"))]).await, [false], "another does not");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn switches_of_a_peers_profile_are_read_and_ours_are_said() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let change = service::account::ProfileChange {
            show_media: Some(false),
            attribution_domains: Some(vec!["alice.example".into()]),
            ..Default::default()
        };
        let id = alice.id;
        stage.cx.write(move |tx| service::account::update_local(tx, id, &change)).await.unwrap();
        let said = stage.only_sent("Update").await.json["object"].clone();
        assert_eq!(
            (&said["showMedia"], &said["showFeatured"], &said["attributionDomains"]),
            (&json!(false), &json!(true), &json!(["alice.example"]))
        );
        let bob = stage.remote("bob").await;
        let mut document = crate::peer::actor_document(&bob.id, &bob.key.public().to_pem());
        document["showFeatured"] = json!(false);
        document["attributionDomains"] = json!(["bob.example"]);
        let read = stage.absorb(&document).await.unwrap().profile.details;
        assert!(read.hides_featured && !read.hides_media);
        assert_eq!(read.attribution_domains, ["bob.example"]);
    }
}
