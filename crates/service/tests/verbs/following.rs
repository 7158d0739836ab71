//! Follows, from both sides.

use crate::stage::{Stage, stages};
use domain::notification::NotificationKind::{Follow, FollowRequest};
use serde_json::json;
use service::follow::{self, Wishes};
use service::{Error, Result};

async fn request(stage: &Stage, viewer: &domain::Account, target: &domain::Account) -> Result<()> {
    let (viewer, target) = (viewer.clone(), target.clone());
    stage.cx.write(move |tx| follow::request(tx, &viewer, &target, &Wishes::default())).await
}

async fn undo(stage: &Stage, viewer: &domain::Account, target: &domain::Account) {
    let (viewer, target) = (viewer.clone(), target.clone());
    stage.cx.write(move |tx| follow::undo(tx, &viewer, &target)).await.unwrap();
}

/// Capability F2, F3.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follow_of_an_open_account_is_accepted_with_the_follow_inside() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let follow = bob.follows(&alice);
        stage.take(&bob, &follow).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((1, 0), (0, 1)));
        assert_eq!(stage.told(&alice).await, [Follow]);
        let accept = stage.only_sent("Accept").await;
        assert_eq!(accept.json["actor"], alice.actor_id.as_str());
        let inside = &accept.json["object"];
        assert_eq!(
            (&inside["type"], &inside["id"], &inside["actor"], &inside["object"]),
            (&json!("Follow"), &follow["id"], &json!(bob.id), &json!(alice.actor_id.as_str()))
        );
        assert_eq!(stage.inboxes(accept.message.id).await, [format!("{}/inbox", bob.id)]);
    }
}

/// O21, A14
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_follow_is_answered_each_time_and_counted_once() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let same = bob.follows(&alice);
        for follow in [&same, &same, &bob.follows(&alice), &bob.follows(&alice)] {
            stage.take(&bob, follow).await;
        }
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((1, 0), (0, 1)));
        assert_eq!(stage.told(&alice).await, [Follow]);
        assert_eq!(stage.sent("Accept").await.len(), 4);
    }
}

/// Capability F6, N15.
/// N12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follow_that_is_replayed_after_its_undo_has_no_effect() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        for by_id in [false, true] {
            let follow = bob.follows(&alice);
            stage.take(&bob, &follow).await;
            let undone = if by_id { follow["id"].clone() } else { follow.clone() };
            stage.take(&bob, &bob.does("Undo", &undone)).await;
            assert_eq!(stage.follows(&bob.account, &alice).await, None);
            assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((0, 0), (0, 0)));
            assert!(stage.told(&alice).await.is_empty());
            stage.shrug(&bob, &follow).await;
            assert_eq!(stage.follows(&bob.account, &alice).await, None);
        }
        stage.take(&bob, &bob.follows(&alice)).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true), "a new follow is a new follow");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_that_overtakes_its_follow_wins() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let follow = bob.follows(&alice);
        stage.shrug(&bob, &bob.does("Undo", &follow)).await;
        stage.shrug(&bob, &follow).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, None);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_take_back_the_activities_of_others_before_they_happen() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        let post = stage.post(&alice, "hello", domain::Visibility::Public).await;
        let follow = bob.follows(&alice);
        let like = bob.does("Like", &json!(post.object_id.as_str()));
        let boost = bob.announces(post.object_id.as_str());
        let block = bob.does("Block", &json!(alice.actor_id.as_str()));
        for theirs in [&follow, &like, &boost, &block] {
            let mut mine = theirs.clone();
            mine["actor"] = json!(mallory.id);
            stage.shrug(&mallory, &mallory.does("Undo", &mine)).await;
        }
        stage.take(&bob, &follow).await;
        stage.take(&bob, &like).await;
        stage.take(&bob, &boost).await;
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
        stage.take(&bob, &block).await;
        assert!(stage.blocks(&bob.account, &alice).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_undo_that_names_a_thing_of_ours_leaves_no_tombstone_of_it() {
    for stage in stages().await {
        let (alice, mallory) = (stage.local("alice").await, stage.remote_at(&stage.evil, "mallory").await);
        let post = stage.post(&alice, "hello", domain::Visibility::Public).await;
        let note = stage.peer.url("/users/bob/notes/1");
        for (n, id) in [post.object_id.as_str(), &note].into_iter().enumerate() {
            for kind in ["Follow", "Like", "Announce", "Block"] {
                let object = if kind == "Follow" || kind == "Block" {
                    alice.actor_id.as_str()
                } else {
                    post.object_id.as_str()
                };
                let inner = json!({ "id": id, "type": kind, "actor": mallory.id, "object": object });
                stage.shrug(&mallory, &mallory.does("Undo", &inner)).await;
            }
            let id = id.to_owned();
            let stone = stage.cx.read(move |tx| Ok(store::tombstone::find(tx, &id)?)).await.unwrap();
            assert_eq!(stone, None, "{n}");
        }
        let delete = mallory.does("Delete", &json!({ "type": "Tombstone", "id": post.object_id.as_str() }));
        stage.shrug(&mallory, &delete).await;
        assert!(stage.find(&json!(post.object_id.as_str())).await.is_some());
    }
}

/// Capability F3.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_account_decides_itself() {
    for stage in stages().await {
        let alice = stage.locked("alice").await;
        let (bob, carol) = (stage.remote("bob").await, stage.remote("carol").await);
        for (who, admitted) in [(&bob, true), (&carol, false)] {
            let follow = who.follows(&alice);
            stage.take(who, &follow).await;
            assert_eq!(stage.follows(&who.account, &alice).await, Some(false));
            assert_eq!(stage.told(&alice).await.last(), Some(&FollowRequest));
            let (owner, follower) = (alice.clone(), who.account.id);
            let answer = if admitted { follow::authorize } else { follow::reject };
            stage.cx.write(move |tx| answer(tx, &owner, follower)).await.unwrap();
            let kind = if admitted { "Accept" } else { "Reject" };
            let sent = stage.only_sent(kind).await;
            assert_eq!(sent.json["object"]["id"], follow["id"]);
            assert_eq!(stage.inboxes(sent.message.id).await, [format!("{}/inbox", who.id)]);
            assert_eq!(stage.follows(&who.account, &alice).await, admitted.then_some(true));
        }
        assert_eq!(stage.told(&alice).await, [Follow]);
        assert_eq!(stage.numbers(&alice).await, (1, 0));
    }
}

/// Capability F1.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ours_follow_when_the_peer_agrees_and_no_longer_when_it_says_no() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let before = bob.public_note("before");
        stage.peer.serve(&before);
        request(&stage, &alice, &bob.account).await.unwrap();
        request(&stage, &alice, &bob.account).await.unwrap();
        assert_eq!(stage.follows(&alice, &bob.account).await, Some(false));
        let follow = stage.only_sent("Follow").await;
        assert_eq!(follow.json["object"], bob.id);
        assert_eq!(follow.json["actor"], alice.actor_id.as_str());
        assert_eq!(stage.inboxes(follow.message.id).await, [format!("{}/inbox", bob.id)]);

        stage.take(&bob, &bob.does("Accept", &follow.json)).await;
        stage.shrug(&bob, &bob.does("Accept", &follow.json)).await;
        assert_eq!(stage.follows(&alice, &bob.account).await, Some(true));
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((0, 1), (1, 0)));

        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!(stage.in_home(&alice, &post).await, 1);
        stage.take(&bob, &bob.does("Reject", &follow.json)).await;
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
        assert_eq!(stage.in_home(&alice, &post).await, 0);
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((0, 0), (0, 0)));
    }
}

/// Capability F4.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_no_to_a_follow_that_waits_ends_it() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        for (n, by_id) in [false, true].into_iter().enumerate() {
            request(&stage, &alice, &bob.account).await.unwrap();
            assert_eq!(stage.follows(&alice, &bob.account).await, Some(false));
            let follow = stage.sent("Follow").await.remove(n).json;
            let object = if by_id { &follow["id"] } else { &follow };
            stage.take(&bob, &bob.does("Reject", object)).await;
            assert_eq!(stage.follows(&alice, &bob.account).await, None);
            assert_eq!((stage.numbers(&alice).await, stage.numbers(&bob.account).await), ((0, 0), (0, 0)));
            for late in ["Accept", "Reject"] {
                stage.shrug(&bob, &bob.does(late, object)).await;
                assert_eq!(stage.follows(&alice, &bob.account).await, None, "{late}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_post_that_overtakes_the_yes_is_in_home_all_the_same() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        request(&stage, &alice, &bob.account).await.unwrap();
        let follow = stage.only_sent("Follow").await;
        let note = bob.public_note("hello");
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!(stage.in_home(&alice, &post).await, 0);
        stage.take(&bob, &bob.does("Accept", &follow.json)).await;
        assert_eq!(stage.in_home(&alice, &post).await, 1);
    }
}

/// Capability F2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_may_name_the_follow_by_id_only() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        request(&stage, &alice, &bob.account).await.unwrap();
        let follow = stage.only_sent("Follow").await.json["id"].clone();
        stage.take(&bob, &bob.does("Accept", &follow)).await;
        assert_eq!(stage.follows(&alice, &bob.account).await, Some(true));
        stage.take(&bob, &bob.does("Reject", &follow)).await;
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
    }
}

/// Capability F5.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_to_nothing_has_no_effect() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let made_up = json!({ "id": "https://here.example/activities/9", "type": "Follow",
            "actor": alice.actor_id.as_str(), "object": bob.id });
        stage.shrug(&bob, &bob.does("Accept", &made_up)).await;
        stage.shrug(&bob, &bob.does("Accept", &made_up["id"])).await;
        assert_eq!(stage.follows(&alice, &bob.account).await, None);

        request(&stage, &alice, &bob.account).await.unwrap();
        let follow = stage.only_sent("Follow").await.json;
        undo(&stage, &alice, &bob.account).await;
        stage.shrug(&bob, &bob.does("Accept", &follow)).await;
        assert_eq!(stage.follows(&alice, &bob.account).await, None);
        let undone = stage.only_sent("Undo").await;
        assert_eq!(
            (&undone.json["object"]["type"], &undone.json["object"]["id"]),
            (&json!("Follow"), &follow["id"])
        );
        assert_eq!(stage.inboxes(undone.message.id).await, [format!("{}/inbox", bob.id)]);
    }
}

/// O09, O10
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_is_followed_answers_a_follow() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        request(&stage, &alice, &bob.account).await.unwrap();
        let follow = stage.only_sent("Follow").await.json;
        let mut bent = follow.clone();
        for other in [&mallory, &carol] {
            bent["object"] = json!(other.id);
            for object in [&follow, &follow["id"], &bent] {
                stage.shrug(other, &other.does("Accept", object)).await;
            }
        }
        assert_eq!(stage.follows(&alice, &bob.account).await, Some(false));
        stage.take(&bob, &bob.does("Accept", &follow)).await;
        for other in [&mallory, &carol] {
            for object in [&follow, &follow["id"]] {
                stage.shrug(other, &other.does("Reject", object)).await;
            }
        }
        assert_eq!(stage.follows(&alice, &bob.account).await, Some(true));
    }
}

/// O08
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_who_follows_takes_a_follow_back() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        let follow = bob.follows(&alice);
        stage.take(&bob, &follow).await;
        for other in [&mallory, &carol] {
            let mut bent = follow.clone();
            bent["actor"] = json!(other.id);
            for object in [&follow, &follow["id"], &bent] {
                stage.shrug(other, &other.does("Undo", object)).await;
            }
        }
        assert_eq!(stage.follows(&bob.account, &alice).await, Some(true));
        assert_eq!(stage.numbers(&alice).await, (1, 0));
    }
}

/// Capability F6.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_ours_follow_each_other_at_once_and_nothing_leaves() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        let post = stage.post(&carol, "before", domain::Visibility::Public).await;
        request(&stage, &alice, &carol).await.unwrap();
        assert_eq!(stage.follows(&alice, &carol).await, Some(true));
        assert_eq!(stage.told(&carol).await, [Follow]);
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&carol).await), ((0, 1), (1, 0)));
        assert_eq!(stage.in_home(&alice, &post).await, 1, "a new follower sees what was written before");
        for sent in stage.sent("Follow").await {
            assert!(stage.inboxes(sent.message.id).await.is_empty());
        }
        undo(&stage, &alice, &carol).await;
        assert_eq!(stage.follows(&alice, &carol).await, None);
        assert_eq!((stage.numbers(&alice).await, stage.numbers(&carol).await), ((0, 0), (0, 0)));
        assert_eq!(stage.in_home(&alice, &post).await, 0);
        request(&stage, &alice, &carol).await.unwrap();
        assert_eq!(stage.follows(&alice, &carol).await, Some(true), "and once more");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_account_of_ours_decides_about_ours_too() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.locked("carol").await);
        request(&stage, &alice, &carol).await.unwrap();
        assert_eq!(stage.follows(&alice, &carol).await, Some(false));
        assert_eq!(stage.told(&carol).await, [FollowRequest]);
        let (owner, id) = (carol.clone(), alice.id);
        stage.cx.write(move |tx| follow::authorize(tx, &owner, id)).await.unwrap();
        assert_eq!(stage.follows(&alice, &carol).await, Some(true));
        assert_eq!(stage.told(&carol).await, [Follow]);
        assert!(stage.sent("Accept").await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_follows_make_no_sense() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.post(&alice, "hello", domain::Visibility::Public).await;
        let instance = service::account::ensure_instance_actor(&stage.cx).await.unwrap();
        let elsewhere = json!("https://nowhere.example/users/x");
        for object in [
            json!(post.object_id.as_str()),
            json!(instance.actor_id.as_str()),
            json!(activitypub::PUBLIC),
            elsewhere,
        ] {
            stage.shrug(&bob, &bob.does("Follow", &object)).await;
        }
        assert!(stage.sent("Accept").await.is_empty());
        assert!(matches!(request(&stage, &alice, &alice).await, Err(Error::Forbidden(_))));
        assert!(matches!(request(&stage, &alice, &instance).await, Err(Error::NotFound(_))));
    }
}
