//! Pages of hashtags.

use crate::world::on_each;
use domain::post::PostText;
use domain::{AccountState, Visibility};

#[test]
fn a_hashtag_lists_public_posts_in_any_spelling() {
    on_each(async |world| {
        let (alice, bob) = (world.person("alice").await, world.peer("bob", "b.example").await);
        world.say(&alice, "loud #Käse", Visibility::Public).await;
        world.say(&alice, "quiet #käse", Visibility::Unlisted).await;
        world.say(&alice, "secret #käse", Visibility::Followers).await;
        let text = PostText {
            content_html: "<p>from afar</p>".into(),
            hashtags: vec!["käse".into()],
            ..PostText::default()
        };
        world.keep(&bob, Visibility::Public, None, text.clone()).await;
        world
            .keep(
                &bob,
                Visibility::Direct,
                None,
                PostText { content_html: "<p>whispered</p>".into(), ..text },
            )
            .await;
        for path in ["/tags/K%C3%A4se", "/tags/k%C3%A4se", "/tags/%23k%C3%A4se"] {
            let page = world.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.has("loud") && page.has("from afar"), "{path}: {}", page.body);
            assert!(!page.has("quiet") && !page.has("secret") && !page.has("whispered"), "{path}");
        }
        world.set_state(&bob, AccountState::Suspended).await;
        assert!(!world.get("/tags/k%C3%A4se").await.has("from afar"));
    });
}

#[test]
fn what_is_no_hashtag_has_no_page() {
    on_each(async |world| {
        for path in [
            "/tags/1",
            "/tags/a%20b",
            "/tags/%3Cscript%3E",
            "/tags/%FF",
            "/tags/..%2F",
            &format!("/tags/{}", "x".repeat(5000)),
        ] {
            let page = world.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(!page.has("<script"));
        }
        let page = world.get("/tags/unused").await;
        assert_eq!(page.status, 200);
        assert!(page.has("Nothing public"));
    });
}
