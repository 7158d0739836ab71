//! Likes, from both sides.

use crate::stage::{PUBLIC, stages};
use domain::Visibility;
use domain::notification::NotificationKind::Like;
use serde_json::json;
use service::like;

/// Capability N11.
/// O18, A14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_like_counts_once_however_often_it_comes() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let liked = json!(post.object_id.as_str());
        let first = bob.does("Like", &liked);
        stage.take(&bob, &first).await;
        for again in
            [&first, &bob.does("Like", &liked), &bob.does("EmojiReact", &liked), &bob.does("Like", &liked)]
        {
            stage.shrug(&bob, again).await;
        }
        assert_eq!(stage.counts(&post).await.likes, 1);
        assert_eq!(stage.told(&alice).await, [Like]);
    }
}

/// Capability N11, N15.
/// O18
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_likes_takes_a_like_back() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        for by_id in [false, true] {
            let theirs = bob.does("Like", &json!(post.object_id.as_str()));
            stage.take(&bob, &theirs).await;
            let mut bent = theirs.clone();
            bent["actor"] = json!(carol.id);
            for object in [&theirs, &theirs["id"], &bent] {
                stage.shrug(&carol, &carol.does("Undo", object)).await;
            }
            assert_eq!(stage.counts(&post).await.likes, 1);
            let undone = if by_id { theirs["id"].clone() } else { theirs.clone() };
            let undo = bob.does("Undo", &undone);
            stage.take(&bob, &undo).await;
            stage.shrug(&bob, &undo).await;
            assert_eq!(stage.counts(&post).await.likes, 0);
            assert!(stage.told(&alice).await.is_empty());
            stage.shrug(&bob, &theirs).await;
            assert_eq!(stage.counts(&post).await.likes, 0, "a replayed like is not a like");
        }
    }
}

/// P05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_like_or_boost_of_what_one_may_not_see_has_no_effect() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        stage.befriend(&carol.account, &alice).await;
        for visibility in [Visibility::Followers, Visibility::Direct] {
            let post = stage.post(&alice, &format!("{visibility:?}"), visibility).await;
            stage.shrug(&bob, &bob.does("Like", &json!(post.object_id.as_str()))).await;
            stage.shrug(&bob, &bob.announces(post.object_id.as_str())).await;
            stage.shrug(&carol, &carol.announces(post.object_id.as_str())).await;
            let counts = stage.counts(&post).await;
            assert_eq!((counts.likes, counts.boosts), (0, 0));
        }
        assert!(stage.told(&alice).await.is_empty());
        let post = stage.post(&alice, "for followers", Visibility::Followers).await;
        stage.take(&carol, &carol.does("Like", &json!(post.object_id.as_str()))).await;
        assert_eq!(stage.counts(&post).await.likes, 1, "a follower may");
    }
}

/// Capability N11.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_like_of_ours_goes_to_the_author_and_comes_back_with_the_like_inside() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        for _ in 0..2 {
            let viewer = alice.clone();
            stage.cx.write(move |tx| like::like(tx, &viewer, post.id)).await.unwrap();
        }
        let sent = stage.only_sent("Like").await;
        assert_eq!(
            (&sent.json["object"], &sent.json["actor"]),
            (&note["id"], &json!(alice.actor_id.as_str()))
        );
        assert_eq!(stage.inboxes(sent.message.id).await, [format!("{}/inbox", bob.id)]);
        for _ in 0..2 {
            let viewer = alice.clone();
            stage.cx.write(move |tx| like::undo(tx, &viewer, post.id)).await.unwrap();
        }
        let undo = stage.only_sent("Undo").await;
        assert_eq!(
            (&undo.json["object"]["type"], &undo.json["object"]["id"]),
            (&json!("Like"), &sent.json["id"])
        );
        assert_eq!(stage.inboxes(undo.message.id).await, [format!("{}/inbox", bob.id)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ours_like_ours_and_nothing_leaves() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        for viewer in [&carol, &carol, &alice] {
            let viewer = viewer.clone();
            stage.cx.write(move |tx| like::like(tx, &viewer, post.id)).await.unwrap();
        }
        assert_eq!(stage.counts(&post).await.likes, 2);
        assert_eq!(stage.told(&alice).await, [Like], "nobody is told of an own like");
        assert!(stage.sent("Like").await.is_empty());
        let viewer = carol.clone();
        stage.cx.write(move |tx| like::undo(tx, &viewer, post.id)).await.unwrap();
        assert_eq!(stage.counts(&post).await.likes, 1);
        assert!(stage.told(&alice).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_like_of_a_peers_post_that_we_have_is_counted_and_of_another_ignored() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        stage.befriend(&alice, &bob.account).await;
        let (note, unknown) = (bob.public_note("hello"), bob.note("other", &[PUBLIC], &[]));
        stage.take(&bob, &bob.creates(&note)).await;
        stage.take(&carol, &carol.does("Like", &note["id"])).await;
        stage.shrug(&carol, &carol.does("Like", &unknown["id"])).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!(stage.counts(&post).await.likes, 1);
        assert_eq!(stage.peer.asked(), 0, "no like makes us fetch");
    }
}
