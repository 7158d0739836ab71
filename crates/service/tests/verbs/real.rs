//! The documents that real programs send, read from where `ANTIPHON_FIXTURES`
//! points, each signed by its actor and acted upon. Without the variable this
//! says so and passes.

use crate::peer::actor_document;
use crate::stage::{Stage, stages};
use activitypub::{Activity, Object};
use serde_json::Value;
use service::inbound::Refused;
use std::collections::BTreeMap;
use std::path::Path;
use wire::key::SigningKey;
use wire::signature::Scheme;

/// Documents by `PLATFORM/FILE`; entries of arrays with `#N`.
fn documents() -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    let Ok(root) = std::env::var("ANTIPHON_FIXTURES") else {
        eprintln!("skipped: ANTIPHON_FIXTURES is not set");
        return found;
    };
    for folder in Path::new(&root)
        .join("real")
        .read_dir()
        .unwrap()
        .map(|it| it.unwrap().path())
        .filter(|it| it.is_dir())
    {
        for file in folder.read_dir().unwrap().map(|it| it.unwrap().path()) {
            let name =
                format!("{}/{}", folder.file_name().unwrap().display(), file.file_stem().unwrap().display());
            match serde_json::from_slice(&std::fs::read(&file).unwrap()) {
                Ok(Value::Array(entries)) => {
                    found.extend(entries.into_iter().enumerate().map(|(n, it)| (format!("{name}#{n}"), it)));
                }
                Ok(value) => drop(found.insert(name, value)),
                Err(error) => panic!("{name}: {error}"),
            }
        }
    }
    assert!(found.len() >= 450, "only {} documents", found.len());
    found
}

/// An account for the actor of a document, with a key of ours for the test.
async fn known(stage: &Stage, actor: &str, key: &SigningKey) -> bool {
    let mut document = actor_document(actor, &key.public().to_pem());
    document["endpoints"] = Value::Null;
    document["preferredUsername"] = actor.rsplit('/').find(|part| !part.is_empty()).unwrap_or("x").into();
    stage.absorb(&document).await.is_ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_activity_of_a_real_program_comes_to_an_end_that_is_not_our_fault() {
    let key = SigningKey::generate_ed25519().unwrap();
    for stage in stages().await {
        let reader = stage.local("reader").await;
        let mut ends: BTreeMap<String, usize> = BTreeMap::new();
        for (name, document) in documents() {
            let Ok(activity) = Activity::parse(&document) else { continue };
            let actor = activity.actor().to_string();
            if !known(&stage, &actor, &key).await {
                continue;
            }
            let sender = stage.account(&actor).await.unwrap();
            stage.befriend(&reader, &sender).await;
            let mut document = document;
            // Two files may hold one activity.
            document["id"] = format!("{}#{name}", activity.id().unwrap_or("urn:x")).into();
            let knocked =
                stage.knock_with(&key, &format!("{actor}#main-key"), &document, Scheme::Cavage).await;
            if let Err(refused) = knocked {
                assert!(matches!(refused, Refused::NotYours(_)), "{name}: {refused:?}");
                continue;
            }
            stage.settle().await;
            let end = stage.end_of(&document).await;
            for ours in ["internal", "the store failed", "waiting"] {
                assert!(!end.contains(ours), "{name}: {end}");
            }
            let kind = end.split(':').next().unwrap_or_default().to_owned();
            *ends.entry(format!("{} {kind}", activity.kind())).or_default() += 1;
        }
        println!("{ends:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_post_and_actor_of_a_real_program_is_read_cleaned_and_kept() {
    let key = SigningKey::generate_ed25519().unwrap();
    for stage in stages().await {
        let reader = stage.local("reader").await;
        let (mut posts, mut actors) = (0, 0);
        for (name, document) in documents() {
            match Object::parse(&document) {
                Ok(Object::Actor(actor)) => {
                    let account = stage.absorb(&document).await;
                    let account = account.unwrap_or_else(|error| panic!("{name}: {error}"));
                    assert_eq!(account.actor_id, actor.id, "{name}");
                    assert!(!account.profile.bio_html.contains("<script"), "{name}");
                    actors += 1;
                }
                Ok(Object::Note(note)) => {
                    let author = note.attributed_to.to_string();
                    let whole = document.get("attributedTo").and_then(Value::as_str) == Some(&author);
                    if !whole || stage.account(&author).await.is_none() && !known(&stage, &author, &key).await
                    {
                        continue;
                    }
                    let account = stage.account(&author).await.unwrap();
                    stage.befriend(&reader, &account).await;
                    let pem = key.public().to_pem();
                    stage
                        .cx
                        .write(move |tx| {
                            Ok(store::key::keep_peer(
                                tx,
                                &format!("{}#test", account.actor_id),
                                account.id,
                                &pem,
                            )?)
                        })
                        .await
                        .unwrap();
                    let create = serde_json::json!({ "id": format!("{author}#{name}"), "type": "Create", "actor": author,
                        "object": document, "to": document["to"], "cc": document["cc"] });
                    let knocked =
                        stage.knock_with(&key, &format!("{author}#test"), &create, Scheme::Cavage).await;
                    assert_eq!(knocked, Ok(()), "{name}");
                    stage.settle().await;
                    let end = stage.end_of(&create).await;
                    assert!(!end.contains("internal") && !end.contains("the store failed"), "{name}: {end}");
                    if end == "processed" {
                        let post =
                            stage.find(&document).await.unwrap_or_else(|| panic!("{name} is not there"));
                        let html = &post.text.content_html;
                        assert!(!html.contains("<script") && !html.contains("<img"), "{name}: {html}");
                        posts += 1;
                    }
                }
                _ => (),
            }
        }
        println!("{posts} posts, {actors} actors");
    }
}
