//! What leaves: the shape of each activity, and to which inboxes it goes.

use crate::stage::{PUBLIC, draft, stages};
use domain::account::{Account, Home};
use domain::{ObjectId, Visibility};
use serde_json::{Value, json};

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn followers(account: &Account) -> &str {
    account.collections.followers.as_deref().unwrap()
}

/// Capability N1, N2, N3, N4, N5, N21.
/// P04
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_is_addressed_like_its_post_and_no_wider_than_meant() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let fan = stage.remote_at(&stage.evil, "fan").await;
        stage.befriend(&fan.account, &alice).await;
        let names_bob = format!("hello @{} #Tag", bob.account.handle);
        let all = followers(&alice).to_owned();
        let cases = [
            (Visibility::Public, vec![PUBLIC], vec![all.as_str(), &bob.id], true),
            (Visibility::Unlisted, vec![all.as_str()], vec![PUBLIC, &bob.id], true),
            (Visibility::Followers, vec![all.as_str()], vec![bob.id.as_str()], true),
            (Visibility::Direct, vec![bob.id.as_str()], vec![], false),
        ];
        for (n, (visibility, to, cc, to_followers)) in cases.into_iter().enumerate() {
            let post = stage.publish(&alice, draft(&names_bob, visibility)).await;
            let create = stage.sent("Create").await.remove(n);
            let (json, note) = (&create.json, &create.json["object"]);
            assert_eq!((strings(&json["to"]), strings(&json["cc"])), (to, cc), "{visibility:?}");
            assert_eq!((&json["to"], &json["cc"]), (&note["to"], &note["cc"]));
            assert_eq!(json["id"], format!("{}/activity", post.object_id));
            assert_eq!(
                (&json["actor"], &note["attributedTo"]),
                (&json!(alice.actor_id.as_str()), &json["actor"])
            );
            assert_eq!((&note["type"], &note["id"]), (&json!("Note"), &json!(post.object_id.as_str())));
            assert!(json["@context"].is_array() && note["@context"].is_null());
            assert!(note["content"].as_str().unwrap().starts_with("<p>hello "));
            let kinds: Vec<&Value> = note["tag"].as_array().unwrap().iter().map(|tag| &tag["type"]).collect();
            assert_eq!(kinds, ["Mention", "Hashtag"]);
            assert!(json["bto"].is_null() && json["bcc"].is_null());
            if visibility > Visibility::Unlisted {
                assert!(!json.to_string().contains("Public"), "{json:#}");
            }
            let inboxes = stage.inboxes(create.message.id).await;
            let expected = match visibility {
                Visibility::Direct => vec![format!("{}/inbox", bob.id)],
                _ => vec![stage.peer.url("/inbox"), stage.evil.url("/inbox")],
            };
            assert_eq!(inboxes, expected, "{visibility:?}");
            assert_eq!(to_followers, inboxes.contains(&stage.evil.url("/inbox")));
        }
    }
}

/// Capability N7.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_followers_on_few_hosts_make_as_many_deliveries_as_there_are_inboxes() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let near = stage.local("near").await;
        stage.befriend(&near, &alice).await;
        for n in 0..10 {
            let peer = if n % 2 == 0 { &stage.peer } else { &stage.evil };
            let fan = stage.remote_at(peer, &format!("fan{n}")).await;
            stage.befriend(&fan.account, &alice).await;
        }
        // One whose server shares no inbox.
        let id = stage.peer.url("/users/lone");
        let mut document = crate::peer::actor_document(&id, "none");
        document.as_object_mut().unwrap().remove("endpoints");
        let lone = stage.absorb(&document).await.unwrap();
        assert!(matches!(&lone.home, Home::Peer { shared_inbox: None, .. }));
        stage.befriend(&lone, &alice).await;
        stage.post(&alice, "hello", Visibility::Public).await;
        let create = stage.only_sent("Create").await;
        let expected = [stage.peer.url("/inbox"), format!("{id}/inbox"), stage.evil.url("/inbox")];
        assert_eq!(stage.inboxes(create.message.id).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_deleted_or_renamed_is_told_to_the_followers() {
    for stage in stages().await {
        let (alice, fan) = (stage.local("alice").await, stage.remote("fan").await);
        stage.befriend(&fan.account, &alice).await;
        let id = alice.id;
        let change = service::account::ProfileChange {
            display_name: Some("Alice".into()),
            bio: Some("hi".into()),
            ..Default::default()
        };
        stage.cx.write(move |tx| service::account::update_local(tx, id, &change)).await.unwrap();
        let update = stage.only_sent("Update").await;
        let actor = &update.json["object"];
        assert_eq!((&actor["id"], &actor["name"]), (&json!(alice.actor_id.as_str()), &json!("Alice")));
        assert_eq!(actor["publicKey"]["id"], format!("{}#main-key", alice.actor_id));
        assert!(actor["publicKey"]["publicKeyPem"].as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY"));
        assert!(!update.json.to_string().contains("PRIVATE"));
        assert_eq!(stage.inboxes(update.message.id).await, [stage.peer.url("/inbox")]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_goes_to_whom_it_answers_although_no_follower() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let note = bob.public_note("question");
        stage.take(&bob, &bob.creates(&note)).await;
        let parent = stage.find(&note).await.unwrap();
        let reply =
            domain::post::Draft { in_reply_to: Some(parent.id), ..draft("answer", Visibility::Public) };
        let post = stage.publish(&alice, reply).await;
        assert_eq!(post.in_reply_to.as_ref().map(ObjectId::as_str), note["id"].as_str());
        let create = stage.only_sent("Create").await;
        assert_eq!(create.json["object"]["inReplyTo"], note["id"]);
        assert!(strings(&create.json["cc"]).contains(&bob.id.as_str()));
        assert_eq!(create.json["object"]["tag"][0]["href"], bob.id);
        assert_eq!(stage.inboxes(create.message.id).await, [stage.peer.url("/inbox")]);
    }
}

/// Each activity that we keep under its id can be read back as it was sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_activities_are_kept_under_their_ids() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let (viewer, target) = (alice.clone(), bob.account.clone());
        stage
            .cx
            .write(move |tx| {
                service::follow::request(tx, &viewer, &target, &service::follow::Wishes::default())
            })
            .await
            .unwrap();
        let (viewer, target) = (alice.clone(), bob.account.clone());
        stage.cx.write(move |tx| service::block::block(tx, &viewer, &target)).await.unwrap();
        for kind in ["Follow", "Undo", "Block"] {
            let sent = stage.only_sent(kind).await;
            let number: i64 = sent.json["id"].as_str().unwrap().rsplit('/').next().unwrap().parse().unwrap();
            let kept = stage
                .cx
                .read(move |tx| Ok(store::message::find_activity(tx, number)?))
                .await
                .unwrap()
                .unwrap();
            assert_eq!(serde_json::from_str::<Value>(&kept.json).unwrap(), sent.json);
            assert_eq!((kept.is_open, kept.audience), (false, vec![bob.id.clone()]), "{kind}");
        }
    }
}
