use crate::stage::{on_each, on_each_with};
use domain::user::Role;
use serde_json::{Value, json};
use service::Settings;
use service::settings::SignUp;

#[test]
fn version_2_tells_what_is_true() {
    on_each(async |server| {
        server.person_as("chief", Role::Admin).await;
        let bob = server.person("bob").await;
        bob.writes("hello", "public").await;
        server.peer("zoe").await;
        server.peer_at("yan", "yonder.example").await;
        let instance = server.get("/api/v2/instance").await.ok();
        assert_eq!(instance["domain"], "here.example");
        assert!(instance["version"].as_str().unwrap().starts_with("4.5.0 (compatible; Antiphon "));
        assert_eq!(instance["configuration"]["urls"]["streaming"], "wss://here.example");
        assert_eq!(instance["configuration"]["statuses"]["max_characters"], 5000);
        assert_eq!(instance["registrations"]["enabled"], false);
        assert_eq!(instance["contact"]["account"]["username"], "chief");
        assert_eq!(instance["usage"]["users"]["active_month"], 1);
        assert_eq!(instance["rules"], json!([]));
        assert_eq!(instance["api_versions"]["mastodon"], 1);
        for member in ["title", "source_url", "description", "thumbnail", "icon", "languages", "wrapstodon"] {
            assert!(instance.get(member).is_some(), "{member}");
        }
        let stats = &server.get("/api/v1/instance").await.ok()["stats"];
        assert_eq!(*stats, json!({ "user_count": 2, "status_count": 1, "domain_count": 2 }));
    });
}

#[test]
fn a_slash_at_the_end_changes_nothing() {
    on_each(async |server| {
        let plain = server.get("/api/v1/instance").await.ok();
        assert_eq!(server.get("/api/v1/instance/").await.ok(), plain);
        assert_eq!(server.get("/api/v1/instance//").await.status, 404);
    });
}

#[test]
fn version_1_tells_the_same() {
    let settings = Settings { sign_up: SignUp::Approval, title: "Choir".into(), ..Settings::default() };
    on_each_with(&settings, async |server| {
        let one = server.get("/api/v1/instance").await.ok();
        assert_eq!((&one["uri"], &one["title"]), (&json!("here.example"), &json!("Choir")));
        assert_eq!(one["urls"]["streaming_api"], "wss://here.example");
        assert_eq!((&one["registrations"], &one["approval_required"]), (&json!(true), &json!(true)));
        assert_eq!(one["contact_account"], Value::Null);
        let two = server.get("/api/v2/instance").await.ok();
        assert_eq!(two["registrations"]["approval_required"], true);
        assert_eq!(two["registrations"]["url"], "https://here.example/auth/sign_up");
    });
}

#[test]
fn there_are_no_rules_and_no_emoji() {
    on_each(async |server| {
        assert_eq!(server.get("/api/v1/instance/rules").await.ok(), json!([]));
        assert_eq!(server.get("/api/v1/custom_emojis").await.ok(), json!([]));
    });
}

#[test]
fn the_pictures_that_entities_name_are_there() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let account = bob.get(&format!("/api/v1/accounts/{}", bob.id())).await.ok();
        for member in ["avatar", "avatar_static", "header", "header_static"] {
            let url = account[member].as_str().unwrap();
            let picture = server.get(url.strip_prefix("https://here.example").unwrap()).await;
            assert_eq!(
                (picture.status.as_u16(), &picture.headers["content-type"]),
                (200, &"image/png".parse().unwrap())
            );
        }
        let url = server.get("/api/v1/instance").await.ok()["thumbnail"].as_str().unwrap().to_owned();
        assert_eq!(server.get(url.strip_prefix("https://here.example").unwrap()).await.status, 200);
    });
}

#[test]
fn what_is_not_built_answers_404_and_no_list() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for path in [
            "/api/v1/bookmarks",
            "/api/v1/mutes",
            "/api/v1/announcements",
            "/api/v1/trends/tags",
            "/api/v2/notifications",
            "/api/v1/followed_tags",
            "/api/v1/accounts/familiar_followers",
            "/api/v1/accounts/1/featured_tags",
            "/api/v1/statuses/1/card",
        ] {
            bob.get(path).await.refused(404);
        }
        for path in
            ["/api/v1/accounts/1/mute", "/api/v1/statuses/1/bookmark", "/api/v1/statuses/1", "/api/v2/media"]
        {
            bob.post(path).await.refused(404);
        }
    });
}
