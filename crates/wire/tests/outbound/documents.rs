//! Which answers are ActivityPub documents, and whose words they are.

use serde_json::json;
use wire::FetchError;

use crate::peer::{Peer, Reply};
use crate::{NOW, client, signer, url};

#[tokio::test]
async fn a_document_is_fetched_by_its_id() {
    let peer = Peer::start("127.0.0.1", |origin, _| {
        Reply::json(&json!({ "id": format!("{origin}/users/bob#me"), "type": "Person" }))
    })
    .await;
    let document = client().fetch_document(&peer.at("/users/bob#me"), None, NOW).await.unwrap();
    assert_eq!(document.id().unwrap(), peer.at("/users/bob#me"));
    assert_eq!(document.url.as_str(), peer.at("/users/bob"));
    assert_eq!(peer.paths(), ["/users/bob"]);
}

#[tokio::test]
async fn other_media_types_are_no_documents() {
    for wrong in [
        "text/html",
        "text/plain",
        "application/octet-stream",
        "image/png",
        "application/json",
        "application/ld+json",
        "",
    ] {
        let peer = Peer::start("127.0.0.1", move |origin, _| {
            Reply::status(200).header("content-type", wrong).body(json!({ "id": origin }).to_string())
        })
        .await;
        let failure = client().fetch_document(&peer.at("/"), None, NOW).await.unwrap_err();
        assert_eq!(failure, FetchError::ContentType(wrong.to_owned()));
    }
}

#[tokio::test]
async fn parameters_of_the_media_type_do_not_matter() {
    for fine in [
        "application/activity+json; charset=utf-8",
        "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"; charset=utf-8",
    ] {
        let peer =
            Peer::start("127.0.0.1", move |_, _| Reply::status(200).header("content-type", fine).body("{}"))
                .await;
        client().fetch_document(&peer.at("/"), None, NOW).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_not_json_or_too_deep_or_no_object_is_refused() {
    let peer = Peer::start("127.0.0.1", |_, seen| {
        Reply::document(match seen.path.as_str() {
            "/deep" => "[".repeat(33) + &"]".repeat(33),
            "/list" => "[]".to_owned(),
            "/empty" => String::new(),
            _ => "{\"id\":".to_owned(),
        })
    })
    .await;
    for (path, why) in [
        ("/deep", FetchError::TooDeep(32)),
        ("/list", FetchError::NotJson),
        ("/empty", FetchError::NotJson),
        ("/broken", FetchError::NotJson),
    ] {
        assert_eq!(client().fetch_document(&peer.at(path), None, NOW).await.unwrap_err(), why, "{path}");
    }
}

#[tokio::test]
async fn gone_and_other_refusals_are_told_with_their_words() {
    let peer = Peer::start("127.0.0.1", |_, seen| match seen.path.as_str() {
        "/gone" => Reply::status(410),
        _ => Reply::status(404).body("{\"success\":false,\x07\"error\":\"Not found\"}"),
    })
    .await;
    let failure = client().fetch_document(&peer.at("/gone"), None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::Gone);
    let failure = client().fetch_document(&peer.at("/missing"), None, NOW).await.unwrap_err();
    let words = "{\"success\":false, \"error\":\"Not found\"}".to_owned();
    assert_eq!(failure, FetchError::Status { status: 404, words });
}

#[tokio::test]
async fn an_id_of_another_origin_is_asked_there() {
    let home = Peer::start("127.0.0.2", |origin, _| {
        Reply::json(&json!({ "id": format!("{origin}/users/alice"), "name": "the real one" }))
    })
    .await;
    let id = home.at("/users/alice");
    let evil = Peer::start("127.0.0.1", move |_, _| {
        Reply::json(&json!({ "id": id, "name": "a false one", "publicKey": {} }))
    })
    .await;
    let document = client().fetch_document(&evil.at("/alice"), None, NOW).await.unwrap();
    assert_eq!(document.json["name"], "the real one");
    assert_eq!(document.url.as_str(), home.at("/users/alice"));
}

#[tokio::test]
async fn an_id_that_its_own_origin_does_not_serve_is_refused() {
    // The victim redirects back to where a false document lies.
    let victim = Peer::start("127.0.0.2", |_, seen| {
        Reply::redirect(&format!("http://{}/alice", seen.path.split('=').nth(1).unwrap()))
    })
    .await;
    let at_victim = victim.at("/go?to=");
    let evil = Peer::start("127.0.0.1", move |origin, _| {
        let back = origin.trim_start_matches("http://");
        Reply::json(&json!({ "id": format!("{at_victim}{back}"), "publicKey": {} }))
    })
    .await;
    for id in [evil.at("/alice"), victim.at(&format!("/go?to={}", evil.address))] {
        let failure = client().fetch_document(&id, None, NOW).await.unwrap_err();
        assert!(matches!(failure, FetchError::OtherOrigin { .. }), "{failure:?}");
    }
    assert!(evil.seen().len() <= 4, "{}", evil.seen().len());
}

#[tokio::test]
async fn an_id_that_is_no_url_is_refused() {
    for id in ["", "alice", "data:,", "acct:alice@victim.example"] {
        let peer = Peer::start("127.0.0.1", move |_, _| Reply::json(&json!({ "id": id }))).await;
        let failure = client().fetch_document(&peer.at("/"), None, NOW).await.unwrap_err();
        assert!(matches!(failure, FetchError::OtherOrigin { .. }), "{failure:?}");
    }
}

#[tokio::test]
async fn a_page_leads_to_its_document_by_a_relative_link() {
    let peer = Peer::start("127.0.0.1", |origin, seen| match seen.path.as_str() {
        "/@flip/1" => Reply::status(200)
            .header("content-type", "text/html; charset=utf-8")
            .header("link", "<https://cdn.example/s.css>; rel=preload")
            .header(
                "link",
                r#"</users/flip/statuses/x:a:1>; rel="alternate"; type="application/activity+json""#,
            )
            .body("<html>"),
        path => Reply::json(&json!({ "id": format!("{origin}{path}") })),
    })
    .await;
    let document = client().fetch_document(&peer.at("/@flip/1"), None, NOW).await.unwrap();
    assert_eq!(document.id().unwrap(), peer.at("/users/flip/statuses/x:a:1"));
}

#[tokio::test]
async fn a_page_that_leads_to_another_page_leads_nowhere() {
    let peer = Peer::start("127.0.0.1", |_, _| {
        Reply::status(200)
            .header("content-type", "text/html")
            .header("link", r#"</again>; rel="alternate"; type="application/activity+json""#)
    })
    .await;
    let failure = client().fetch_document(&peer.at("/page"), None, NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::ContentType("text/html".to_owned()));
    assert_eq!(peer.paths(), ["/page", "/again"]);
}

/// Capability H5.
#[tokio::test]
async fn a_host_that_wants_the_other_scheme_is_remembered() {
    let peer =
        Peer::start(
            "127.0.0.1",
            |_, seen| {
                if seen.is_rfc9421() { Reply::document("{}") } else { Reply::status(401) }
            },
        )
        .await;
    let (client, signer) = (client(), signer());
    for _ in 0..3 {
        client.fetch_document(&peer.at("/note"), Some(&signer), NOW).await.unwrap();
    }
    let schemes: Vec<_> = peer.seen().iter().map(crate::peer::Seen::is_rfc9421).collect();
    assert_eq!(schemes, [false, true, true, true]);
}

#[tokio::test]
async fn a_host_that_refuses_both_schemes_is_asked_twice() {
    let peer = Peer::start("127.0.0.1", |_, seen| {
        Reply::status(403).body(if seen.is_rfc9421() { "second" } else { "first" })
    })
    .await;
    let failure = client().fetch_document(&peer.at("/note"), Some(&signer()), NOW).await.unwrap_err();
    assert_eq!(failure, FetchError::Status { status: 403, words: "first".to_owned() });
    assert_eq!(peer.seen().len(), 2);
}

#[tokio::test]
async fn without_a_signer_nothing_is_signed_and_a_refusal_stands() {
    let peer = Peer::start("127.0.0.1", |_, _| Reply::status(401)).await;
    let failure = client().fetch_document(&peer.at("/note"), None, NOW).await.unwrap_err();
    assert_eq!(failure.status(), Some(401));
    assert_eq!(peer.seen().len(), 1);
    assert_eq!(peer.seen()[0].header("signature"), "");
}

#[tokio::test]
async fn a_plain_get_takes_every_answer() {
    let peer = Peer::start("127.0.0.1", |_, _| Reply::status(418).body("tea")).await;
    let fetched = client().get(&url(&peer.at("/pot?x=1")), "text/html", None, NOW).await.unwrap();
    assert_eq!((fetched.status, fetched.body.as_ref()), (418, &b"tea"[..]));
    let seen = peer.seen().remove(0);
    assert_eq!((seen.path.as_str(), seen.header("accept")), ("/pot?x=1", "text/html"));
}
