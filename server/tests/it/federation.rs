//! Two servers, one of them played: what is done on one side is seen on the other.

use serde_json::{Value, json};
use testkit::peer::Answer;
use testkit::{Peer, Person, TestServer, eventually};

/// The client API's id of an account elsewhere.
async fn account(server: &TestServer, person: &Person, id: &str) -> String {
    let path = format!("/api/v2/search?resolve=true&type=accounts&q={id}");
    let found = server.api_get(person, &path).await;
    found["accounts"][0]["id"].as_str().unwrap_or_else(|| panic!("{id} is not found: {found}")).to_owned()
}

/// Bob follows alice, and is accepted.
async fn follow(server: &TestServer, peer: &Peer, name: &str, alice: &Person) -> Value {
    let follow = peer.activity(name, 1, "Follow", &json!(alice.id()));
    assert_eq!(peer.post(name, &alice.inbox(), &follow).await.code(), 202);
    let accept = peer.receives("Accept").await;
    assert_eq!(accept.json["object"]["id"], follow["id"], "{}", server.database());
    follow
}

async fn publish(server: &TestServer, person: &Person, text: &str, visibility: &str) -> Value {
    let draft = json!({ "status": text, "visibility": visibility });
    server.api_post(person, "/api/v1/statuses", &draft).await
}

/// Ids in a home timeline.
async fn home(server: &TestServer, person: &Person) -> Vec<String> {
    let home = server.api_get(person, "/api/v1/timelines/home").await;
    home.as_array().unwrap().iter().map(|status| status["uri"].as_str().unwrap().to_owned()).collect()
}

/// Capability H1.
#[tokio::test]
async fn a_follow_is_answered_with_a_signed_accept() {
    for server in TestServer::on_each_database().await {
        let (alice, peer) = (server.create("alice").await, Peer::start().await);
        peer.add("bob");
        follow(&server, &peer, "bob", &alice).await;
        let accept = peer.receives("Accept").await;
        assert_eq!(accept.signed_by, Ok(format!("{}#main-key", alice.id())));
        assert_eq!(accept.path, "/users/bob/inbox");
        assert_eq!(accept.json["actor"], alice.id());
        let followers = server.document(&format!("{}/followers", alice.id())).await.json();
        assert_eq!(followers["totalItems"], 1);
        let told = server.api_get(&alice, "/api/v1/notifications").await;
        assert_eq!(
            (&told[0]["type"], &told[0]["account"]["uri"]),
            (&json!("follow"), &json!(peer.id("bob")))
        );
    }
}

#[tokio::test]
async fn a_follow_that_comes_again_is_answered_again_and_counts_once() {
    let server = TestServer::start().await;
    let (alice, peer) = (server.create("alice").await, Peer::start().await);
    peer.add("bob");
    let first = follow(&server, &peer, "bob", &alice).await;
    assert_eq!(peer.post("bob", &alice.inbox(), &first).await.code(), 202);
    eventually("a second Accept", || async { (peer.received().len() == 2).then_some(()) }).await;
    let followers = server.document(&format!("{}/followers", alice.id())).await.json();
    assert_eq!(followers["totalItems"], 1);
    assert_eq!(server.api_get(&alice, "/api/v1/notifications").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_post_of_whom_we_follow_enters_home() {
    for server in TestServer::on_each_database().await {
        let (alice, peer) = (server.create("alice").await, Peer::start().await);
        let bob = peer.add("bob");
        let id = account(&server, &alice, &bob).await;
        server.api_post(&alice, &format!("/api/v1/accounts/{id}/follow"), &json!({})).await;
        let asked = peer.receives("Follow").await;
        assert_eq!(asked.signed_by, Ok(format!("{}#main-key", alice.id())));
        let accept = peer.activity("bob", 2, "Accept", &asked.json);
        assert_eq!(peer.post("bob", &server.url("/inbox"), &accept).await.code(), 202);
        let relation = format!("/api/v1/accounts/relationships?id[]={id}");
        eventually("the follow is accepted", || async {
            (server.api_get(&alice, &relation).await[0]["following"] == true).then_some(())
        })
        .await;
        let note = peer.note("bob", 1, "hello", &[]);
        assert_eq!(peer.post("bob", &server.url("/inbox"), &peer.create("bob", &note)).await.code(), 202);
        let wanted = note["id"].as_str().unwrap().to_owned();
        eventually("the post in home", || async {
            home(&server, &alice).await.contains(&wanted).then_some(())
        })
        .await;

        let stranger = peer.note("bob", 2, "<script>alert(1)</script><b onclick=x>bold</b>", &[]);
        assert_eq!(peer.post("bob", &server.url("/inbox"), &peer.create("bob", &stranger)).await.code(), 202);
        let second = stranger["id"].as_str().unwrap().to_owned();
        eventually("the second post", || async {
            home(&server, &alice).await.contains(&second).then_some(())
        })
        .await;
        let shown =
            server.api_get(&alice, "/api/v1/timelines/home").await[0]["content"].as_str().unwrap().to_owned();
        assert!(!shown.contains("script") && !shown.contains("onclick"), "{shown}");
    }
}

/// Capability N7.
#[tokio::test]
async fn a_post_reaches_followers_once_for_each_shared_inbox() {
    for server in TestServer::on_each_database().await {
        let (alice, peer) = (server.create("alice").await, Peer::start().await);
        for name in ["bob", "carol"] {
            peer.add(name);
            let follow = peer.activity(name, 1, "Follow", &json!(alice.id()));
            assert_eq!(peer.post(name, &alice.inbox(), &follow).await.code(), 202);
        }
        eventually("both are accepted", || async { (peer.received().len() == 2).then_some(()) }).await;
        let post = publish(&server, &alice, "to all of you", "public").await;
        let create = peer.receives("Create").await;
        assert_eq!(create.signed_by, Ok(format!("{}#main-key", alice.id())));
        assert_eq!((create.path.as_str(), &create.json["object"]["id"]), ("/inbox", &post["uri"]));
        // What is sent later arrives later: then a second copy would have come.
        let gone = server
            .api(&alice, "DELETE", &format!("/api/v1/statuses/{}", post["id"].as_str().unwrap()), None)
            .await;
        assert_eq!(gone.code(), 200);
        let delete = peer.receives("Delete").await;
        assert!(delete.signed_by.is_ok());
        let creates = peer.received().iter().filter(|received| received.kind() == "Create").count();
        assert_eq!(creates, 1, "{}", server.database());
        assert_eq!(server.document(post["uri"].as_str().unwrap()).await.code(), 410);
    }
}

/// Capability N6.
#[tokio::test]
async fn p04_a_followers_only_post_goes_to_followers_and_a_direct_one_to_whom_it_names() {
    let server = TestServer::start().await;
    let (alice, fan, stranger) = (server.create("alice").await, Peer::start().await, Peer::start().await);
    fan.add("bob");
    stranger.add("eve");
    follow(&server, &fan, "bob", &alice).await;
    account(&server, &alice, &stranger.id("eve")).await;
    publish(&server, &alice, "for followers", "private").await;
    let handle = format!("@eve@{}", stranger.address);
    publish(&server, &alice, &format!("{handle} for you alone"), "direct").await;
    let direct = stranger.receives("Create").await;
    assert!(direct.json.to_string().contains("for you alone"));
    assert!(!direct.json.to_string().contains("#Public") && direct.json.get("bto").is_none());
    let private = fan.receives("Create").await;
    assert!(
        private.json.to_string().contains("for followers") && !private.json.to_string().contains("#Public")
    );
    let words =
        |peer: &Peer| peer.received().iter().map(|received| received.json.to_string()).collect::<String>();
    assert!(!words(&fan).contains("for you alone") && !words(&stranger).contains("for followers"));
}

#[tokio::test]
async fn o05_o08_only_whom_it_concerns_may_change_a_thing() {
    let server = TestServer::start().await;
    let (alice, peer, evil) = (server.create("alice").await, Peer::start().await, Peer::start().await);
    peer.add("bob");
    peer.add("mallory");
    evil.add("mallory");
    let followed = follow(&server, &peer, "bob", &alice).await;
    let note = peer.note("bob", 1, "the truth", &[alice.id()]);
    let note_id = note["id"].as_str().unwrap().to_owned();
    assert_eq!(peer.post("bob", &alice.inbox(), &peer.create("bob", &note)).await.code(), 202);
    eventually("the post", || server.post(&note_id)).await;
    let mut number = 10;
    for (attacker, name) in [(&peer, "mallory"), (&evil, "mallory")] {
        let mut lie = note.clone();
        lie["content"] = json!("a lie");
        lie["updated"] = json!("2027-01-01T00:00:00Z");
        let mut undone = followed.clone();
        undone["actor"] = json!(attacker.id(name));
        for (kind, object) in [
            ("Update", lie),
            ("Delete", note["id"].clone()),
            ("Delete", json!({ "type": "Tombstone", "id": note["id"] })),
            ("Delete", json!(peer.id("bob"))),
            ("Undo", followed.clone()),
            ("Undo", followed["id"].clone()),
            ("Undo", undone),
        ] {
            number += 1;
            let activity = attacker.activity(name, number, kind, &object);
            let code = attacker.post(name, &server.url("/inbox"), &activity).await.code();
            assert!((200..500).contains(&code), "{kind}: {code}");
        }
    }
    eventually("all of it was looked at", || async {
        let log = server.log().await;
        log.iter().all(|line| line.state != domain::message::MessageState::Waiting).then_some(())
    })
    .await;
    assert!(server.post(&note_id).await.unwrap().text.content_html.contains("the truth"));
    assert_eq!(server.document(&format!("{}/followers", alice.id())).await.json()["totalItems"], 1);
}

#[tokio::test]
async fn o11_a_move_moves_nobody_and_is_written_on_nobody() {
    let server = TestServer::start().await;
    let (alice, peer, evil) = (server.create("alice").await, Peer::start().await, Peer::start().await);
    let bob = peer.add("bob");
    let mallory = evil.add("mallory");
    let id = account(&server, &alice, &bob).await;
    server.api_post(&alice, &format!("/api/v1/accounts/{id}/follow"), &json!({})).await;
    let asked = peer.receives("Follow").await;
    let accept = peer.activity("bob", 2, "Accept", &asked.json);
    assert_eq!(peer.post("bob", &server.url("/inbox"), &accept).await.code(), 202);
    let mut stolen = evil.activity("mallory", 3, "Move", &json!(bob));
    stolen["target"] = json!(mallory);
    let mut without_consent = peer.activity("bob", 4, "Move", &json!(bob));
    without_consent["target"] = json!(mallory);
    let mut ours = evil.activity("mallory", 5, "Move", &json!(alice.id()));
    ours["target"] = json!(mallory);
    for (sender, name, moved) in
        [(&evil, "mallory", &stolen), (&peer, "bob", &without_consent), (&evil, "mallory", &ours)]
    {
        let code = sender.post(name, &server.url("/inbox"), moved).await.code();
        assert!((200..500).contains(&code), "{code}");
    }
    all_was_looked_at(&server).await;
    let relation = server.api_get(&alice, &format!("/api/v1/accounts/relationships?id[]={id}")).await;
    assert_eq!(relation[0]["following"], true);
    assert!(server.api_get(&alice, &format!("/api/v1/accounts/{id}")).await["moved"].is_null());
    assert!(server.api_get(&alice, "/api/v1/accounts/verify_credentials").await["moved"].is_null());
    assert!(evil.received().iter().all(|received| received.kind() != "Follow"));
}

/// Waits until nothing waits.
async fn all_was_looked_at(server: &TestServer) {
    eventually("all of it was looked at", || async {
        let log = server.log().await;
        log.iter().all(|line| line.state != domain::message::MessageState::Waiting).then_some(())
    })
    .await;
}

#[tokio::test]
async fn o14_an_inbox_on_another_host_cannot_be_made_to_hear_more_and_more() {
    let server = TestServer::start().await;
    let (alice, evil, victim) = (server.create("alice").await, Peer::start().await, Peer::start().await);
    let key = evil.add("first");
    drop(key);
    let key = evil.signer("first").key;
    for number in 0..10 {
        let name = format!("x{number}");
        evil.add_with_key(&name, key.clone());
        let mut actor = evil.actor(&name);
        actor["inbox"] = json!(victim.url(&format!("/{name}/inbox")));
        actor["endpoints"] = json!({ "sharedInbox": victim.url("/inbox") });
        evil.serve(&actor);
        let follow = evil.activity(&name, 1, "Follow", &json!(alice.id()));
        assert_eq!(evil.post(&name, &alice.inbox(), &follow).await.code(), 202);
    }
    eventually("an Accept each", || async { (victim.received().len() >= 10).then_some(()) }).await;
    for number in 0..5 {
        publish(&server, &alice, &format!("number {number}"), "public").await;
    }
    eventually("the last post", || async {
        let got = victim.received();
        got.iter().any(|it| it.json.to_string().contains("number 4")).then_some(())
    })
    .await;
    let creates = victim.received().iter().filter(|it| it.kind() == "Create").count();
    assert_eq!(creates, 5, "one for each post, however many say that they live there");
}

#[tokio::test]
async fn d07_endless_pages_of_replies_are_not_walked() {
    let server = TestServer::start().await;
    let (alice, peer) = (server.create("alice").await, Peer::start().await);
    peer.add("bob");
    let mut note = peer.note("bob", 1, "and they all answered", &[alice.id()]);
    let page = |number: u32| peer.url(&format!("/users/bob/notes/1/replies/{number}"));
    note["replies"] = json!({ "id": page(0), "type": "Collection", "first": page(1) });
    for number in 0..300 {
        peer.serve(&json!({
            "id": page(number),
            "type": "CollectionPage",
            "partOf": page(0),
            "next": page(number + 1),
            "items": [peer.url(&format!("/users/bob/notes/{}", 1000 + number))],
        }));
    }
    peer.serve(&note);
    assert_eq!(peer.post("bob", &alice.inbox(), &peer.create("bob", &note)).await.code(), 202);
    let id = note["id"].as_str().unwrap();
    eventually("the post", || server.post(id)).await;
    let found = server.api_get(&alice, &format!("/api/v2/search?resolve=true&q={id}")).await;
    let status = found["statuses"][0]["id"].as_str().unwrap().to_owned();
    server.api_get(&alice, &format!("/api/v1/statuses/{status}/context")).await;
    all_was_looked_at(&server).await;
    assert!(peer.requests() <= 20, "{}", peer.requests());
}

#[tokio::test]
async fn n09_a_quote_is_never_shown_as_one_that_was_allowed() {
    let server = TestServer::start().await;
    let (alice, peer, evil) = (server.create("alice").await, Peer::start().await, Peer::start().await);
    peer.add("bob");
    evil.add("mallory");
    let quoted = server.api_post(&alice, "/api/v1/statuses", &json!({ "status": "my words" })).await;
    let uri = quoted["uri"].clone();
    let stamp = json!({
        "id": evil.url("/stamps/1"),
        "type": "QuoteAuthorization",
        "attributedTo": alice.id(),
        "interactingObject": format!("{}/notes/1", peer.id("bob")),
        "interactionTarget": uri,
    });
    evil.serve(&stamp);
    let members = ["quote", "quoteUrl", "quoteUri", "_misskey_quote"];
    for (number, member) in (1_u32..).zip(members) {
        for (offset, authorization) in
            [(0, stamp["id"].clone()), (10, json!(evil.url("/none"))), (20, Value::Null)]
        {
            let mut note = peer.note("bob", number + offset, "look at that", &[alice.id()]);
            note[member] = uri.clone();
            note["quoteAuthorization"] = authorization;
            note["tag"].as_array_mut().unwrap().push(json!({
                "type": "Link",
                "mediaType": "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"",
                "href": uri,
            }));
            assert_eq!(peer.post("bob", &alice.inbox(), &peer.create("bob", &note)).await.code(), 202);
            eventually("the post", || server.post(note["id"].as_str().unwrap())).await;
        }
    }
    let told = server.api_get(&alice, "/api/v1/notifications?limit=80").await;
    let told = told.as_array().unwrap();
    assert_eq!(told.len(), 12);
    for notification in told {
        assert_eq!(notification["type"], "mention");
        let status = &notification["status"];
        assert!(status["quote"].is_null() || status["quote"]["state"] != "accepted", "{status}");
        assert!(!status["content"].as_str().unwrap().contains("my words"), "{status}");
    }
    assert_eq!(
        server.api_get(&alice, &format!("/api/v1/statuses/{}", quoted["id"].as_str().unwrap())).await["reblogs_count"],
        0
    );
}

#[tokio::test]
async fn a16_a17_a18_only_the_origin_of_an_actor_says_who_it_is() {
    let server = TestServer::start().await;
    let (alice, victim, evil) = (server.create("alice").await, Peer::start().await, Peer::start().await);
    victim.add("bob");
    evil.add("bob");
    let forged = {
        let mut actor = evil.actor("bob");
        actor["id"] = json!(victim.id("bob"));
        actor["publicKey"]["owner"] = json!(victim.id("bob"));
        actor["name"] = json!("Not Bob");
        actor
    };
    evil.answer("/forged", Answer::document(&forged));
    victim.answer("/elsewhere", Answer::redirect(&evil.url("/forged")));
    for (case, at) in [("A16", evil.url("/forged")), ("A18", victim.url("/elsewhere"))] {
        let mut signer = evil.signer("bob");
        signer.key_id = format!("{at}#main-key");
        let mut follow = evil.activity("bob", 1, "Follow", &json!(alice.id()));
        follow["actor"] = json!(victim.id("bob"));
        let code = evil.letter("bob", &alice.inbox(), &follow).signer(signer).send().await.code();
        assert!((400..500).contains(&code), "{case}: {code}");
    }
    for kind in ["text/html", "text/plain", "application/octet-stream", "image/png", "application/json"] {
        let name = kind.replace(['/', '-'], "_");
        evil.add(&name);
        let document = Answer::document(&evil.actor(&name)).header("content-type", kind);
        evil.answer(&format!("/users/{name}"), document);
        let follow = evil.activity(&name, 1, "Follow", &json!(alice.id()));
        let code = evil.post(&name, &alice.inbox(), &follow).await.code();
        assert!((400..500).contains(&code), "A17 {kind}: {code}");
    }
    // The real one still works.
    follow(&server, &victim, "bob", &alice).await;
    let shown = account(&server, &alice, &victim.id("bob")).await;
    assert_eq!(server.api_get(&alice, &format!("/api/v1/accounts/{shown}")).await["display_name"], "bob");
}

#[tokio::test]
async fn a_peer_that_was_away_gets_the_post_when_it_is_back() {
    let server = TestServer::start().await;
    let (alice, peer) = (server.create("alice").await, Peer::start().await);
    peer.add("bob");
    follow(&server, &peer, "bob", &alice).await;
    peer.answer("/inbox", Answer::status(503).header("retry-after", "1"));
    publish(&server, &alice, "are you there?", "public").await;
    eventually("a first try", || async { (peer.asked("/inbox") > 0).then_some(()) }).await;
    peer.answer("/inbox", Answer::status(202));
    // Any signed request of it says that it is alive.
    let like = peer.activity("bob", 5, "Like", &json!("https://nowhere.example/1"));
    assert_eq!(peer.post("bob", &server.url("/inbox"), &like).await.code(), 202);
    peer.receives("Create").await;
}
