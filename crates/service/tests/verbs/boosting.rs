//! Boosts, from both sides.

use crate::peer::actor_document;
use crate::stage::{PUBLIC, Stage, stages};
use domain::notification::NotificationKind::Boost;
use domain::{Account, AccountKind, PostId, Visibility};
use serde_json::{Value, json};
use service::follow::{self, Wishes};
use service::{Error, Result, boost};

async fn boost(
    stage: &Stage,
    viewer: &Account,
    id: PostId,
    visibility: Visibility,
) -> Result<store::boost::Boost> {
    let viewer = viewer.clone();
    stage.cx.write(move |tx| boost::boost(tx, &viewer, id, visibility)).await
}

/// Capability B2.
/// O21, A14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boost_counts_once_however_often_it_comes() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let first = bob.announces(post.object_id.as_str());
        stage.take(&bob, &first).await;
        for again in
            [&first, &bob.announces(post.object_id.as_str()), &bob.announces(post.object_id.as_str())]
        {
            stage.shrug(&bob, again).await;
        }
        assert_eq!(stage.counts(&post).await.boosts, 1);
        assert_eq!(stage.told(&alice).await, [Boost]);
    }
}

/// Capability N15, B3.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_boosts_takes_a_boost_back() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        let reader = stage.local("reader").await;
        stage.befriend(&reader, &bob.account).await;
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        for how in ["whole", "by id", "deleted"] {
            let theirs = bob.announces(post.object_id.as_str());
            stage.take(&bob, &theirs).await;
            assert_eq!(stage.in_home(&reader, &post).await, 1);
            let mut bent = theirs.clone();
            bent["actor"] = json!(carol.id);
            for object in [&theirs, &theirs["id"], &bent] {
                stage.shrug(&carol, &carol.does("Undo", object)).await;
            }
            assert_eq!(stage.counts(&post).await.boosts, 1, "{how}");
            let undo = match how {
                "whole" => bob.does("Undo", &theirs),
                "by id" => bob.does("Undo", &theirs["id"]),
                _ => bob.does("Delete", &theirs["id"]),
            };
            stage.take(&bob, &undo).await;
            assert_eq!(stage.counts(&post).await.boosts, 0, "{how}");
            assert_eq!(stage.in_home(&reader, &post).await, 0);
            assert!(stage.told(&alice).await.is_empty(), "{how}");
            stage.shrug(&bob, &theirs).await;
            assert_eq!(stage.counts(&post).await.boosts, 0, "a replayed boost is not a boost");
        }
    }
}

/// Capability B4.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boosted_post_that_is_unknown_is_fetched_from_its_origin() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let (carol, _) = Stage::stranger(&stage.evil, "carol");
        let note = json!({
            "id": format!("{carol}/notes/1"), "type": "Note", "attributedTo": carol,
            "content": "<p>the real text</p>", "to": [PUBLIC], "published": "2025-09-01T00:00:00Z",
        });
        stage.evil.serve(&note);
        stage.take(&bob, &bob.announces(note["id"].as_str().unwrap())).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!(post.text.content_html, "<p>the real text</p>");
        assert_eq!(stage.account(&carol).await.unwrap().id, post.author_id);
        assert_eq!(stage.counts(&post).await.boosts, 1);
        let home = stage.home(&alice).await;
        assert_eq!((home.len(), home[0].post_id, home[0].boost_id.is_some()), (1, post.id, true));
        let missing = bob.announces(&stage.evil.url("/users/carol/notes/404"));
        assert!(
            stage.deliver(&bob, &missing).await.starts_with("ignored: the boosted post could not be had")
        );
    }
}

/// Capability B6.
/// O03, N08
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_inside_a_boost_is_hearsay() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.remote("carol").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        stage.befriend(&alice, &mallory.account).await;
        for (n, inside) in ["note", "create"].into_iter().enumerate() {
            let real = carol.public_note(&format!("real {n}"));
            stage.peer.serve(&real);
            let mut forged = real.clone();
            forged["content"] = json!("<p>forged</p>");
            let object = if inside == "note" { forged.clone() } else { carol.creates(&forged) };
            let mut announce = mallory.does("Announce", &object);
            announce["to"] = json!([PUBLIC]);
            stage.take(&mallory, &announce).await;
            assert_eq!(stage.find(&real).await.unwrap().text.content_html, format!("<p>real {n}</p>"));
        }
        let nowhere = carol.public_note("never served");
        let mut announce = mallory.does("Announce", &nowhere);
        announce["to"] = json!([PUBLIC]);
        stage.shrug(&mallory, &announce).await;
        assert!(stage.find(&nowhere).await.is_none());
    }
}

/// Capability B6.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_of_a_peer_is_followed_posted_to_and_read() {
    for stage in stages().await {
        let (alice, reader) = (stage.local("alice").await, stage.local("reader").await);
        let (cats, kim) = (stage.remote("cats").await, stage.remote("kim").await);
        let mut group = actor_document(&cats.id, &cats.key.public().to_pem());
        group["type"] = json!("Group");
        group["attributedTo"] = json!(format!("{}/moderators", cats.id));
        stage.peer.serve(&group);
        let account = stage.absorb(&group).await.unwrap();
        assert_eq!(account.kind, AccountKind::Group);
        for who in [&alice, &reader] {
            let (viewer, target) = (who.clone(), account.clone());
            stage
                .cx
                .write(move |tx| follow::request(tx, &viewer, &target, &Wishes::default()))
                .await
                .unwrap();
        }
        for sent in stage.sent("Follow").await {
            stage.take(&cats, &cats.does("Accept", &sent.json)).await;
        }

        let ours = stage.post(&alice, &format!("meow @{}", account.handle), Visibility::Public).await;
        let create = stage.only_sent("Create").await;
        assert_eq!(create.json["object"]["audience"], cats.id);
        assert!(create.json["to"].as_array().unwrap().contains(&json!(cats.id)));
        assert!(!stage.inboxes(create.message.id).await.is_empty(), "it goes to the group");
        let hands_on = |create: &Value| {
            let mut announce = cats.does("Announce", create);
            announce["to"] = json!([PUBLIC]);
            announce["cc"] = json!([cats.followers()]);
            announce
        };
        stage.take(&cats, &hands_on(&create.json)).await;
        assert_eq!(stage.counts(&ours).await.boosts, 1);
        assert_eq!(stage.told(&alice).await, [Boost]);
        assert_eq!(stage.in_home(&reader, &ours).await, 1);

        let mut page = kim.note("", &[&cats.id, PUBLIC], &[]);
        page["type"] = json!("Page");
        page["name"] = json!("A cat on a roof");
        page["audience"] = json!(cats.id);
        stage.peer.serve(&page);
        let mut inside = kim.creates(&page);
        inside["audience"] = json!(cats.id);
        stage.take(&cats, &hands_on(&inside)).await;
        let post = stage.find(&page).await.unwrap();
        assert_eq!((post.author_id, post.text.title.as_deref()), (kim.account.id, Some("A cat on a roof")));
        for who in [&alice, &reader] {
            assert_eq!(stage.in_home(who, &post).await, 1, "handed on by the group");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_nobody_follows_makes_us_fetch_nothing() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let note = bob.public_note("hello");
        stage.peer.serve(&note);
        stage.shrug(&bob, &bob.announces(note["id"].as_str().unwrap())).await;
        assert_eq!(stage.peer.asked(), 0);
        assert!(stage.find(&note).await.is_none());
        stage.befriend(&alice, &bob.account).await;
        let mut to_nobody = bob.announces(note["id"].as_str().unwrap());
        to_nobody["to"] = json!([]);
        to_nobody["cc"] = json!([]);
        stage.take(&bob, &to_nobody).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!((stage.counts(&post).await.boosts, stage.in_home(&alice, &post).await), (1, 0));
    }
}

/// P07, P08
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_widens_the_audience_of_another() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&alice, &carol).await;
        stage.befriend(&bob.account, &carol).await;
        stage.befriend(&alice, &bob.account).await;
        let post = stage.post(&carol, "for followers", Visibility::Followers).await;
        assert!(matches!(boost(&stage, &alice, post.id, Visibility::Public).await, Err(Error::Forbidden(_))));
        let direct = stage.post(&carol, "for @alice", Visibility::Direct).await;
        assert!(matches!(
            boost(&stage, &alice, direct.id, Visibility::Public).await,
            Err(Error::Forbidden(_))
        ));
        assert!(matches!(
            boost(&stage, &carol, direct.id, Visibility::Public).await,
            Err(Error::Forbidden(_))
        ));
        let unseen = stage.post(&carol, "for nobody", Visibility::Direct).await;
        assert!(matches!(
            boost(&stage, &alice, unseen.id, Visibility::Public).await,
            Err(Error::NotFound(_))
        ));
        assert!(stage.sent("Announce").await.is_empty());

        stage.shrug(&bob, &bob.announces(post.object_id.as_str())).await;
        assert_eq!(
            stage.find(&json!(post.object_id.as_str())).await.unwrap().visibility,
            Visibility::Followers
        );

        let own = boost(&stage, &carol, post.id, Visibility::Public).await.unwrap();
        assert_eq!(own.visibility, Visibility::Followers, "to the same followers");
        let sent = stage.only_sent("Announce").await;
        assert!(!sent.json.to_string().contains(PUBLIC), "{}", sent.json);
    }
}

/// Capability B1, B2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_boost_of_ours_goes_to_followers_and_to_the_author() {
    for stage in stages().await {
        let (alice, reader) = (stage.local("alice").await, stage.local("reader").await);
        let (bob, fan) = (stage.remote("bob").await, stage.remote_at(&stage.evil, "fan").await);
        stage.befriend(&alice, &bob.account).await;
        stage.befriend(&reader, &alice).await;
        stage.befriend(&fan.account, &alice).await;
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        let first = boost(&stage, &alice, post.id, Visibility::Public).await.unwrap();
        assert_eq!(boost(&stage, &alice, post.id, Visibility::Public).await.unwrap(), first, "twice is once");
        assert_eq!(stage.counts(&post).await.boosts, 1);
        assert_eq!(stage.in_home(&reader, &post).await, 1);
        let sent = stage.only_sent("Announce").await;
        assert_eq!(sent.json["object"], note["id"], "only the id");
        assert_eq!(sent.json["to"], json!([PUBLIC]));
        assert_eq!(sent.json["cc"], json!([alice.collections.followers, bob.id]));
        assert!(sent.json["published"].is_string());
        assert_eq!(
            stage.inboxes(sent.message.id).await,
            [stage.peer.url("/inbox"), stage.evil.url("/inbox")],
            "the author is told although no follower"
        );
        let viewer = alice.clone();
        stage.cx.write(move |tx| boost::undo(tx, &viewer, post.id)).await.unwrap();
        let undo = stage.only_sent("Undo").await;
        assert_eq!(
            (&undo.json["object"]["type"], &undo.json["object"]["id"]),
            (&json!("Announce"), &sent.json["id"])
        );
        assert_eq!(
            stage.inboxes(undo.message.id).await,
            [stage.peer.url("/inbox"), stage.evil.url("/inbox")]
        );
        assert_eq!((stage.counts(&post).await.boosts, stage.in_home(&reader, &post).await), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_no_boosts_sees_none_and_nobody_sees_one_post_twice_in_an_hour() {
    for stage in stages().await {
        let (alice, quiet, bob, carol) = (
            stage.local("alice").await,
            stage.local("quiet").await,
            stage.remote("bob").await,
            stage.remote("carol").await,
        );
        for reader in [&alice, &quiet] {
            stage.befriend(reader, &bob.account).await;
            stage.befriend(reader, &carol.account).await;
        }
        let (viewer, target) = (quiet.id, carol.account.id);
        stage
            .cx
            .write(move |tx| Ok(store::follow::set_wishes(tx, viewer, target, Some(false), None)?))
            .await
            .unwrap();
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        stage.take(&carol, &carol.announces(note["id"].as_str().unwrap())).await;
        assert_eq!(stage.in_home(&alice, &post).await, 1);
        stage.advance(std::time::Duration::from_secs(2 * 3600));
        let dave = stage.remote("dave").await;
        stage.befriend(&alice, &dave.account).await;
        stage.take(&dave, &dave.announces(note["id"].as_str().unwrap())).await;
        assert_eq!((stage.in_home(&alice, &post).await, stage.in_home(&quiet, &post).await), (2, 1));
    }
}
