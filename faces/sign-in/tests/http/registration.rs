//! Programs register.

use crate::browser::{HOST, Server, With, on_each};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

async fn register(server: &Server, body: Value) -> (u16, Value) {
    let request =
        Request::post("/api/v1/apps").header("host", HOST).header("content-type", "application/json");
    let answer = server.send(request.body(Body::from(body.to_string())).unwrap()).await;
    (answer.status.as_u16(), answer.json())
}

#[test]
fn a_program_registers_with_a_list_or_a_text_of_addresses() {
    on_each(With::default(), async |server| {
        for uris in [json!(["app://one", "https://two.example/"]), json!("app://one\nhttps://two.example/")] {
            let body = json!({"client_name": "Äpp", "redirect_uris": uris, "scopes": "read push", "website": "https://a.example"});
            let (status, app) = register(&server, body).await;
            assert_eq!((status, &app["name"]), (200, &json!("Äpp")));
            assert_eq!(app["redirect_uris"], json!(["app://one", "https://two.example/"]));
            assert_eq!(app["scopes"], json!(["push", "read"]));
            assert!(app["client_secret"].as_str().unwrap().len() > 40);
            assert!(app["id"].is_string() && app["client_id"].is_string());
        }
    });
}

#[test]
fn what_a_program_must_not_register_is_refused() {
    on_each(With::default(), async |server| {
        let good = json!({"client_name": "App", "redirect_uris": "app://one", "scopes": "read"});
        assert_eq!(register(&server, good.clone()).await.0, 200);
        for (name, value) in [
            ("client_name", ""),
            ("redirect_uris", ""),
            ("redirect_uris", "javascript:alert(1)"),
            ("redirect_uris", "data:text/html,x"),
            ("redirect_uris", "relative"),
            ("scopes", "read fly"),
            ("website", "javascript:alert(1)"),
        ] {
            let mut body = good.clone();
            body[name] = json!(value);
            let (status, answer) = register(&server, body).await;
            assert_eq!(status, 422, "{name} {value}");
            assert!(answer["error"].as_str().unwrap().starts_with("Validation failed"));
        }
    });
}

#[test]
fn a_secret_is_not_stored_as_it_is() {
    on_each(With::default(), async |server| {
        let program = server.register("read").await;
        let id = program.id.clone();
        let found = server.cx.read(move |tx| Ok(store::oauth::by_client(tx, &id)?)).await.unwrap();
        assert_ne!(found.unwrap().1, program.secret.as_bytes());
    });
}

#[test]
fn programs_nobody_let_in_are_forgotten_after_a_week() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let (used, unused) = (server.register("read").await, server.register("read").await);
        used.token("alice", "read").await;
        server.clock.advance(std::time::Duration::from_hours(8 * 24));
        assert_eq!(server.cx.write(service::oauth::sweep).await.unwrap(), 1);
        let kept = async |id: String| {
            server.cx.read(move |tx| service::oauth::by_client(tx, &id)).await.unwrap().is_some()
        };
        assert!(kept(used.id).await && !kept(unused.id).await);
    });
}
