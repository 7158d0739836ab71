//! What servers pass on of others: hints, never words.

use crate::stage::{PUBLIC, Remote, Stage, mention, stages};
use domain::notification::NotificationKind::Mention;
use domain::{Account, Post, Visibility};
use serde_json::{Value, json};

/// Ours with a post, and an author elsewhere.
async fn known(stage: &Stage) -> (Account, Post, Remote, Remote) {
    let alice = stage.local("alice").await;
    let post = stage.post(&alice, "question", Visibility::Public).await;
    let (carol, relay) = (stage.remote("carol").await, stage.remote_at(&stage.evil, "relay").await);
    (alice, post, carol, relay)
}

fn forged(note: &Value) -> Value {
    let mut forged = note.clone();
    forged["content"] = json!("<p>forged</p>");
    forged
}

async fn text(stage: &Stage, note: &Value) -> Option<String> {
    stage.find(note).await.map(|post| post.text.content_html)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_that_another_server_passes_on_is_fetched_from_its_origin_and_shown() {
    for stage in stages().await {
        let (alice, post, carol, relay) = known(&stage).await;
        let reader = stage.local("reader").await;
        stage.befriend(&reader, &carol.account).await;
        stage.befriend(&reader, &alice).await;
        let mut answer = carol.public_note("real");
        answer["inReplyTo"] = json!(post.object_id.as_str());
        mention(&mut answer, &alice);
        stage.peer.serve(&answer);
        let create = carol.creates(&forged(&answer));
        stage.take(&relay, &create).await;
        assert_eq!(text(&stage, &answer).await.as_deref(), Some("<p>real</p>"));
        let there = stage.find(&answer).await.unwrap();
        assert_eq!(stage.in_home(&reader, &there).await, 1);
        assert_eq!((stage.told(&alice).await, stage.counts(&post).await.replies), (vec![Mention], 1));
        let asked = stage.peer.asked();
        stage.shrug(&relay, &create).await;
        stage.shrug(&relay, &carol.creates(&forged(&answer))).await;
        stage.shrug(&carol, &carol.creates(&answer)).await;
        assert_eq!((stage.peer.asked(), stage.told(&alice).await.len()), (asked, 1));
        let by_id = carol.note("for one", &[alice.actor_id.as_str()], &[]);
        stage.peer.serve(&by_id);
        let mut create = carol.about("Create", &by_id["id"]);
        create["to"] = by_id["to"].clone();
        stage.take(&relay, &create).await;
        assert!(stage.find(&by_id).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_its_origin_does_not_have_is_not_believed_from_another() {
    for stage in stages().await {
        let (alice, post, carol, relay) = known(&stage).await;
        stage.befriend(&alice, &carol.account).await;
        let mut answer = carol.public_note("forged");
        answer["inReplyTo"] = json!(post.object_id.as_str());
        mention(&mut answer, &alice);
        let mut create = carol.creates(&answer);
        create["signature"] =
            json!({ "type": "RsaSignature2017", "creator": carol.key_id, "signatureValue": "AAAA" });
        stage.shrug(&relay, &create).await;
        assert!(stage.find(&answer).await.is_none() && stage.told(&alice).await.is_empty());
        let path = answer["id"].as_str().unwrap().strip_prefix(&stage.peer.url("")).unwrap().to_owned();
        assert_eq!(stage.peer.asked_for(&path), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_passed_on_and_concerns_nobody_here_makes_us_ask_for_nothing() {
    for stage in stages().await {
        let (_, _, carol, relay) = known(&stage).await;
        let (stranger, _) = Stage::stranger(&stage.peer, "stranger");
        let note = carol.public_note("hello");
        let mut strange = note.clone();
        strange["id"] = json!(format!("{stranger}/notes/1"));
        strange["attributedTo"] = json!(stranger);
        for (note, actor) in [(&note, &carol.id), (&strange, &stranger)] {
            stage.peer.serve(note);
            for kind in ["Create", "Update", "Delete"] {
                let mut activity = carol.about(kind, note);
                activity["actor"] = json!(actor);
                stage.shrug(&relay, &activity).await;
                activity["id"] = json!(carol.new_id("activities"));
                activity["object"] = note["id"].clone();
                stage.shrug(&relay, &activity).await;
            }
            assert!(stage.find(note).await.is_none());
        }
        assert_eq!(stage.peer.asked(), 0);
        assert!(stage.account(&stranger).await.is_none());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_that_another_server_passes_on_is_read_at_its_origin() {
    for stage in stages().await {
        let (alice, _, carol, relay) = known(&stage).await;
        stage.befriend(&alice, &carol.account).await;
        let note = carol.public_note("first");
        stage.take(&carol, &carol.creates(&note)).await;
        let mut real = note.clone();
        real["content"] = json!("<p>second</p>");
        real["updated"] = json!("2025-09-09T06:10:00Z");
        stage.peer.serve(&real);
        let mut lie = forged(&note);
        lie["updated"] = json!("2025-09-09T06:20:00Z");
        stage.take(&relay, &carol.about("Update", &lie)).await;
        assert_eq!(text(&stage, &note).await.as_deref(), Some("<p>second</p>"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delete_that_another_server_passes_on_counts_only_where_the_origin_has_nothing() {
    for stage in stages().await {
        let (alice, _, carol, relay) = known(&stage).await;
        stage.befriend(&alice, &carol.account).await;
        for status in [200, 500, 403, 404, 410] {
            let note = carol.public_note("hello");
            stage.take(&carol, &carol.creates(&note)).await;
            let path = note["id"].as_str().unwrap().strip_prefix(&stage.peer.url("")).unwrap().to_owned();
            stage.peer.answer(&path, status, "application/activity+json", &note.to_string());
            let tombstone = json!({ "type": "Tombstone", "id": note["id"] });
            let delete = carol.does("Delete", &tombstone);
            if [404, 410].contains(&status) {
                stage.take(&relay, &delete).await;
            } else {
                stage.shrug(&relay, &delete).await;
            }
            assert_eq!(stage.find(&note).await.is_none(), [404, 410].contains(&status), "{status}");
            // Who says no is asked with the other signature too.
            assert!((1..=2).contains(&stage.peer.asked_for(&path)), "{status}");
        }
        let private = carol.note("for followers", &[&carol.followers()], &[]);
        stage.take(&carol, &carol.creates(&private)).await;
        stage.shrug(&relay, &carol.does("Delete", &private["id"])).await;
        assert!(stage.find(&private).await.is_some(), "it looks missing to whoever may not see it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_else_that_others_say_for_an_actor_is_refused() {
    for stage in stages().await {
        let (alice, post, carol, relay) = known(&stage).await;
        let neighbour = stage.remote("neighbour").await;
        stage.befriend(&alice, &carol.account).await;
        let vote = json!({ "id": carol.new_id("votes"), "type": "Note", "attributedTo": carol.id, "name": "tea",
            "inReplyTo": post.object_id.as_str(), "to": [alice.actor_id.as_str()] });
        let about = json!(post.object_id.as_str());
        for activity in [
            carol.does("Like", &about),
            carol.announces(post.object_id.as_str()),
            carol.follows(&alice),
            carol.does("Undo", &carol.follows(&alice)),
            carol.does("Block", &json!(alice.actor_id.as_str())),
            carol.does("Flag", &about),
            carol.creates(&vote),
            carol.does("Update", &json!(carol.id)),
            carol.does("Update", &json!({ "type": "Person", "id": carol.id, "inbox": carol.id })),
            carol.does("Delete", &json!(carol.id)),
        ] {
            assert!(stage.knock(&relay, &activity).await.is_err(), "{activity:#}");
        }
        let note = carol.note("hello", &[PUBLIC, alice.actor_id.as_str()], &[]);
        stage.peer.serve(&note);
        assert!(stage.knock(&neighbour, &carol.creates(&note)).await.is_err(), "of the same server");
        assert!(stage.knock(&neighbour, &carol.does("Delete", &note["id"])).await.is_err());
        assert_eq!((stage.counts(&post).await.likes, stage.peer.asked()), (0, 0));
        assert!(stage.account(&carol.id).await.unwrap().state.is_live());
    }
}
