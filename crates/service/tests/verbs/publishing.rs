//! Posts of ours: who gets to see them, how they are edited and deleted.

use crate::stage::{Stage, draft, stages};
use domain::notification::NotificationKind::{Mention, Status, Update};
use domain::post::Draft;
use domain::{Account, Post, PostId, Visibility};
use serde_json::json;
use service::Error;
use service::post::{self, Edit};

fn reply(text: &str, visibility: Visibility, to: &Post) -> Draft {
    Draft { in_reply_to: Some(to.id), ..draft(text, visibility) }
}

async fn delete(stage: &Stage, viewer: &Account, id: PostId) -> service::Result<()> {
    let viewer = viewer.clone();
    stage.cx.write(move |tx| post::delete(tx, &viewer, id)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_is_in_the_homes_of_its_author_and_of_the_followers_it_is_for() {
    for stage in stages().await {
        let (alice, carol, dave) =
            (stage.local("alice").await, stage.local("carol").await, stage.local("dave").await);
        stage.befriend(&carol, &alice).await;
        for visibility in [Visibility::Public, Visibility::Unlisted, Visibility::Followers] {
            let post = stage.post(&alice, &format!("{visibility:?}"), visibility).await;
            for (who, times) in [(&alice, 1), (&carol, 1), (&dave, 0)] {
                assert_eq!(stage.in_home(who, &post).await, times, "{visibility:?}");
            }
        }
        let post = stage.post(&alice, "only @dave", Visibility::Direct).await;
        for (who, times) in [(&alice, 1), (&carol, 0)] {
            assert_eq!(stage.in_home(who, &post).await, times);
        }
        assert_eq!(stage.told(&dave).await, [Mention]);
        assert!(stage.told(&carol).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_in_the_homes_of_those_who_follow_both() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.local("bob").await);
        let (both, one) = (stage.local("both").await, stage.local("one").await);
        stage.befriend(&both, &alice).await;
        stage.befriend(&both, &bob).await;
        stage.befriend(&one, &alice).await;
        let question = stage.post(&bob, "how are you?", Visibility::Public).await;
        let answer = stage.publish(&alice, reply("fine", Visibility::Public, &question)).await;
        assert_eq!((stage.in_home(&both, &answer).await, stage.in_home(&one, &answer).await), (1, 0));
        assert_eq!(stage.told(&bob).await, [Mention], "who is answered is told");
        assert_eq!(stage.counts(&question).await.replies, 1);
        assert_eq!(answer.conversation_id, question.conversation_id);
        let own = stage.publish(&alice, reply("really", Visibility::Public, &answer)).await;
        assert_eq!(stage.in_home(&one, &own).await, 0, "it still speaks to bob");
        let post = stage.post(&alice, "a thread", Visibility::Public).await;
        let own = stage.publish(&alice, reply("of one", Visibility::Public, &post)).await;
        assert_eq!(stage.in_home(&one, &own).await, 1, "an answer to oneself is a post like others");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_may_not_see_cannot_be_answered() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.local("bob").await);
        let hidden = stage.post(&bob, "psst", Visibility::Followers).await;
        let answered =
            post::publish(&stage.cx, &alice, reply("what?", Visibility::Public, &hidden), None, None).await;
        assert!(matches!(answered, Err(Error::NotFound(_))), "{answered:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_is_repeated_under_its_key_makes_one_post() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        let publish = |who: &Account, key: &str| {
            let (cx, who, key) = (stage.cx.clone(), who.clone(), key.to_owned());
            async move {
                post::publish(&cx, &who, draft("hello", Visibility::Public), None, Some(key))
                    .await
                    .unwrap()
                    .id
            }
        };
        let first = publish(&alice, "k").await;
        assert_eq!(publish(&alice, "k").await, first);
        assert_ne!(publish(&alice, "l").await, first);
        assert_ne!(publish(&carol, "k").await, first, "a key is its account's own");
        let at_once = futures_util::future::join_all((0..10).map(|_| publish(&alice, "m"))).await;
        assert!(at_once.iter().all(|id| *id == at_once[0]), "{at_once:?}");
        assert_eq!(stage.sent("Create").await.len(), 4);
    }
}

/// Capability N9.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_keeps_what_was_said_and_tells_who_showed_it_to_others() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&bob.account, &alice).await;
        let post = stage.post(&alice, "first", Visibility::Public).await;
        let viewer = carol.clone();
        let id = post.id;
        stage.cx.write(move |tx| service::boost::boost(tx, &viewer, id, Visibility::Public)).await.unwrap();
        stage.advance(std::time::Duration::from_secs(60));
        let edit = Edit::text(draft("second", Visibility::Direct));
        post::edit(&stage.cx, &alice, post.id, edit.clone()).await.unwrap();
        post::edit(&stage.cx, &alice, post.id, edit.clone()).await.unwrap();
        let now = stage.find(&json!(post.object_id.as_str())).await.unwrap();
        assert_eq!(now.text.content_html, "<p>second</p>");
        assert_eq!(now.visibility, Visibility::Public, "an edit changes the text only");
        assert_eq!(now.edited_at, Some(stage.cx.now()));
        let revisions = stage.cx.read(move |tx| Ok(store::post::revisions(tx, id)?)).await.unwrap();
        assert_eq!(revisions.len(), 1);
        assert_eq!(revisions[0].content_html, "<p>first</p>");
        assert_eq!(stage.told(&carol).await, [Update]);
        let update = stage.only_sent("Update").await;
        assert_eq!(update.json["object"]["content"], "<p>second</p>");
        assert!(update.json["object"]["updated"].is_string());
        assert_eq!(
            (&update.json["to"], &update.json["cc"]),
            (&update.json["object"]["to"], &update.json["object"]["cc"])
        );
        assert_eq!(stage.inboxes(update.message.id).await, [stage.peer.url("/inbox")]);
        assert!(matches!(post::edit(&stage.cx, &carol, post.id, edit).await, Err(Error::NotFound(_))));
    }
}

/// P04
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_of_a_private_post_does_not_reach_who_may_no_longer_see_it() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        stage.befriend(&bob.account, &alice).await;
        stage.befriend(&mallory.account, &alice).await;
        let post = stage.post(&alice, "for followers", Visibility::Followers).await;
        let like = mallory.does("Like", &json!(post.object_id.as_str()));
        stage.take(&mallory, &like).await;
        let (viewer, target) = (alice.clone(), mallory.account.id);
        stage.cx.write(move |tx| service::follow::reject(tx, &viewer, target)).await.unwrap();
        stage.advance(std::time::Duration::from_secs(60));
        let edit = Edit::text(draft("something more private", Visibility::Followers));
        post::edit(&stage.cx, &alice, post.id, edit).await.unwrap();
        let update = stage.only_sent("Update").await;
        assert_eq!(stage.inboxes(update.message.id).await, [stage.peer.url("/inbox")]);
        delete(&stage, &alice, post.id).await.unwrap();
        let sent = stage.only_sent("Delete").await;
        assert_eq!(
            stage.inboxes(sent.message.id).await,
            [stage.peer.url("/inbox"), stage.evil.url("/inbox")],
            "but its end reaches all who had it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_post_leaves_nothing_but_a_tombstone() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&carol, &alice).await;
        let parent = stage.post(&carol, "before", Visibility::Public).await;
        let post = stage.publish(&alice, reply("hello @carol", Visibility::Public, &parent)).await;
        stage.take(&bob, &bob.does("Like", &json!(post.object_id.as_str()))).await;
        stage.take(&bob, &bob.announces(post.object_id.as_str())).await;
        assert!(matches!(delete(&stage, &carol, post.id).await, Err(Error::NotFound(_))));
        delete(&stage, &alice, post.id).await.unwrap();
        assert!(stage.find(&json!(post.object_id.as_str())).await.is_none());
        assert_eq!((stage.in_home(&carol, &post).await, stage.in_home(&alice, &post).await), (0, 0));
        assert!(stage.told(&carol).await.is_empty() && stage.told(&alice).await.is_empty());
        assert_eq!(stage.counts(&parent).await.replies, 0);
        let sent = stage.only_sent("Delete").await;
        assert_eq!(
            (&sent.json["object"]["type"], &sent.json["object"]["id"]),
            (&json!("Tombstone"), &json!(post.object_id.as_str()))
        );
        assert_eq!(
            stage.inboxes(sent.message.id).await,
            [stage.peer.url("/inbox")],
            "who answered it is told"
        );
        assert!(!sent.json.to_string().contains("hello"), "and nothing of it is repeated");
        stage.shrug(&bob, &bob.does("Like", &json!(post.object_id.as_str()))).await;
        let texts =
            stage.sent("Create").await.iter().filter(|it| it.json.to_string().contains("hello")).count();
        assert_eq!(texts, 0, "the log keeps no copy");
        assert!(matches!(delete(&stage, &alice, post.id).await, Err(Error::NotFound(_))));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asked_to_be_told_of_each_post_is_told_once() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        stage.befriend(&carol, &alice).await;
        let (follower, target) = (carol.id, alice.id);
        stage
            .cx
            .write(move |tx| Ok(store::follow::set_wishes(tx, follower, target, None, Some(true))?))
            .await
            .unwrap();
        stage.post(&alice, "one", Visibility::Public).await;
        stage.post(&alice, "two, @carol", Visibility::Public).await;
        assert_eq!(stage.told(&carol).await, [Status, Mention]);
    }
}
