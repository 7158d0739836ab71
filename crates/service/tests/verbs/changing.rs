//! Posts of peers are edited and deleted.

use crate::stage::{PUBLIC, Remote, Stage, mention, stages};
use domain::{Account, Visibility};
use serde_json::{Value, json};

/// One of ours, and a peer's actor it follows with a post.
async fn known(stage: &Stage) -> (Account, Remote, Value) {
    let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
    stage.befriend(&alice, &bob.account).await;
    let note = bob.public_note("first");
    stage.take(&bob, &bob.creates(&note)).await;
    (alice, bob, note)
}

async fn text(stage: &Stage, note: &Value) -> String {
    stage.find(note).await.unwrap().text.content_html
}

fn edited(note: &Value, text: &str, updated: &str) -> Value {
    let mut note = note.clone();
    note["content"] = json!(format!("<p>{text}</p>"));
    note["updated"] = json!(updated);
    note
}

/// Capability N9.
/// N11
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_newest_edit_counts_in_whatever_order_they_come() {
    for stage in stages().await {
        let (_, bob, note) = known(&stage).await;
        let second = edited(&note, "second", "2025-09-09T06:01:00Z");
        let third = edited(&note, "third", "2025-09-09T06:02:00Z");
        stage.take(&bob, &bob.about("Update", &third)).await;
        stage.shrug(&bob, &bob.about("Update", &second)).await;
        stage.shrug(&bob, &bob.about("Update", &third)).await;
        assert_eq!(text(&stage, &note).await, "<p>third</p>");
        let id = stage.find(&note).await.unwrap().id;
        let revisions = stage.cx.read(move |tx| Ok(store::post::revisions(tx, id)?)).await.unwrap();
        assert_eq!(revisions.len(), 1);
        let old = edited(&note, "older than the post", "2020-01-01T00:00:00Z");
        stage.shrug(&bob, &bob.about("Update", &old)).await;
        assert_eq!(text(&stage, &note).await, "<p>third</p>");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_from_before_the_post_is_none() {
    for stage in stages().await {
        let (_, bob, note) = known(&stage).await;
        let old = edited(&note, "older than the post", "2020-01-01T00:00:00Z");
        stage.shrug(&bob, &bob.about("Update", &old)).await;
        assert_eq!(text(&stage, &note).await, "<p>first</p>");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_without_a_time_or_from_the_future_counts_from_now() {
    for stage in stages().await {
        let (_, bob, note) = known(&stage).await;
        let mut timeless = edited(&note, "timeless", "");
        timeless.as_object_mut().unwrap().remove("updated");
        stage.take(&bob, &bob.about("Update", &timeless)).await;
        assert_eq!(text(&stage, &note).await, "<p>timeless</p>");
        stage.advance(std::time::Duration::from_secs(60));
        let future = edited(&note, "future", "2999-01-01T00:00:00Z");
        stage.take(&bob, &bob.about("Update", &future)).await;
        assert_eq!(stage.find(&note).await.unwrap().edited_at, Some(stage.cx.now()));
        stage.advance(std::time::Duration::from_secs(60));
        stage.take(&bob, &bob.about("Update", &edited(&note, "last", "2025-09-09T06:45:00Z"))).await;
    }
}

/// N16, P08
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_changes_neither_audience_nor_what_is_answered() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let note = bob.note("private", &[&bob.followers()], &[]);
        stage.take(&bob, &bob.creates(&note)).await;
        let mut wider = edited(&note, "wider", "2025-09-09T06:01:00Z");
        wider["to"] = json!([PUBLIC]);
        stage.deliver(&bob, &bob.about("Update", &wider)).await;
        assert_eq!(stage.find(&note).await.unwrap().visibility, Visibility::Followers);
        let mut moved = edited(&note, "moved", "2025-09-09T06:02:00Z");
        moved["inReplyTo"] = json!(bob.new_id("notes"));
        stage.take(&bob, &bob.about("Update", &moved)).await;
        assert_eq!(text(&stage, &note).await, "<p>moved</p>", "the rest of the edit counts");
        moved["updated"] = json!("2025-09-09T06:03:00Z");
        moved["content"] = json!("<p>again</p>");
        stage.peer.serve(&moved);
        stage.take(&bob, &bob.about("Update", &note["id"])).await;
        assert_eq!(text(&stage, &note).await, "<p>again</p>");
        assert_eq!(stage.find(&note).await.unwrap().in_reply_to, None);
    }
}

/// Capability N21.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_by_id_only_is_fetched() {
    for stage in stages().await {
        let (_, bob, note) = known(&stage).await;
        stage.peer.serve(&edited(&note, "fetched", "2025-09-09T06:01:00Z"));
        stage.take(&bob, &bob.about("Update", &note["id"])).await;
        assert_eq!(text(&stage, &note).await, "<p>fetched</p>");
        let unknown = json!(bob.new_id("notes"));
        stage.shrug(&bob, &bob.about("Update", &unknown)).await;
    }
}

/// O04, O05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_its_author_edits_and_deletes_a_post() {
    for stage in stages().await {
        let (alice, bob, note) = known(&stage).await;
        let (carol, mallory) = (stage.remote("carol").await, stage.remote_at(&stage.evil, "mallory").await);
        let ours = stage.post(&alice, "ours", Visibility::Public).await;
        for liar in [&carol, &mallory] {
            let theirs = edited(&note, "forged", "2025-09-09T06:01:00Z");
            let mut own = theirs.clone();
            own["attributedTo"] = json!(liar.id);
            for forged in [&theirs, &own] {
                stage.shrug(liar, &liar.about("Update", forged)).await;
            }
            stage.deliver(liar, &liar.about("Update", &note["id"])).await;
            for id in [&note["id"], &json!(ours.object_id.as_str())] {
                let tombstone = json!({ "type": "Tombstone", "id": id });
                let whole = json!({ "type": "Note", "id": id, "attributedTo": liar.id, "content": "x" });
                for object in [id, &tombstone, &whole] {
                    stage.deliver(liar, &liar.does("Delete", object)).await;
                }
            }
        }
        assert_eq!(text(&stage, &note).await, "<p>first</p>");
        assert!(stage.find(&json!(ours.object_id.as_str())).await.is_some());
        let mut reassigned = edited(&note, "given away", "2025-09-09T06:01:00Z");
        reassigned["attributedTo"] = json!(carol.id);
        stage.peer.serve(&reassigned);
        stage.deliver(&bob, &bob.about("Update", &note["id"])).await;
        assert_eq!(text(&stage, &note).await, "<p>first</p>");
    }
}

/// Capability N10.
/// N10, N51
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_post_stays_deleted() {
    for stage in stages().await {
        let (alice, bob, note) = known(&stage).await;
        let create = bob.creates(&note);
        let tombstone = json!({ "type": "Tombstone", "id": note["id"], "formerType": "Note" });
        stage.take(&bob, &bob.does("Delete", &tombstone)).await;
        assert!(stage.find(&note).await.is_none() && stage.home(&alice).await.is_empty());
        stage.peer.serve(&note);
        for again in [
            &create,
            &bob.creates(&note),
            &bob.about("Update", &note),
            &bob.about("Create", &note["id"]),
            &bob.announces(note["id"].as_str().unwrap()),
        ] {
            stage.shrug(&bob, again).await;
        }
        assert!(stage.find(&note).await.is_none());

        let other = bob.public_note("deleted before it came");
        stage.deliver(&bob, &bob.does("Delete", &other["id"])).await;
        stage.shrug(&bob, &bob.creates(&other)).await;
        assert!(stage.find(&other).await.is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_deletes_the_post_of_another_before_it_comes() {
    for stage in stages().await {
        let (alice, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        stage.befriend(&alice, &bob.account).await;
        let (sent, fetched) = (bob.public_note("sent"), bob.public_note("fetched"));
        stage.peer.serve(&fetched);
        for note in [&sent, &fetched] {
            stage.deliver(&carol, &carol.does("Delete", &note["id"])).await;
        }
        stage.take(&bob, &bob.creates(&sent)).await;
        stage.take(&bob, &bob.announces(fetched["id"].as_str().unwrap())).await;
        assert!(stage.find(&sent).await.is_some() && stage.find(&fetched).await.is_some());
    }
}

/// Capability N10.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delete_takes_counts_and_notifications_with_it() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let question = stage.post(&alice, "question", Visibility::Public).await;
        let mut answer = bob.public_note("answer");
        answer["inReplyTo"] = json!(question.object_id.as_str());
        mention(&mut answer, &alice);
        stage.take(&bob, &bob.creates(&answer)).await;
        assert_eq!((stage.counts(&question).await.replies, stage.told(&alice).await.len()), (1, 1));
        let post = stage.find(&answer).await.unwrap();
        let viewer = alice.clone();
        stage.cx.write(move |tx| service::like::like(tx, &viewer, post.id)).await.unwrap();
        stage.take(&bob, &bob.does("Delete", &answer["id"])).await;
        assert_eq!((stage.counts(&question).await.replies, stage.told(&alice).await.len()), (0, 0));
    }
}
