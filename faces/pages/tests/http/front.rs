//! The front page, what this server is, the small files.

use crate::world::{EVIL, on_each, on_each_with};
use domain::Visibility;
use service::Settings;

#[test]
fn an_empty_server_says_how_to_begin_and_then_how_to_sign_in() {
    on_each(async |world| {
        let page = world.get("/").await;
        assert_eq!(page.status, 200);
        assert!(page.has("antiphon account create NAME"), "{}", page.body);
        world.person("alice").await;
        let page = world.get("/").await;
        assert!(!page.has("account create") && page.has("here.example") && page.has("/auth/sign_in"));
        assert!(page.has("1 account ·"));
    });
}

#[test]
fn the_front_page_shows_public_posts_written_here_only() {
    on_each(async |world| {
        let (alice, bob) = (world.person("alice").await, world.peer("bob", "b.example").await);
        for (text, visibility) in [
            ("said to all", Visibility::Public),
            ("said quietly", Visibility::Unlisted),
            ("said to followers", Visibility::Followers),
            ("said to one", Visibility::Direct),
        ] {
            world.say(&alice, text, visibility).await;
        }
        let far =
            domain::post::PostText { content_html: "<p>said elsewhere</p>".into(), ..Default::default() };
        world.keep(&bob, Visibility::Public, None, far).await;
        let page = world.get("/").await;
        assert!(page.has("said to all"));
        for hidden in ["said quietly", "said to followers", "said to one", "said elsewhere"] {
            assert!(!page.has(hidden), "{hidden}");
        }
    });
}

#[test]
fn what_the_administrator_wrote_is_escaped() {
    let settings = Settings {
        title: EVIL.into(),
        description: EVIL.into(),
        contact_email: Some(EVIL.into()),
        ..Settings::default()
    };
    on_each_with(&settings, async |world| {
        for path in ["/", "/about"] {
            let page = world.get(path).await;
            assert_eq!(page.status, 200);
            assert!(!page.has("<script"), "{path}: {}", page.body);
        }
    });
}

#[test]
fn about_tells_who_what_and_how_many() {
    let settings = Settings { contact_email: Some("root@here.example".into()), ..Settings::default() };
    on_each_with(&settings, async |world| {
        let page = world.get("/about").await;
        assert_eq!(page.status, 200);
        for text in [
            "mailto:root@here.example",
            "AGPL-3.0-or-later",
            "Rules",
            "@here.example",
            env!("CARGO_PKG_VERSION"),
        ] {
            assert!(page.has(text), "{text}");
        }
    });
}

#[test]
fn numbers_are_counted_anew_after_a_minute() {
    on_each(async |world| {
        world.person("alice").await;
        assert!(world.get("/").await.has("1 account ·"));
        world.person("carol").await;
        assert!(world.get("/").await.has("1 account ·"));
        world.clock.advance(std::time::Duration::from_secs(61));
        assert!(world.get("/").await.has("2 accounts ·"));
    });
}

/// X06
#[test]
fn pages_may_not_be_mistaken_for_documents_nor_run_scripts() {
    on_each(async |world| {
        world.person("alice").await;
        for path in ["/", "/about", "/@alice", "/@nobody", "/@alice/1", "/tags/x"] {
            let page = world.get(path).await;
            assert!(page.header("vary").contains("Accept"), "{path}");
            let policy = page.header("content-security-policy");
            assert!(
                policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
                "{path}: {policy}"
            );
            assert!(
                policy.contains("form-action 'self';") && policy.contains("frame-ancestors 'none'"),
                "{path}"
            );
            assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
            assert!(page.header("set-cookie").is_empty(), "{path}");
            assert!(!page.has("<script") && !page.has("style=\""), "{path}");
        }
    });
}

#[test]
fn what_a_signed_in_person_sees_is_kept_nowhere() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let mut browser = world.browser_of(&alice).await;
        for path in ["/", "/about", "/@alice", "/tags/x", "/home"] {
            let page = browser.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert_eq!(page.header("cache-control"), "private, no-store", "{path}");
        }
        assert_eq!(world.get("/@alice").await.header("cache-control"), "no-cache");
    });
}

#[test]
fn who_is_signed_in_finds_the_ways_on() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let page = world.browser_of(&alice).await.get("/").await;
        for way in ["href=\"/home\"", "href=\"/@alice\"", "href=\"/settings/security\""] {
            assert!(page.has(way), "{way}: {}", page.body);
        }
        assert!(!page.has("/auth/sign_in"));
    });
}

#[test]
fn the_front_door_leads_programs_to_the_servers_actor() {
    on_each(async |world| {
        let answer = world.get_document("/").await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "https://here.example/actor"));
        let page = world.get("/@instance.actor").await;
        assert_eq!((page.status.as_u16(), page.header("location")), (303, "/about"));
    });
}

#[test]
fn robots_and_browsers_find_their_files() {
    on_each(async |world| {
        let robots = world.get("/robots.txt").await;
        assert!(robots.has("Disallow: /api/") && !robots.has("Disallow: /\n"));
        for path in ["/favicon.svg", "/favicon.ico"] {
            let icon = world.get(path).await;
            assert_eq!(icon.header("content-type"), "image/svg+xml");
            assert!(icon.has("<svg"));
        }
    });
}

#[test]
fn rules_and_texts_are_on_pages_of_their_own() {
    on_each(async |world| {
        let page = world.get("/privacy-policy").await;
        assert!(page.status == 200 && page.has("What it keeps."), "{}", page.body);
        assert_eq!(world.get("/terms-of-service").await.status, 404);
        let about = world.get("/about").await;
        assert!(about.has("with respect") && about.has("/privacy-policy") && !about.has("/terms-of-service"));
        world.write(|tx| service::rule::add(tx, EVIL, "")).await;
        for name in service::rule::Name::ALL {
            world
                .write(move |tx| service::rule::set_text(tx, name, "Of **old**. <script>alert(1)</script>"))
                .await;
        }
        // The numbers of the page are counted once a minute.
        world.clock.advance(std::time::Duration::from_secs(61));
        for path in ["/about", "/privacy-policy", "/terms-of-service"] {
            let page = world.get(path).await;
            assert!(page.has("<strong>old</strong>") && !page.has("<script"), "{path}: {}", page.body);
        }
        let about = world.get("/about").await;
        assert!(!about.has("with respect") && about.has("/terms-of-service"), "{}", about.body);
    });
}
