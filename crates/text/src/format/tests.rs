use super::*;
use domain::{Host, Origin};
use proptest::prelude::*;
use url::Url;

fn names() -> Names {
    Names::new(Origin::of(&Url::parse("https://a.example").unwrap()).unwrap(), None)
}

/// Bob is known here and on two peers, nobody else is.
fn bob(mention: &Mention) -> Option<Resolved> {
    let row = match mention.domain.as_ref().map(Host::as_str) {
        None => 1,
        Some("b.example") => 2,
        Some("127.0.0.1:9100") => 3,
        Some(_) => return None,
    };
    let host = mention.domain.as_ref().map_or("a.example", Host::as_str);
    (mention.name == "bob").then(|| Resolved {
        account: AccountId(row),
        page: format!("https://{host}/@bob"),
        shown: "bob".to_owned(),
    })
}

fn format_plain(text: &str) -> Formatted {
    let names = names();
    plain(text, &Around { names: &names, resolve: &bob })
}

fn format_markdown(text: &str) -> Formatted {
    let names = names();
    markdown(text, &Around { names: &names, resolve: &bob })
}

const BOB: &str = "<span class=\"h-card\" translate=\"no\"><a href=\"https://a.example/@bob\" class=\"u-url mention\">@<span>bob</span></a></span>";

#[test]
fn paragraphs_and_line_breaks_are_kept() {
    for (text, want) in [
        ("hello", "<p>hello</p>"),
        ("a\nb", "<p>a<br />b</p>"),
        ("a\r\n\r\nb", "<p>a</p><p>b</p>"),
        ("a\n\n\n\nb\n", "<p>a</p><p>b</p>"),
        ("", ""),
        (
            "<script>alert('1')</script> & \"",
            "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;</p>",
        ),
    ] {
        assert_eq!(format_plain(text).html, want, "{text:?}");
    }
}

#[test]
fn a_mention_is_marked_up_as_mastodon_does() {
    let formatted = format_plain("hi @bob and @nobody, @bob@b.example @bob@127.0.0.1:9100 @bob");
    assert!(formatted.html.starts_with(&format!("<p>hi {BOB} and @nobody, ")), "{}", formatted.html);
    assert!(formatted.html.contains("href=\"https://127.0.0.1:9100/@bob\""));
    let rows: Vec<i64> = formatted.mentions.iter().map(|mentioned| mentioned.resolved.account.0).collect();
    assert_eq!(rows, [1, 2, 3]);
}

#[test]
fn a_hashtag_links_to_its_page_here() {
    let formatted = format_plain("#Cats #cats #日本");
    assert!(
        formatted.html.starts_with(
            "<p><a href=\"https://a.example/tags/cats\" class=\"mention hashtag\" rel=\"tag\">#<span>Cats</span></a> "
        ),
        "{}",
        formatted.html
    );
    assert!(formatted.html.contains("https://a.example/tags/%E6%97%A5%E6%9C%AC"), "{}", formatted.html);
    assert_eq!(formatted.hashtags, ["Cats", "日本"]);
}

#[test]
fn a_link_hides_neither_mention_nor_hashtag() {
    let formatted = format_plain("https://b.example/@bob/#cats?x=@bob");
    assert!(formatted.mentions.is_empty() && formatted.hashtags.is_empty());
    assert!(
        formatted.html.contains("<span class=\"invisible\">https://</span><span>b.example/"),
        "{}",
        formatted.html
    );
}

#[test]
fn markdown_is_formatted() {
    for (text, want) in [
        ("*a* **b** `c` ~~d~~", "<p><em>a</em> <strong>b</strong> <code>c</code> <del>d</del></p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("# A", "<p><strong>A</strong></p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a", "<ol start=\"3\"><li>a</li></ol>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("```\n@bob #a <b>\n```", "<pre><code>@bob #a &lt;b&gt;\n</code></pre>"),
        ("`@bob #a`", "<p><code>@bob #a</code></p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("[x](javascript:alert(1))", "<p><a>x</a></p>"),
        ("a\n\n---\n\nb", "<p>a</p><p>b</p>"),
    ] {
        assert_eq!(format_markdown(text).html.replace(">\n", ">").trim(), want, "{text:?}");
    }
}

#[test]
fn markdown_knows_mentions_hashtags_and_links() {
    let formatted = format_markdown(
        "**@bob** #snake_case_tag https://b.example/_a_/*b* [t](https://c.example/_x_ \"@bob\")",
    );
    assert_eq!(formatted.mentions.len(), 1);
    assert_eq!(formatted.hashtags, ["snake_case_tag"]);
    assert!(
        formatted.html.contains(&format!("<strong>{}", BOB.split(" translate").next().unwrap())),
        "{}",
        formatted.html
    );
    assert!(formatted.html.contains("href=\"https://b.example/_a_/*b\""), "{}", formatted.html);
    assert!(formatted.html.contains("href=\"https://c.example/_x_\""), "{}", formatted.html);
    assert!(formatted.html.contains("rel=\"tag\""), "{}", formatted.html);
}

#[test]
fn an_image_in_markdown_becomes_a_link() {
    let formatted = format_markdown("![a cat](https://c.example/cat.png)");
    assert!(
        formatted.html.contains("href=\"https://c.example/cat.png\"")
            && formatted.html.contains(">a cat</a>"),
        "{}",
        formatted.html
    );
    assert!(!formatted.html.contains("<img"));
}

proptest! {
    #[test]
    fn plain_text_reads_the_same_after_formatting(words in prop::collection::vec("[^\\s\\p{C}]{1,12}", 0..8)) {
        let text = words.join(" ");
        let shown = crate::plain::from_html(&format_plain(&text).html);
        // A mention may be shown shorter than it was written; nothing else changes.
        if !text.contains('@') {
            prop_assert_eq!(shown, text);
        }
    }

    #[test]
    fn whatever_is_written_is_escaped(text in "[<>\"'&@#:/a-z\\n*_`~\\[\\]()!. -]{0,80}") {
        for formatted in [format_plain(&text), format_markdown(&text)] {
            let tags = formatted.html.to_lowercase();
            prop_assert!(!tags.contains("<script") && !tags.contains("<img") && !tags.contains("\"javascript:"));
        }
    }
}
