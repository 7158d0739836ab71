//! Peers that are built otherwise: names, documents and inboxes on hosts of
//! their own, documents for whoever signs only, and bots.

use domain::user::{Role, Scopes};
use domain::{AccountKind, Host};
use serde_json::{Value, json};
use testkit::peer::Answer;
use testkit::{Peer, Person, Setup, TestServer, eventually};

/// What a search for an account shows.
async fn search(server: &TestServer, person: &Person, what: &str) -> Value {
    let path = format!("/api/v2/search?resolve=true&type=accounts&q={what}");
    let found = server.api_get(person, &path).await;
    assert_eq!(found["accounts"].as_array().unwrap().len(), 1, "{what}: {found}");
    found["accounts"][0].clone()
}

/// The client API's id of an account elsewhere.
async fn account(server: &TestServer, person: &Person, what: &str) -> String {
    search(server, person, what).await["id"].as_str().unwrap().to_owned()
}

async fn relationship(server: &TestServer, person: &Person, id: &str) -> Value {
    server.api_get(person, &format!("/api/v1/accounts/relationships?id[]={id}")).await[0].clone()
}

async fn is_followed(server: &TestServer, person: &Person, id: &str) {
    eventually("the follow is accepted", || async {
        (relationship(server, person, id).await["following"] == true).then_some(())
    })
    .await;
}

/// A post is in the home of a person.
async fn is_home(server: &TestServer, person: &Person, note: &Value) {
    let wanted = note["id"].as_str().unwrap();
    let post = eventually("the post", || server.post(wanted)).await;
    eventually("the post in home", || async { server.home(person).await.contains(&post.id).then_some(()) })
        .await;
}

/// Capability W5.
#[tokio::test]
async fn handles_may_be_of_another_domain_than_the_server() {
    let domain = Peer::start().await;
    let host = Host::parse(&domain.address.to_string()).unwrap();
    let setup = Setup::default().with(move |settings| settings.handle_domain = Some(host.clone()));
    for setup in [setup.clone(), setup.on_postgres()] {
        let Some(server) = TestServer::start_with(setup).await else { continue };
        let alice = server.create("alice").await;
        let handle = format!("alice@{}", domain.address);
        let at_origin = format!("alice@{}", server.origin.trim_start_matches("http://"));
        let finger = |handle: &str| {
            format!(
                "/.well-known/webfinger?resource=acct%3A{}",
                handle.replace('@', "%40").replace(':', "%3A")
            )
        };
        for asked in [&handle, &at_origin] {
            // As the domain passes it on, with its own name or with the server's.
            for host in [domain.address.to_string(), at_origin.replace("alice@", "")] {
                let request = http::Request::get(server.url(&finger(asked))).header("host", &host);
                let reply = server.http.send(request.body(bytes::Bytes::new()).unwrap()).await;
                assert_eq!(reply.code(), 200, "{asked} at {host}: {}", reply.text());
                assert_eq!(reply.json()["subject"], format!("acct:{handle}"), "{asked} at {host}");
                assert_eq!(reply.json()["links"][1]["href"], alice.id());
            }
        }
        domain.answer(&finger(&handle), Answer::redirect(&server.url(&finger(&handle))));

        let other = TestServer::start().await;
        let bob = other.create("bob").await;
        let first = search(&other, &bob, &format!("@{handle}")).await;
        assert_eq!((&first["acct"], &first["uri"]), (&json!(handle), &json!(alice.id())));
        for again in [format!("@{at_origin}"), alice.id().to_owned(), server.url("/@alice")] {
            assert_eq!(search(&other, &bob, &again).await["id"], first["id"], "{again}");
        }
        let id = first["id"].as_str().unwrap();
        other.api_post(&bob, &format!("/api/v1/accounts/{id}/follow"), &json!({})).await;
        is_followed(&other, &bob, id).await;
    }
}

/// Capability P10.
#[tokio::test]
async fn an_actor_of_a_static_site_has_its_inbox_on_another_host() {
    for server in TestServer::on_each_database().await {
        let (alice, site, service) = (server.create("alice").await, Peer::start().await, Peer::start().await);
        site.add("me");
        let id = site.url("/about.jsonld");
        let mut signer = site.signer("me");
        signer.key_id = format!("{id}#main-key");
        let mut actor = site.actor("me");
        actor["id"] = json!(id);
        actor["publicKey"]["id"] = json!(signer.key_id);
        actor["publicKey"]["owner"] = json!(id);
        actor["outbox"] = json!(site.url("/outbox.jsonld"));
        let inbox = service.url("/v1/@me@site/inbox");
        actor["inbox"] = json!(inbox);
        for part in ["followers", "following"] {
            actor[part] = json!(service.url(&format!("/v1/@me@site/{part}")));
        }
        actor.as_object_mut().unwrap().remove("endpoints");
        site.serve(&actor);
        let send = async |activity: &Value| {
            let letter = site.letter("me", &server.url("/inbox"), activity).signer(signer.clone());
            let reply = letter.send().await;
            assert_eq!(reply.code(), 202, "{}", reply.text());
        };
        let activity = |n: u32, kind: &str, object: &Value| {
            json!({ "@context": "https://www.w3.org/ns/activitystreams", "id": site.url(&format!("/{n}.jsonld")),
                "type": kind, "actor": id, "object": object })
        };

        let followed = account(&server, &alice, &id).await;
        server.api_post(&alice, &format!("/api/v1/accounts/{followed}/follow"), &json!({})).await;
        let asked = service.receives("Follow").await;
        assert_eq!(
            (asked.path.as_str(), asked.signed_by),
            ("/v1/@me@site/inbox", Ok(format!("{}#main-key", alice.id())))
        );
        send(&activity(1, "Accept", &asked.json)).await;
        is_followed(&server, &alice, &followed).await;

        let followers = actor["followers"].clone();
        let note = json!({ "id": site.url("/posts/1.jsonld"), "type": "Note", "attributedTo": id, "content": "<p>hello</p>",
            "to": ["https://www.w3.org/ns/activitystreams#Public"], "cc": [followers] });
        let mut create = activity(2, "Create", &note);
        create["to"] = note["to"].clone();
        create["cc"] = note["cc"].clone();
        send(&create).await;
        is_home(&server, &alice, &note).await;
        let hidden = json!({ "id": site.url("/posts/2.jsonld"), "type": "Note", "attributedTo": id, "content": "<p>for followers</p>",
            "to": [followers] });
        let mut create = activity(3, "Create", &hidden);
        create["to"] = hidden["to"].clone();
        send(&create).await;
        is_home(&server, &alice, &hidden).await;
        let post = server.post(hidden["id"].as_str().unwrap()).await.unwrap();
        assert_eq!(post.visibility, domain::Visibility::Followers, "its followers are there, too");

        send(&activity(4, "Follow", &json!(alice.id()))).await;
        assert_eq!(service.receives("Accept").await.path, "/v1/@me@site/inbox");
        server.api_post(&alice, "/api/v1/statuses", &json!({ "status": "to the site" })).await;
        let received = service.receives("Create").await;
        assert_eq!(
            (received.path.as_str(), received.signed_by),
            ("/v1/@me@site/inbox", Ok(format!("{}#main-key", alice.id())))
        );
        assert!(site.received().is_empty(), "{}", server.database());
    }
}

/// Capability H5.
#[tokio::test]
async fn a_peer_that_answers_signed_requests_only_is_followed_and_its_boosts_are_read() {
    for server in TestServer::on_each_database().await {
        let (alice, peer, other) = (server.create("alice").await, Peer::start().await, Peer::start().await);
        let bob = peer.add("bob");
        other.add("carol");
        for closed in [&peer, &other] {
            closed.answer_signed_only();
        }
        assert_eq!(server.http.get(&bob, "application/activity+json").await.code(), 401);
        let id = account(&server, &alice, &bob).await;
        server.api_post(&alice, &format!("/api/v1/accounts/{id}/follow"), &json!({})).await;
        let asked = peer.receives("Follow").await;
        let accept = peer.activity("bob", 1, "Accept", &asked.json);
        assert_eq!(peer.post("bob", &server.url("/inbox"), &accept).await.code(), 202);
        is_followed(&server, &alice, &id).await;

        let note = other.note("carol", 1, "hello", &[]);
        other.serve(&note);
        let mut announce = peer.activity("bob", 2, "Announce", &note["id"]);
        announce["to"] = json!(["https://www.w3.org/ns/activitystreams#Public"]);
        assert_eq!(peer.post("bob", &server.url("/inbox"), &announce).await.code(), 202);
        is_home(&server, &alice, &note).await;
        let shown = server.api_get(&alice, "/api/v1/timelines/home").await;
        assert_eq!(shown[0]["reblog"]["account"]["uri"], other.id("carol"), "{}", server.database());
        // Who is not known yet and knocks is asked for by a signed request, too.
        peer.add("dave");
        let follow = peer.activity("dave", 3, "Follow", &json!(alice.id()));
        assert_eq!(peer.post("dave", &alice.inbox(), &follow).await.code(), 202);
        assert_eq!(peer.receives("Accept").await.path, "/users/dave/inbox");
    }
}

/// A bot with a token and without a password.
async fn bot(server: &TestServer, name: &str) -> Person {
    let user = service::user::NewUser {
        name: name.to_owned(),
        kind: AccountKind::Service,
        display_name: String::new(),
        email: None,
        password: None,
        role: Role::Member,
    };
    let (_, account) = service::user::create(server.cx(), user).await.unwrap();
    let (name, scopes) = (name.to_owned(), Scopes::parse("read write").unwrap());
    let token = server.cx().write(move |tx| service::oauth::create_token(tx, &name, &scopes)).await.unwrap();
    Person { account, token: token.text }
}

/// Capability B7.
#[tokio::test]
async fn a_bot_is_a_service_whose_posts_and_boosts_reach_its_followers() {
    for server in TestServer::on_each_database().await {
        let (news, alice, peer) =
            (bot(&server, "news").await, server.create("alice").await, Peer::start().await);
        let actor = server.document(news.id()).await.json();
        assert_eq!((&actor["type"], &actor["preferredUsername"]), (&json!("Service"), &json!("news")));
        let shown = server.api_get(&alice, "/api/v1/accounts/lookup?acct=news").await;
        assert_eq!(shown["bot"], true);

        peer.add("bob");
        let follow = peer.activity("bob", 1, "Follow", &json!(news.id()));
        assert_eq!(peer.post("bob", &news.inbox(), &follow).await.code(), 202);
        peer.receives("Accept").await;
        let item = json!({ "status": "Owls seen again https://news.example/owls" });
        let post = server.api_post(&news, "/api/v1/statuses", &item).await;
        let create = peer.receives("Create").await;
        assert_eq!(create.signed_by, Ok(format!("{}#main-key", news.id())));
        assert_eq!((&create.json["actor"], &create.json["object"]["id"]), (&json!(news.id()), &post["uri"]));
        let theirs = server.api_post(&alice, "/api/v1/statuses", &json!({ "status": "an owl!" })).await;
        let path = format!("/api/v1/statuses/{}/reblog", theirs["id"].as_str().unwrap());
        server.api_post(&news, &path, &json!({})).await;
        let announce = peer.receives("Announce").await;
        assert_eq!(
            (&announce.json["actor"], &announce.json["object"]),
            (&json!(news.id()), &theirs["uri"]),
            "{}",
            server.database()
        );
    }
}
