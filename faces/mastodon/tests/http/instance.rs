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
        let accounts = &instance["configuration"]["accounts"];
        assert_eq!(
            (&accounts["max_featured_tags"], &accounts["max_pinned_statuses"]),
            (&json!(10), &json!(5))
        );
        assert_eq!(instance["registrations"]["enabled"], false);
        assert_eq!(instance["contact"]["account"]["username"], "chief");
        assert_eq!(instance["usage"]["users"]["active_month"], 1);
        assert_eq!(instance["rules"], json!([]));
        assert_eq!(instance["api_versions"]["mastodon"], 2);
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
        assert_eq!(one["configuration"]["accounts"]["max_featured_tags"], 10);
        assert_eq!(two["registrations"]["approval_required"], true);
        assert_eq!(two["registrations"]["url"], "https://here.example/auth/sign_up");
    });
}

#[test]
fn rules_are_told_wherever_the_server_tells_of_itself() {
    on_each(async |server| {
        assert_eq!(server.get("/api/v1/instance/rules").await.ok(), json!([]));
        let add = |text: &'static str, hint: &'static str| {
            server.cx.write(move |tx| service::rule::add(tx, text, hint))
        };
        let first = add("Be kind", "To everyone.").await.unwrap();
        add("No spam", "").await.unwrap();
        assert!(add(" ", "").await.is_err());
        let rules = server.get("/api/v1/instance/rules").await.ok();
        let one = json!({ "id": "1", "text": "Be kind", "hint": "To everyone.", "translations": {} });
        assert_eq!((&rules[0], &rules[1]["id"]), (&one, &json!("2")));
        assert_eq!(server.get("/api/v2/instance").await.ok()["rules"], rules);
        assert_eq!(server.get("/api/v1/instance").await.ok()["rules"], rules);
        server.cx.write(move |tx| service::rule::remove(tx, first)).await.unwrap();
        assert!(server.cx.write(move |tx| service::rule::remove(tx, first)).await.is_err());
        assert_eq!(server.get("/api/v1/instance/rules").await.ok()[0]["id"], "2");
    });
}

#[test]
fn long_texts_are_what_was_written_or_what_is_true_anyway() {
    on_each(async |server| {
        let text = async |path: &str| server.get(&format!("/api/v1/instance/{path}")).await;
        let about = text("extended_description").await.ok();
        assert_eq!(about, json!({ "updated_at": null, "content": "" }), "nothing was written");
        let languages = text("languages").await.ok();
        assert!(languages.as_array().unwrap().contains(&json!({ "code": "fi", "name": "Finnish" })));
        let privacy = text("privacy_policy").await.ok();
        assert!(
            privacy["content"].as_str().unwrap().contains("<strong>What it keeps.</strong>"),
            "{privacy}"
        );
        text("terms_of_service").await.refused(404);
        assert_eq!(
            server.get("/api/v2/instance").await.ok()["configuration"]["urls"]["terms_of_service"],
            Value::Null
        );
        for name in service::rule::Name::ALL {
            let verb = move |tx: &mut service::Tx| service::rule::set_text(tx, name, "Of **old**.");
            server.cx.write(verb).await.unwrap();
        }
        for path in ["extended_description", "privacy_policy"] {
            let wanted = json!({ "updated_at": "2025-09-09T06:40:00.000Z", "content": "<p>Of <strong>old</strong>.</p>" });
            let mut told = text(path).await.ok();
            told["content"] = told["content"].as_str().unwrap().trim().into();
            assert_eq!(told, wanted);
        }
        server.clock.advance(std::time::Duration::from_secs(24 * 3600));
        let verb =
            |tx: &mut service::Tx| service::rule::set_text(tx, service::rule::Name::Terms, "New ones.");
        server.cx.write(verb).await.unwrap();
        let terms = text("terms_of_service").await.ok();
        assert_eq!((&terms["effective"], &terms["effective_date"]), (&json!(true), &json!("2025-09-10")));
        assert_eq!(terms["succeeded_by"], Value::Null);
        let old = text("terms_of_service/2025-09-09").await.ok();
        assert_eq!((&old["effective"], &old["succeeded_by"]), (&json!(false), &json!("2025-09-10")));
        text("terms_of_service/2024-01-01").await.refused(404);
        let urls = server.get("/api/v2/instance").await.ok()["configuration"]["urls"].clone();
        assert_eq!(urls["terms_of_service"], "https://here.example/terms-of-service");
        assert_eq!(urls["privacy_policy"], "https://here.example/privacy-policy");
    });
}

#[test]
fn weeks_count_what_happened_in_them() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        bob.writes("one", "public").await;
        server.clock.advance(std::time::Duration::from_secs(7 * 24 * 3600));
        let ann = server.person("ann").await;
        ann.writes("two", "public").await;
        ann.writes("three", "private").await;
        let zoe = server.peer("zoe").await;
        server.peer_post(&zoe, domain::Visibility::Public, &[]).await;
        let weeks = server.get("/api/v1/instance/activity").await.ok();
        assert_eq!(weeks.as_array().unwrap().len(), 12);
        // The clock began on Tuesday, 9 September 2025: this is the week of the 15th.
        let wanted = json!({ "week": "1757894400", "statuses": "2", "logins": "1", "registrations": "1" });
        assert_eq!(weeks[0], wanted);
        let wanted = json!({ "week": "1757289600", "statuses": "1", "logins": "1", "registrations": "1" });
        assert_eq!(weeks[1], wanted);
        let wanted = json!({ "week": "1756684800", "statuses": "0", "logins": "0", "registrations": "0" });
        assert_eq!(weeks[2], wanted);
    });
}

async fn shut_out(server: &crate::stage::Server) {
    let rule = |tx: &mut service::Tx| {
        let (evil, loud) = ("evil.example", "loud.example");
        let (suspend, silence) =
            (domain::moderation::HostRule::Suspend, domain::moderation::HostRule::Silence);
        store::host_rule::set(tx, &domain::Host::parse(evil).unwrap(), suspend, "between us")?;
        Ok(store::host_rule::set(tx, &domain::Host::parse(loud).unwrap(), silence, "")?)
    };
    server.cx.write(rule).await.unwrap();
}

#[test]
fn peers_are_named_without_those_that_are_shut_out() {
    on_each(async |server| {
        for host in ["there.example", "yonder.example", "evil.example"] {
            server.peer_at("zoe", host).await;
        }
        shut_out(&server).await;
        let peers = server.get("/api/v1/instance/peers").await.ok();
        assert_eq!(peers, json!(["there.example", "yonder.example"]));
    });
}

#[test]
fn rules_for_other_servers_are_shown_as_the_settings_say() {
    use service::settings::ShowRules;
    for (show_domain_blocks, to_member, to_anyone) in
        [(ShowRules::Nobody, 404, 404), (ShowRules::Members, 200, 404), (ShowRules::Everyone, 200, 200)]
    {
        let settings = Settings { show_domain_blocks, ..Settings::default() };
        on_each_with(&settings, async |server| {
            shut_out(&server).await;
            let bob = server.person("bob").await;
            let path = "/api/v1/instance/domain_blocks";
            let found = bob.get(path).await;
            assert_eq!(
                (found.status.as_u16(), server.get(path).await.status.as_u16()),
                (to_member, to_anyone)
            );
            if to_member == 200 {
                let rules = found.ok();
                assert_eq!(
                    (&rules[0]["domain"], &rules[0]["severity"]),
                    (&json!("evil.example"), &json!("suspend"))
                );
                assert_eq!(
                    (rules[0]["digest"].as_str().unwrap().len(), &rules[0]["comment"]),
                    (64, &Value::Null)
                );
                assert_eq!(rules[1]["severity"], "silence");
            }
        });
    }
}

#[test]
fn nothing_is_translated() {
    on_each(async |server| {
        assert_eq!(server.get("/api/v1/instance/translation_languages").await.ok(), json!({}));
        let instance = server.get("/api/v2/instance").await.ok();
        assert_eq!(instance["configuration"]["translation"]["enabled"], false);
        assert_eq!(instance["configuration"]["urls"]["about"], "https://here.example/about");
        let icon = instance["icon"][0]["src"].as_str().unwrap().strip_prefix("https://here.example").unwrap();
        assert_eq!(
            (server.get(icon).await.status.as_u16(), &instance["icon"][0]["size"]),
            (200, &json!("240x240"))
        );
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
            "/api/v1/trends/tags",
            "/api/v1/trends/statuses",
            "/api/v1/trends/links",
            "/api/v1/annual_reports",
            "/api/v1/statuses/1/card",
        ] {
            bob.get(path).await.refused(404);
        }
        for path in ["/api/v1/statuses/1/translate", "/api/v1/statuses/1"] {
            bob.post(path).await.refused(404);
        }
    });
}

#[test]
fn a_path_that_is_no_text_leads_nowhere() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for path in [
            "/api/v1/tags/%FF",
            "/api/v1/timelines/tag/%FF",
            "/api/v1/instance/terms_of_service/%FF",
            "/api/v2/notifications/%FF",
            "/api/v2/notifications/%FF/accounts",
            "/api/v1/accounts/%FF",
            "/emoji/%FF",
        ] {
            bob.get(path).await.refused(404);
        }
        for path in [
            "/api/v1/tags/%FF/follow",
            "/api/v1/tags/%FF/unfollow",
            "/api/v1/tags/%FF/feature",
            "/api/v1/tags/%FF/unfeature",
            "/api/v2/notifications/%FF/dismiss",
        ] {
            bob.post(path).await.refused(404);
        }
        for path in ["/api/v1/announcements/1/reactions/%FF", "/api/v1/announcements/%FF/reactions/x"] {
            bob.put_json(path, json!({})).await.refused(404);
            bob.delete(path).await.refused(404);
        }
    });
}
