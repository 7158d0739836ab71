//! Blocks, from both sides.

use crate::stage::{Stage, draft, mention, stages};
use domain::{Account, Visibility};
use serde_json::json;
use service::{Error, block, follow};

async fn block(stage: &Stage, viewer: &Account, target: &Account) {
    let (viewer, target) = (viewer.clone(), target.clone());
    stage.cx.write(move |tx| block::block(tx, &viewer, &target)).await.unwrap();
}

/// Capability F7.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_of_ours_ends_what_two_accounts_have_with_each_other() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.take(&bob, &bob.follows(&alice)).await;
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("hello");
        mention(&mut note, &alice);
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!((stage.in_home(&alice, &post).await, stage.told(&alice).await.len()), (1, 2));

        block(&stage, &alice, &bob.account).await;
        block(&stage, &alice, &bob.account).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, None);
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((0, 0), (0, 0)));
        assert_eq!(stage.in_home(&alice, &post).await, 0);
        assert!(stage.told(&alice).await.is_empty());
        let sent = stage.only_sent("Block").await;
        assert_eq!(sent.json["object"], bob.id);
        assert_eq!(stage.inboxes(sent.message.id).await, [format!("{}/inbox", bob.id)]);
        assert_eq!(stage.only_sent("Undo").await.json["object"]["type"], "Follow");
    }
}

/// Capability X6.
/// P09
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_blocked_actor_does_reaches_nobody() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        block(&stage, &alice, &bob.account).await;

        stage.shrug(&bob, &bob.follows(&alice)).await;
        assert!(stage.sent("Accept").await.is_empty() && stage.sent("Reject").await.is_empty(), "silence");
        stage.shrug(&bob, &bob.does("Like", &json!(post.object_id.as_str()))).await;
        stage.shrug(&bob, &bob.announces(post.object_id.as_str())).await;
        let direct = bob.direct_note("psst", &alice);
        stage.shrug(&bob, &bob.creates(&direct)).await;
        let mut reply = bob.public_note("but");
        reply["inReplyTo"] = json!(post.object_id.as_str());
        mention(&mut reply, &alice);
        stage.shrug(&bob, &bob.creates(&reply)).await;
        assert!(stage.find(&direct).await.is_none() && stage.find(&reply).await.is_none());
        assert!(stage.told(&alice).await.is_empty());
        let counts = stage.counts(&post).await;
        assert_eq!((counts.likes, counts.boosts, counts.replies), (0, 0, 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mention_by_whom_one_blocks_and_another_follows_is_told_to_neither_blocker() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&carol, &bob.account).await;
        block(&stage, &alice, &bob.account).await;
        let mut note = bob.public_note("hello both");
        mention(&mut note, &alice);
        mention(&mut note, &carol);
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!((stage.in_home(&alice, &post).await, stage.in_home(&carol, &post).await), (0, 1));
        assert_eq!((stage.told(&alice).await.len(), stage.told(&carol).await.len()), (0, 1));
    }
}

/// Capability F7, N15.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_blocks_one_of_ours_and_takes_it_back() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        stage.take(&bob, &bob.follows(&alice)).await;
        stage.befriend(&alice, &bob.account).await;
        let theirs = bob.does("Block", &json!(alice.actor_id.as_str()));
        stage.take(&bob, &theirs).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, None);
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
        let (viewer, target) = (alice.clone(), bob.account.clone());
        let asked =
            stage.cx.write(move |tx| follow::request(tx, &viewer, &target, &follow::Wishes::default())).await;
        assert!(matches!(asked, Err(Error::Forbidden(_))), "{asked:?}");

        let mut bent = theirs.clone();
        bent["actor"] = json!(carol.id);
        for object in [&theirs, &theirs["id"], &bent] {
            stage.shrug(&carol, &carol.does("Undo", object)).await;
        }
        assert!(stage.blocks(&bob.account, &alice).await, "only who blocks can take it back");
        stage.take(&bob, &bob.does("Undo", &theirs)).await;
        assert!(!stage.blocks(&bob.account, &alice).await);
        stage.shrug(&bob, &theirs).await;
        assert!(!stage.blocks(&bob.account, &alice).await, "a replayed block is not a block");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_block_of_ours_is_taken_back_with_the_block_inside() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        block(&stage, &alice, &bob.account).await;
        let id = stage.only_sent("Block").await.json["id"].clone();
        let (viewer, target) = (alice.clone(), bob.account.clone());
        stage.cx.write(move |tx| block::undo(tx, &viewer, &target)).await.unwrap();
        let undo = stage.only_sent("Undo").await;
        assert_eq!((&undo.json["object"]["type"], &undo.json["object"]["id"]), (&json!("Block"), &id));
        stage.take(&bob, &bob.follows(&alice)).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ours_block_ours() {
    for stage in stages().await {
        let (alice, carol, dave) =
            (stage.local("alice").await, stage.local("carol").await, stage.local("dave").await);
        stage.befriend(&alice, &carol).await;
        stage.befriend(&carol, &alice).await;
        stage.befriend(&dave, &carol).await;
        stage.befriend(&alice, &dave).await;
        block(&stage, &carol, &alice).await;
        assert_eq!((stage.follows(&alice, &carol).await, stage.follows(&carol, &alice).await), (None, None));
        assert!(stage.sent("Block").await.is_empty(), "nobody elsewhere is told");
        let post = stage.publish(&carol, draft("not for @alice", Visibility::Public)).await;
        assert!(stage.told(&alice).await.is_empty());
        let viewer = alice.clone();
        let id = post.id;
        let liked = stage.cx.write(move |tx| service::like::like(tx, &viewer, id)).await;
        assert!(matches!(liked, Err(Error::NotFound(_))), "what may not be seen looks missing: {liked:?}");
        let viewer = dave.clone();
        stage.cx.write(move |tx| service::boost::boost(tx, &viewer, id, Visibility::Public)).await.unwrap();
        assert_eq!(stage.in_home(&alice, &post).await, 0, "nor does a boost show it");
    }
}
