//! Addresses inside are not contacted, by whatever way a request is led there.

use serde_json::json;
use wire::guard::Forbidden;
use wire::signature::Scheme;
use wire::{Client, FetchError};

use crate::peer::{Peer, Reply};
use crate::{NOW, client, client_with, limits, signer, url};

/// A peer on every address of this machine, that must not be asked.
async fn inside() -> [Peer; 2] {
    let secret = |_: &str, _: &crate::peer::Seen| Reply::json(&json!({ "secret": true }));
    let v4 = Peer::start("0.0.0.0", secret).await;
    let v6 = Peer::start("[::1]", secret).await;
    [v4, v6]
}

fn spellings(v4: u16, v6: u16) -> Vec<String> {
    let hosts = [
        "127.0.0.1",
        "127.0.0.2",
        "0.0.0.0",
        "0",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::]",
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "good.example@127.0.0.1",
    ];
    let mut all: Vec<_> = hosts.iter().map(|host| format!("{host}:{v4}")).collect();
    all.push(format!("[::1]:{v6}"));
    all.push(format!("[0:0:0:0:0:0:0:1]:{v6}"));
    all
}

/// Everything a URL from outside is used for.
async fn ask_everything(client: &Client, target: &str) -> Vec<FetchError> {
    let signer = signer();
    let target = url(target);
    vec![
        client.get(&target, "*/*", None, NOW).await.unwrap_err(),
        client.fetch_document(target.as_str(), Some(&signer), NOW).await.unwrap_err(),
        client.deliver(&target, "{}".into(), &signer, Scheme::Cavage, NOW).await.unwrap_err(),
    ]
}

/// S03
#[tokio::test]
async fn an_address_inside_is_never_contacted_however_it_is_spelled() {
    let [v4, v6] = inside().await;
    // The second client looks at names, the first refuses them unseen.
    for client in [client_with(&[], limits()), client_with(&["10.9.8.7/32"], limits())] {
        for place in spellings(v4.port(), v6.port()) {
            for scheme in ["http", "https"] {
                let target = format!("{scheme}://{place}/secret");
                for failure in ask_everything(&client, &target).await {
                    assert!(matches!(failure, FetchError::Forbidden(_)), "{target}: {failure:?}");
                    assert!(failure.is_lasting());
                }
            }
        }
        assert_eq!(client.stats().opened_sockets, 0);
    }
    assert_eq!([v4.connections(), v6.connections()], [0, 0]);
}

/// S02
#[tokio::test]
async fn a_redirect_to_an_address_inside_is_not_followed() {
    let [v4, v6] = inside().await;
    let client = client_with(&["127.9.0.1/32"], limits());
    for place in spellings(v4.port(), v6.port()) {
        let target = format!("http://{place}/secret");
        let to = target.clone();
        let lure = Peer::start("127.9.0.1", move |_, _| Reply::redirect(&to)).await;
        let failure = client.fetch_document(&lure.at("/note"), None, NOW).await.unwrap_err();
        assert!(matches!(failure, FetchError::Forbidden(_)), "{target}: {failure:?}");
        assert_eq!(lure.connections(), 1);
    }
    assert_eq!([v4.connections(), v6.connections()], [0, 0]);
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_not_followed() {
    for target in ["file:///etc/passwd", "gopher://127.0.0.1:70/", "data:application/activity+json,{}"] {
        let lure = Peer::start("127.0.0.1", move |_, _| Reply::redirect(target)).await;
        let failure = client().fetch_document(&lure.at("/note"), None, NOW).await.unwrap_err();
        assert_eq!(failure, FetchError::Forbidden(Forbidden::Scheme), "{target}");
    }
}

#[tokio::test]
async fn a_document_that_names_an_address_inside_leads_nowhere() {
    let [v4, _] = inside().await;
    let client = client_with(&["127.9.0.2/32"], limits());
    let id = v4.at("/secret").replace("0.0.0.0", "127.0.0.1");
    let lure = Peer::start("127.9.0.2", move |_, _| Reply::json(&json!({ "id": id }))).await;
    let failure = client.fetch_document(&lure.at("/note"), None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Forbidden(Forbidden::Address(_))), "{failure:?}");

    let link = format!(
        r#"<http://127.0.0.1:{}/secret>; rel="alternate"; type="application/activity+json""#,
        v4.port()
    );
    let page = move |_: &str, _: &crate::peer::Seen| {
        Reply::status(200).header("content-type", "text/html").header("link", &link)
    };
    let lure = Peer::start("127.9.0.2", page).await;
    let failure = client.fetch_document(&lure.at("/note"), None, NOW).await.unwrap_err();
    assert!(matches!(failure, FetchError::Forbidden(Forbidden::Address(_))), "{failure:?}");
    assert_eq!(v4.connections(), 0);
}

/// S03
#[tokio::test]
async fn an_inbox_that_redirects_a_delivery_is_told_as_its_status() {
    let [v4, _] = inside().await;
    let to = format!("http://127.0.0.1:{}/secret", v4.port());
    let client = client_with(&["127.9.0.3/32"], limits());
    let lure = Peer::start("127.9.0.3", move |_, _| Reply::status(307).header("location", &to)).await;
    let answer =
        client.deliver(&url(&lure.at("/inbox")), "{}".into(), &signer(), Scheme::Cavage, NOW).await.unwrap();
    assert_eq!(answer.status, 307);
    assert_eq!(v4.connections(), 0);
}
