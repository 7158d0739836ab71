//! Actors of peers change, go, and are not taken for others.

use crate::peer::{Peer, actor_document};
use crate::stage::{Remote, Stage, mention, stages};
use domain::{AccountState, Visibility};
use serde_json::{Value, json};
use service::{account, search};
use wire::key::SigningKey;
use wire::signature::Scheme;

fn document(actor: &Remote) -> Value {
    actor_document(&actor.id, &actor.key.public().to_pem())
}

/// X03
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_changes_its_own_profile() {
    for stage in stages().await {
        let bob = stage.remote("bob").await;
        let mut changed = document(&bob);
        changed["name"] = json!("Robert<script>");
        changed["summary"] = json!("<p onclick=x>bio<script>evil()</script></p>");
        changed["icon"] = json!({ "type": "Image", "url": "javascript:evil()" });
        changed["attachment"] =
            json!([{ "type": "PropertyValue", "name": "<i>site", "value": "<a href=javascript:x>y</a>" }]);
        stage.take(&bob, &bob.does("Update", &changed)).await;
        let account = stage.account(&bob.id).await.unwrap();
        assert_eq!(account.id, bob.account.id);
        assert!(account.profile.display_name.starts_with("Robert"));
        let all = format!("{:?}", account.profile);
        for bad in ["<script", "javascript:", "onclick"] {
            assert!(!all.contains(bad), "{bad}: {all}");
        }
    }
}

/// O06, O07, A16
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_changes_or_deletes_the_actor_of_another() {
    for stage in stages().await {
        let (local, alice, bob) =
            (stage.local("local").await, stage.remote("alice").await, stage.remote("bob").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        stage.befriend(&local, &alice.account).await;
        for liar in [&mallory, &bob] {
            let mut forged = document(&alice);
            forged["name"] = json!("forged");
            forged["inbox"] = json!(stage.evil.url("/caught"));
            forged["publicKey"]["publicKeyPem"] = json!(liar.key.public().to_pem());
            stage.shrug(liar, &liar.does("Update", &forged)).await;
            let mut as_alice = alice.does("Update", &forged);
            assert!(stage.knock(liar, &as_alice).await.is_err());
            as_alice["actor"] = json!(liar.id);
            stage.shrug(liar, &as_alice).await;
            for object in [json!(alice.id), document(&alice), json!({ "type": "Tombstone", "id": alice.id })]
            {
                stage.deliver(liar, &liar.does("Delete", &object)).await;
            }
            // The forger's server offers a document of hers, too.
            stage.evil.serve_at("/users/alice", &forged);
            stage.deliver(liar, &liar.does("Follow", &json!(stage.evil.url("/users/alice")))).await;
            assert!(
                stage
                    .knock_with(&liar.key, &alice.key_id, &alice.follows(&local), Scheme::Cavage)
                    .await
                    .is_err()
            );
            let stolen = format!("{}#main-key", stage.evil.url("/users/alice"));
            assert!(
                stage.knock_with(&liar.key, &stolen, &alice.follows(&local), Scheme::Cavage).await.is_err()
            );
        }
        let after = stage.account(&alice.id).await.unwrap();
        assert_eq!(
            (after.state, &after.profile, &after.home),
            (AccountState::Active, &alice.account.profile, &alice.account.home)
        );
        assert_eq!(stage.follows(&local, &alice.account).await, Some(true));
        stage.take(&alice, &alice.follows(&local)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_deletes_itself_and_is_swept_away() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        stage.befriend(&local, &bob.account).await;
        stage.take(&bob, &bob.follows(&local)).await;
        let ours = stage.post(&local, "ours", Visibility::Public).await;
        let mut note = bob.public_note("hello");
        mention(&mut note, &local);
        stage.take(&bob, &bob.creates(&note)).await;
        stage.take(&bob, &bob.does("Like", &json!(ours.object_id.as_str()))).await;
        stage.take(&bob, &bob.announces(ours.object_id.as_str())).await;
        stage.peer.gone("/users/bob");
        stage.take(&bob, &bob.does("Delete", &json!(bob.id))).await;
        assert_eq!(stage.account(&bob.id).await.unwrap().state, AccountState::Deleted);
        while stage.cx.write(service::leavings::sweep).await.unwrap() {}
        assert!(stage.find(&note).await.is_none());
        let counts = stage.counts(&ours).await;
        assert_eq!((counts.likes, counts.boosts), (0, 0));
        assert_eq!(stage.numbers(&local).await, (0, 0));
        assert!(stage.told(&local).await.is_empty());
        assert_eq!(stage.home(&local).await.len(), 1, "only the own post");

        // It does not come back, with whatever it says.
        stage.peer.serve(&document(&bob));
        let mut after = vec![
            bob.follows(&local),
            bob.does("Update", &document(&bob)),
            bob.creates(&bob.public_note("again")),
        ];
        after.push(bob.does("Delete", &json!(bob.id)));
        for activity in &after {
            if stage.knock(&bob, activity).await.is_ok() {
                stage.settle().await;
            }
        }
        assert_eq!(stage.account(&bob.id).await.unwrap().state, AccountState::Deleted);
        assert_eq!(stage.numbers(&local).await, (0, 0));
    }
}

/// A27
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn actors_that_were_never_here_are_not_fetched_to_be_forgotten() {
    for stage in stages().await {
        let key = SigningKey::generate_ed25519().unwrap();
        let deletes = (0..100).map(|n| {
            let id = stage.evil.url(&format!("/users/u{n}"));
            let delete = json!({ "id": format!("{id}#delete"), "type": "Delete", "actor": id, "object": id, "to": [crate::stage::PUBLIC] });
            let (stage, key) = (&stage, &key);
            async move { stage.knock_with(key, &format!("{id}#main-key"), &delete, Scheme::Cavage).await }
        });
        let answers = futures_util::future::join_all(deletes).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(stage.evil.asked(), 0);
    }
}

/// Capability P8.
/// A23, A24
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_key_is_learned_and_the_old_one_no_longer_counts() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        stage.take(&bob, &bob.follows(&local)).await;
        let new = Remote { key: SigningKey::generate_ed25519().unwrap(), ..bob.clone() };
        stage.peer.serve(&document(&new));
        stage.take(&new, &new.follows(&local)).await;
        assert_eq!(stage.peer.asked_for("/users/bob"), 1);
        assert!(stage.knock(&bob, &bob.follows(&local)).await.is_err());

        // The same by an Update, which brings the key with it.
        let newest = Remote { key: SigningKey::generate_ed25519().unwrap(), ..bob.clone() };
        stage.take(&new, &new.does("Update", &document(&newest))).await;
        stage.peer.serve(&document(&newest));
        stage.take(&newest, &newest.follows(&local)).await;
        assert!(stage.knock(&new, &new.follows(&local)).await.is_err());
    }
}

/// A26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_fails_is_not_fetched_each_time() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        let wrong = SigningKey::generate_ed25519().unwrap();
        for _ in 0..20 {
            assert!(
                stage.knock_with(&wrong, &bob.key_id, &bob.follows(&local), Scheme::Cavage).await.is_err()
            );
        }
        assert!(stage.peer.asked_for("/users/bob") <= 3, "{}", stage.peer.asked());
        let missing = stage.evil.url("/users/nobody");
        let follow = json!({ "id": format!("{missing}/f"), "type": "Follow", "actor": missing, "object": local.actor_id.as_str() });
        for _ in 0..20 {
            let knocked =
                stage.knock_with(&wrong, &format!("{missing}#main-key"), &follow, Scheme::Cavage).await;
            assert!(knocked.is_err());
        }
        assert!(stage.evil.asked_for("/users/nobody") <= 3, "{}", stage.evil.asked());
    }
}

/// A17, A18
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_actor_document_counts_only_as_activity_json_from_its_own_origin() {
    for stage in stages().await {
        let local = stage.local("local").await;
        for (n, content_type) in
            ["text/html", "text/plain", "application/octet-stream", "image/png", "application/json"]
                .iter()
                .enumerate()
        {
            let key = SigningKey::generate_ed25519().unwrap();
            let id = stage.evil.url(&format!("/users/u{n}"));
            let document = actor_document(&id, &key.public().to_pem());
            stage.evil.answer(&format!("/users/u{n}"), 200, content_type, &document.to_string());
            let follow = json!({ "id": format!("{id}/f"), "type": "Follow", "actor": id, "object": local.actor_id.as_str() });
            assert!(
                stage.knock_with(&key, &format!("{id}#main-key"), &follow, Scheme::Cavage).await.is_err()
            );
            assert!(stage.account(&id).await.is_none(), "{content_type}");
        }
        let ours = actor_document(local.actor_id.as_str(), "x");
        assert!(stage.absorb(&ours).await.is_err(), "an actor of ours is nobody else's to describe");
    }
}

/// A15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_counts_only_where_its_owner_lists_it() {
    for stage in stages().await {
        let (local, alice) = (stage.local("local").await, stage.remote("alice").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        let pem = mallory.key.public().to_pem();
        let id = stage.evil.url("/keys/1");
        let bare = json!({ "@context": "https://w3id.org/security/v1", "id": id, "type": "Key", "owner": alice.id, "publicKeyPem": pem });
        stage.evil.serve(&bare);
        assert!(stage.knock_with(&mallory.key, &id, &alice.follows(&local), Scheme::Cavage).await.is_err());
        let shaped = stage.evil.url("/keys/2");
        let mut actor = actor_document(&shaped, &pem);
        actor["publicKey"]["owner"] = json!(alice.id);
        stage.evil.serve(&actor);
        let key_id = format!("{shaped}#main-key");
        assert!(
            stage.knock_with(&mallory.key, &key_id, &alice.follows(&local), Scheme::Cavage).await.is_err()
        );
        assert_eq!(stage.follows(&alice.account, &local).await, None);
    }
}

/// Capability P8, H3.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_actor_is_learned_when_it_knocks() {
    for stage in stages().await {
        let local = stage.local("local").await;
        let (id, key) = Stage::stranger(&stage.peer, "carol");
        let follow = json!({ "id": format!("{id}/f"), "type": "Follow", "actor": id, "object": local.actor_id.as_str() });
        for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
            stage.knock_with(&key, &format!("{id}#main-key"), &follow, scheme).await.unwrap();
            stage.settle().await;
        }
        let carol = stage.account(&id).await.unwrap();
        assert_eq!(stage.follows(&carol, &local).await, Some(true));
        assert_eq!(stage.peer.asked_for("/users/carol"), 1);
    }
}

/// Has a domain lead from a name to an actor, and answers with the handle.
fn leads(domain: &Peer, name: &str, subject: &str, actor: &str) -> String {
    let host = domain.url("").replace("http://", "");
    let resource = format!("acct%3A{name}%40{}", host.replace(':', "%3A"));
    let jrd = json!({
        "subject": format!("acct:{subject}"),
        "aliases": ["https://elsewhere.example/about", actor],
        "links": [{ "rel": "self", "type": "application/activity+json", "href": actor }],
    });
    let path = format!("/.well-known/webfinger?resource={resource}");
    domain.answer(&path, 200, "application/jrd+json", &jrd.to_string());
    format!("{name}@{host}")
}

/// Capability W5.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_of_another_domain_leads_to_the_same_account_under_its_own_name() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        let home = bob.account.handle.to_string();
        assert_eq!(leads(&stage.peer, "bob", &home, &bob.id), home);
        // Some domains name the alias as the handle, others the one at home.
        let alias = leads(&stage.evil, "b", "b@alias.example", &bob.id);
        let own = format!("x@{}", alias.split('@').next_back().unwrap());
        for asked in
            [alias.clone(), leads(&stage.evil, "y", &home, &bob.id), leads(&stage.evil, "x", &own, &bob.id)]
        {
            for typed in [format!("@{asked}"), format!("acct:{asked}")] {
                let found = search::resolve(&stage.cx, None, &typed, true).await.unwrap();
                assert_eq!(found, Some(search::Found::Account(bob.account.id)), "{typed}");
            }
        }
        assert_eq!(stage.account(&bob.id).await.unwrap().handle, bob.account.handle, "no domain renames it");

        let ours = leads(
            &stage.evil,
            "ours",
            &format!("ours@{}", stage.evil.url("").replace("http://", "")),
            local.actor_id.as_str(),
        );
        let found = search::resolve(&stage.cx, None, &format!("@{ours}"), true).await.unwrap();
        assert_eq!(found, Some(search::Found::Account(local.id)));
        assert_eq!(stage.account(local.actor_id.as_str()).await.unwrap().handle, local.handle);
    }
}

/// Capability W5.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handle_on_another_domain_than_the_actor_is_taken_where_the_actors_host_names_it() {
    for stage in stages().await {
        let (id, _) = Stage::stranger(&stage.peer, "carol");
        let host = |peer: &Peer| peer.url("").replace("http://", "");
        let wanted = format!("carol@{}", host(&stage.evil));
        leads(&stage.evil, "carol", &wanted, &id);
        leads(&stage.peer, "carol", &wanted, &id);
        for typed in [format!("@{wanted}"), format!("@carol@{}", host(&stage.peer))] {
            let found = search::resolve(&stage.cx, None, &typed, true).await.unwrap();
            let carol = stage.account(&id).await.unwrap();
            assert_eq!(found, Some(search::Found::Account(carol.id)), "{typed}");
            assert_eq!(carol.handle.to_string(), wanted);
        }
    }
}

/// N13
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_given_once() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&bob.account, &alice).await;
        let post = stage.post(&alice, "hello", Visibility::Public).await;
        let id = alice.id;
        stage.cx.write(move |tx| account::delete_local(tx, id)).await.unwrap();
        while stage.cx.write(service::leavings::sweep).await.unwrap() {}
        let (delete, create) = (stage.only_sent("Delete").await, stage.sent("Create").await.remove(0));
        stage.inboxes(create.message.id).await;
        assert_eq!(delete.json["object"], alice.actor_id.as_str());
        assert_eq!(
            stage.inboxes(delete.message.id).await,
            [stage.peer.url("/inbox")],
            "its followers are told"
        );
        while stage.cx.write(service::leavings::sweep).await.unwrap() {}
        assert!(stage.find(&json!(post.object_id.as_str())).await.is_none());
        for name in ["alice", "ALICE", "Alice"] {
            let new = account::NewAccount {
                name: name.into(),
                kind: domain::AccountKind::Person,
                display_name: String::new(),
            };
            let (rsa, ed25519) =
                (service::keys::Pair::ed25519().unwrap(), service::keys::Pair::ed25519().unwrap());
            let made = stage.cx.write(move |tx| account::create_local(tx, &new, Some(&rsa), &ed25519)).await;
            assert!(matches!(made, Err(service::Error::Invalid { .. })), "{name}: {made:?}");
        }
        stage.shrug(&bob, &bob.follows(&alice)).await;
    }
}

/// D17
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_giant_profile_is_cut() {
    for stage in stages().await {
        let id = stage.peer.url("/users/giant");
        let mut document = actor_document(&id, "none");
        document["name"] = json!("n".repeat(1 << 20));
        document["summary"] = json!("s".repeat(1 << 20));
        document["attachment"] = (0..2000)
            .map(|n| json!({ "type": "PropertyValue", "name": n.to_string(), "value": "v" }))
            .collect();
        document["alsoKnownAs"] = (0..5000).map(|n| json!(format!("https://x.example/{n}"))).collect();
        let account = stage.absorb(&document).await.unwrap();
        assert!(account.profile.display_name.len() < 20_000, "{}", account.profile.display_name.len());
        assert!(account.profile.bio_html.len() < 300_000, "{}", account.profile.bio_html.len());
        assert!(account.profile.fields.len() <= 32 && account.also_known_as.len() <= 100);
    }
}
