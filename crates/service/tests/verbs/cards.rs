//! Cards of linked pages: read once, later, and only where that is allowed.

use crate::stage::{PUBLIC, Stage, draft, stages};
use domain::card::Card;
use domain::{AccountId, PostId, Visibility};
use serde_json::{Value, json};
use service::{card, search, thread};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(24 * 3600);
const PAGE: &str = "<html><head><title>x</title><meta property='og:title' content='A story'>\
    <meta property='og:image' content='/pic.png'></head>";

impl Stage {
    async fn card(&self, viewer: AccountId, id: PostId) -> Option<Card> {
        let view = self.cx.read(move |tx| thread::one(tx, Some(viewer), id)).await.unwrap();
        view.card.map(|card| *card)
    }

    /// Reads what was wished for; how many pages that were.
    async fn read_wished(&self) -> usize {
        let wished = self.cx.read(card::wished).await.unwrap();
        for url in &wished {
            card::read(&self.cx, url).await.unwrap();
        }
        wished.len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_read_once_after_a_post_that_links_it_was_looked_at() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        stage.peer.answer("/story", 200, "text/html; charset=utf-8", PAGE);
        let url = stage.peer.url("/story");
        let post = stage
            .post(&alice, &format!("read {url}#part and https://other.example"), Visibility::Public)
            .await;
        let again = stage.post(&alice, &format!("again {url}"), Visibility::Public).await;
        while search::fill(&stage.cx).await.unwrap() == search::Filled::More {}
        assert_eq!(stage.read_wished().await, 0, "nobody looked, the index does not count");
        assert_eq!(stage.card(alice.id, post.id).await, None);
        assert_eq!(stage.card(alice.id, again.id).await, None);
        assert_eq!(stage.read_wished().await, 1);
        for id in [post.id, again.id] {
            let card = stage.card(alice.id, id).await.unwrap();
            assert_eq!((card.title.as_str(), card.url.as_str()), ("A story", url.as_str()));
            assert_eq!(card.image.as_deref(), Some(stage.peer.url("/pic.png").as_str()));
        }
        assert_eq!((stage.read_wished().await, stage.peer.asked_for("/story")), (0, 1));
        stage.advance(15 * DAY);
        assert!(stage.card(alice.id, post.id).await.is_some(), "an old card is better than none");
        assert_eq!(stage.read_wished().await, 1);
        assert_eq!((stage.peer.asked_for("/story"), stage.peer.asked_for("/robots.txt")), (2, 1));
    }
}

/// D19
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_in_many_posts_is_asked_once_and_many_links_in_one_post_are_not_all_asked() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        stage.peer.answer("/story", 200, "text/html", PAGE);
        let link = |path: &str| format!("<a href=\"{0}\">{0}</a>", stage.peer.url(path));
        let mut posts = Vec::new();
        for number in 0..20 {
            let note = bob.public_note(&format!("{number} {}", link("/story")));
            stage.take(&bob, &bob.creates(&note)).await;
            posts.push(stage.find(&note).await.unwrap().id);
        }
        let links: Vec<String> = (0..50).map(|number| link(&format!("/one/{number}"))).collect();
        let note = bob.public_note(&links.join(" "));
        stage.take(&bob, &bob.creates(&note)).await;
        posts.push(stage.find(&note).await.unwrap().id);
        let before = stage.peer.asked();
        for _ in 0..3 {
            for post in &posts {
                stage.card(alice.id, *post).await;
                stage.read_wished().await;
            }
        }
        assert_eq!(stage.peer.asked_for("/story"), 1);
        let asked = stage.peer.asked() - before;
        assert!(asked <= 10, "{asked}: one post is shown with one page, and its site has one robots.txt");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_page_or_not_for_programs_has_no_card_and_is_not_asked_again() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        stage.peer.answer("/robots.txt", 200, "text/plain", "User-agent: *\nDisallow: /private");
        stage.peer.answer("/private/story", 200, "text/html", PAGE);
        stage.peer.answer("/data.json", 200, "application/json", "{\"title\":\"no\"}");
        stage.peer.answer("/untitled", 200, "text/html", "<p>hello");
        for path in ["/private/story", "/data.json", "/untitled", "/missing"] {
            let post = stage.post(&alice, &stage.peer.url(path), Visibility::Public).await;
            for round in [1, 0] {
                assert_eq!(stage.card(alice.id, post.id).await, None);
                assert_eq!(stage.read_wished().await, round, "{path}");
            }
        }
        assert_eq!(stage.peer.asked_for("/private/story"), 0);
        assert_eq!(stage.peer.asked_for("/data.json"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_fails_is_tried_again_later_and_later() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        stage.peer.answer("/story", 503, "text/html", "busy");
        let post = stage.post(&alice, &stage.peer.url("/story"), Visibility::Public).await;
        for (hours, asked) in [(0, 1), (0, 1), (1, 2), (1, 2), (1, 3)] {
            stage.advance(Duration::from_secs(hours * 3601));
            assert_eq!(stage.card(alice.id, post.id).await, None);
            stage.read_wished().await;
            assert_eq!(stage.peer.asked_for("/story"), asked);
        }
        stage.peer.answer("/story", 200, "text/html", PAGE);
        stage.advance(DAY);
        stage.card(alice.id, post.id).await;
        stage.read_wished().await;
        assert!(stage.card(alice.id, post.id).await.is_some());
    }
}

/// S04
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_inside_the_house_are_never_asked() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        for url in
            ["http://10.0.0.1/x", "http://[::1]/x", "http://169.254.169.254/latest", "http://192.168.1.1/"]
        {
            let post = stage.post(&alice, &format!("see {url}"), Visibility::Public).await;
            stage.card(alice.id, post.id).await;
            stage.read_wished().await;
            assert_eq!(stage.card(alice.id, post.id).await, None, "{url}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_authors_own_card_is_shown_and_nothing_is_asked() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut page = bob.note("", &[PUBLIC], &[&bob.followers()]);
        for (member, value) in [
            ("type", json!("Page")),
            ("name", json!("A link worth reading")),
            ("content", Value::Null),
            ("attachment", json!([{ "type": "Link", "href": "https://news.example/story" }])),
            ("url", json!("https://news.example/story")),
            ("image", json!({ "type": "Image", "url": "https://pics.example/1.png" })),
        ] {
            page[member] = value;
        }
        stage.take(&bob, &bob.creates(&page)).await;
        let post = stage.find(&page).await.unwrap();
        let card = stage.card(alice.id, post.id).await.unwrap();
        assert_eq!(
            (card.url.as_str(), card.title.as_str()),
            ("https://news.example/story", "A link worth reading")
        );
        assert_eq!(card.image.as_deref(), Some("https://pics.example/1.png"));
        assert_eq!(stage.read_wished().await, 0);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_shows_the_page_that_is_linked_now() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        stage.peer.answer("/story", 200, "text/html", PAGE);
        let post = stage.post(&alice, &stage.peer.url("/story"), Visibility::Public).await;
        stage.card(alice.id, post.id).await;
        stage.read_wished().await;
        assert!(stage.card(alice.id, post.id).await.is_some());
        let edit = service::post::Edit::text(draft("nothing to read", Visibility::Public));
        stage.advance(Duration::from_secs(1));
        service::post::edit(&stage.cx, &alice, post.id, edit).await.unwrap();
        assert_eq!(stage.card(alice.id, post.id).await, None);
    }
}
