//! The page of a post.

use crate::world::{EVIL, on_each};
use domain::post::{Attachment, AttachmentKind, PostText};
use domain::{AccountState, PostId, Visibility};

#[test]
fn a_post_stands_among_what_a_stranger_may_see() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let first = world.say(&carol, "the question", Visibility::Public).await;
        let middle =
            world.draft(&alice, "the answer", Visibility::Unlisted, |d| d.in_reply_to = Some(first)).await;
        world.draft(&carol, "the thanks", Visibility::Public, |d| d.in_reply_to = Some(middle)).await;
        world.draft(&carol, "the secret", Visibility::Followers, |d| d.in_reply_to = Some(middle)).await;
        world.draft(&alice, "@carol the whisper", Visibility::Direct, |d| d.in_reply_to = Some(middle)).await;
        let page = world.get(&format!("/@alice/{middle}")).await;
        assert_eq!(page.status, 200);
        let at = |text: &str| page.body.rfind(text).unwrap_or_else(|| panic!("{text} in {}", page.body));
        assert!(at("the question") < at("the answer") && at("the answer") < at("the thanks"));
        assert!(!page.has("the secret") && !page.has("the whisper"));
        // Its link, to be pasted at home.
        assert!(page.has(&format!("https://here.example/users/alice/statuses/{middle}")));
        let page = world.browser_of(&carol).await.get(&format!("/@alice/{middle}")).await;
        assert!(page.has("the secret") && page.has("the whisper") && page.has("name=\"answers\""));
    });
}

#[test]
fn private_and_missing_posts_look_the_same() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let missing = world.get("/@alice/1").await;
        assert_eq!(missing.status, 404);
        for visibility in [Visibility::Followers, Visibility::Direct] {
            let id = world.say(&alice, "hidden words", visibility).await;
            let page = world.get(&format!("/@alice/{id}")).await;
            assert_eq!((page.status, &page.body), (missing.status, &missing.body), "{visibility:?}");
            let mut theirs = missing.headers.clone();
            let mut headers = page.headers.clone();
            theirs.remove("date");
            headers.remove("date");
            assert_eq!(headers, theirs);
            // The same for who is signed in and is neither follower nor addressed.
            let page = world.browser_of(&carol).await.get(&format!("/@alice/{id}")).await;
            assert_eq!((page.status, &page.body), (missing.status, &missing.body), "{visibility:?}");
            // And for programs: the way to the id tells nothing.
            let private = world.get_document(&format!("/@alice/{id}")).await;
            let nothing = world.get_document("/@alice/1").await;
            assert_eq!((private.status.as_u16(), nothing.status.as_u16()), (303, 303));
            assert_eq!(private.header("location"), format!("https://here.example/users/alice/statuses/{id}"));
            // Deleted, it is still missing.
            let author = alice.clone();
            world.write(move |tx| service::post::delete(tx, &author, id)).await;
            assert_eq!(world.get(&format!("/@alice/{id}")).await.body, missing.body, "{visibility:?}");
        }
    });
}

#[test]
fn a_deleted_post_is_gone() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let id = world.say(&alice, "hello", Visibility::Public).await;
        world.write(move |tx| service::post::delete(tx, &alice, id)).await;
        let page = world.get(&format!("/@alice/{id}")).await;
        assert_eq!(page.status, 410);
        assert!(
            page.header("vary").contains("Accept") && page.header("content-type").starts_with("text/html")
        );
    });
}

#[test]
fn a_post_is_found_under_its_author_only() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        world.person("carol").await;
        let id = world.say(&alice, "hello", Visibility::Public).await;
        for path in [
            format!("/@carol/{id}"),
            format!("/@nobody/{id}"),
            format!("/@alice/{id}0"),
            "/@alice/x".into(),
            "/@alice/-1".into(),
            format!("/@alice/+{id}"),
            format!("/@alice/{id}/"),
            "/@alice/99999999999999999999".into(),
            "/@alice/%FF".into(),
            format!("/@alice/{id}%00"),
        ] {
            assert_eq!(world.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(world.get(&format!("/@ALICE/{id}")).await.status, 200);
        world.set_state(&alice, AccountState::Suspended).await;
        assert_eq!(world.get(&format!("/@alice/{id}")).await.status, 404);
        world.set_state(&alice, AccountState::Deleted).await;
        assert_eq!(world.get(&format!("/@alice/{id}")).await.status, 410);
    });
}

/// Capability N12.
#[test]
fn a_warning_folds_the_text_and_keeps_it_out_of_the_head() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let id = world
            .draft(&alice, "she dies", Visibility::Public, |d| d.warning = "the <b>end</b> of \"it\"".into())
            .await;
        let page = world.get(&format!("/@alice/{id}")).await;
        let (head, body) = page.body.split_once("</head>").unwrap();
        assert!(!head.contains("she dies") && head.contains("the "), "{head}");
        assert!(body.contains("<details class=\"warned\">") && body.contains("she dies"));
        assert!(!page.has("<b>end</b>"));
    });
}

/// N23
#[test]
fn hostile_titles_languages_and_media_do_no_harm() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let medium = |kind, url: &str| Attachment {
            kind,
            url: url.into(),
            media_type: None,
            description: Some(EVIL.into()),
            blurhash: Some(EVIL.into()),
            width: Some(4),
            height: Some(3),
            ..Attachment::default()
        };
        let text = PostText {
            content_html: "<p>text</p>".into(),
            title: Some(EVIL.into()),
            language: Some("en\" onload=\"x".into()),
            attachments: vec![
                medium(AttachmentKind::Image, "https://a.example/\"><script>x</script>.png"),
                medium(AttachmentKind::Image, "javascript:alert(1)"),
                medium(AttachmentKind::Unknown, "data:text/html,x"),
                medium(AttachmentKind::Video, "https://a.example/film"),
                medium(AttachmentKind::Audio, "https://a.example/song"),
            ],
            ..PostText::default()
        };
        let post = world.keep(&alice, Visibility::Public, None, text).await;
        for path in [format!("/@alice/{}", post.id), "/@alice".into(), "/@alice.rss".into()] {
            let page = world.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            for wrong in ["<script", "javascript:", "data:text", "\" onload=\""] {
                assert!(!page.has(wrong), "{wrong} in {path}: {}", page.body);
            }
        }
        let page = world.get(&format!("/@alice/{}", post.id)).await;
        assert!(page.has("<video") && page.has("<audio") && page.has("alt=\"&#60;script&#62;"));
    });
}

#[test]
fn an_edit_is_marked_with_how_often() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let id = world.say(&alice, "first", Visibility::Public).await;
        let path = format!("/@alice/{id}");
        assert!(!world.get(&path).await.has("edited"));
        for (text, said) in [("second", "Changed once"), ("third", "Changed 2 times")] {
            world.clock.advance(std::time::Duration::from_secs(60));
            let (author, text) = (alice.clone(), text.to_owned());
            let draft = domain::post::Draft {
                text,
                format: domain::post::Format::Plain,
                warning: String::new(),
                sensitive: false,
                language: None,
                visibility: Visibility::Public,
                in_reply_to: None,
                ..domain::post::Draft::default()
            };
            let edit = service::post::Edit::text(draft);
            service::post::edit(&world.cx, &author, id, edit).await.unwrap();
            let page = world.get(&path).await;
            assert!(page.has("edited <time") && page.has(said), "{}", page.body);
        }
        assert!(!world.get(&path).await.has("first"));
    });
}

#[test]
fn what_lives_elsewhere_is_shown_here_to_our_people_only() {
    on_each(async |world| {
        let (alice, bob) = (world.person("alice").await, world.peer("bob", "b.example").await);
        let text = PostText { content_html: "<p>said elsewhere</p>".into(), ..PostText::default() };
        let post = world.keep(&bob, Visibility::Public, None, text.clone()).await;
        let hidden = world.keep(&bob, Visibility::Followers, None, text).await;
        assert_eq!(world.get(&format!("/@bob@b.example/{}", post.id)).await.status, 404);
        let mut browser = world.browser_of(&alice).await;
        assert!(browser.get(&format!("/@bob@b.example/{}", post.id)).await.has("said elsewhere"));
        assert_eq!(browser.get(&format!("/@bob@b.example/{}", hidden.id)).await.status, 404);
    });
}

#[test]
fn answers_from_elsewhere_link_to_where_they_live() {
    on_each(async |world| {
        let (alice, bob) = (world.person("alice").await, world.peer("bob", "b.example").await);
        let id = world.say(&alice, "hello", Visibility::Public).await;
        let text = PostText { content_html: "<p>hello back</p>".into(), ..PostText::default() };
        let answer = world.keep(&bob, Visibility::Public, Some(id), text).await;
        let page = world.get(&format!("/@alice/{id}")).await;
        assert!(page.has("hello back") && page.has(&format!("href=\"{}\"", answer.object_id)));
        world.set_state(&bob, AccountState::Suspended).await;
        assert!(!world.get(&format!("/@alice/{id}")).await.has("hello back"));
    });
}

#[test]
fn a_thread_of_hundreds_is_cut_and_not_refused() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let mut last: Option<PostId> = None;
        let mut first = None;
        for number in 0..90 {
            let text = PostText { content_html: format!("<p>deep-{number}</p>"), ..PostText::default() };
            let post = world.keep(&alice, Visibility::Public, last, text).await;
            first.get_or_insert(post.id);
            last = Some(post.id);
        }
        for id in [first, last].into_iter().flatten() {
            let page = world.get(&format!("/@alice/{id}")).await;
            assert_eq!(page.status, 200);
            assert!(page.body.matches("h-entry").count() <= 70, "{}", page.body.matches("h-entry").count());
        }
    });
}

#[test]
fn a_post_can_be_shown_in_a_frame_of_another_site_and_its_page_cannot() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let id = world.say(&alice, "frame me", Visibility::Public).await;
        let frame = world.get(&format!("/@alice/{id}/embed")).await;
        assert_eq!(frame.status, 200);
        assert!(frame.has("frame me") && !frame.has("<script") && !frame.has("<form"));
        assert!(frame.headers["content-security-policy"].to_str().unwrap().contains("frame-ancestors *"));
        assert!(!frame.headers.contains_key("x-frame-options"));
        let page = world.get(&format!("/@alice/{id}")).await;
        assert!(page.has("application/json+oembed"), "{}", page.body);
        assert_eq!(page.headers["x-frame-options"], "DENY");
        let hidden = world.say(&alice, "hidden words", Visibility::Followers).await;
        let theirs = world.browser_of(&alice).await.get(&format!("/@alice/{hidden}/embed")).await;
        assert_eq!(theirs.status, 404);
    });
}

#[test]
fn a_poll_is_shown_with_its_numbers() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let id = world
            .draft(&alice, "what?", Visibility::Public, |d| {
                d.poll = Some(domain::poll::PollDraft {
                    options: vec!["yes & no".into(), "never".into()],
                    open_for_s: 600,
                    multiple: false,
                    hides_totals: false,
                });
            })
            .await;
        let page = world.get(&format!("/@alice/{id}")).await;
        assert!(page.has("yes &#38; no") && page.has("0 votes"), "{}", page.body);
    });
}
