//! Which texts match which keywords.

use super::*;
use proptest::prelude::*;

const NOW: Timestamp = Timestamp(1_000_000);

fn keyword(number: i64, text: &str, whole_word: bool) -> Keyword {
    Keyword { id: KeywordId(number), text: text.to_owned(), whole_word }
}

fn filter(id: i64, keywords: Vec<Keyword>, posts: &[i64]) -> Filter {
    let named = |id: &i64| FilteredPost { id: FilteredPostId(*id), post_id: PostId(*id) };
    Filter {
        id: FilterId(id),
        owner: AccountId(1),
        title: "x".into(),
        contexts: [Context::Home].into_iter().collect(),
        action: Action::Warn,
        drops: false,
        expires_at: None,
        keywords,
        posts: posts.iter().map(named).collect(),
    }
}

fn matches(word: &str, whole_word: bool, text: &str) -> bool {
    let matcher = Matcher::new(vec![filter(1, vec![keyword(1, word, whole_word)], &[])]);
    !matcher.find(|| text.to_owned(), &[PostId(1)], NOW).is_empty()
}

#[test]
fn codes_round_trip() {
    for action in Action::ALL {
        assert_eq!(Action::from_code(action.code()), Some(action));
    }
    assert_eq!((Action::from_code(3), Action::from_code(-1)), (None, None));
    let some: Contexts = [Context::Public, Context::Home].into_iter().collect();
    assert_eq!(Contexts::from_code(some.code()), some);
    assert_eq!(some.iter().collect::<Vec<_>>(), [Context::Home, Context::Public]);
    assert!(Contexts::from_code(32).is_empty());
}

#[test]
fn keywords_are_found_as_a_reader_would() {
    for (word, text, whole, anywhere) in [
        ("cat", "a cat sat", true, true),
        ("cat", "CAT!", true, true),
        ("cat", "concatenate", false, true),
        ("cat", "cats", false, true),
        ("cat", "(cat)", true, true),
        ("cat", "tom_cat", false, true),
        ("cat", "dog", false, false),
        ("cat", "", false, false),
        ("two words", "two\n\nwords", true, true),
        ("two  words", "Two words", true, true),
        ("#tag", "a #tag here", true, true),
        ("#tag", "a #tags here", false, true),
        ("tag", "a #tag here", true, true),
        ("@bob", "hey @bob@there.example", true, true),
        ("c++", "I like C++ much", true, true),
        ("c++", "I like C++x", true, true),
        ("über", "ÜBER alles", true, true),
        ("über", "darüber", false, true),
        ("élan", "elan", false, false),
        ("cafe", "cafe\u{301}", false, true),
        ("Катя", "катя пишет", true, true),
        ("кат", "катя", false, true),
        // Written without spaces: a whole word may stand anywhere.
        ("猫", "黒猫がいる", true, true),
        ("ねこ", "かわいいねこです", true, true),
        ("トランプ", "ドナルド・トランプ氏", true, true),
        ("art", "日本art祭", true, true),
        ("แมว", "ฉันรักแมวมาก", true, true),
        ("は", "は\u{3099}", false, true),
        ("고양이", "고양이 좋아", true, true),
        ("고양이", "고양이가", false, true),
        ("🎉", "party🎉time", true, true),
        ("spoiler", "spo\u{ad}iler", true, true),
        ("spoiler", "spo\u{200b}iler", true, true),
        (".", "no dot", false, false),
        (".*", "anything", false, false),
        ("\\b", "word", false, false),
        ("   ", "a   b", false, false),
    ] {
        assert_eq!(matches(word, true, text), whole, "{word:?} as a word in {text:?}");
        assert_eq!(matches(word, false, text), anywhere, "{word:?} anywhere in {text:?}");
    }
}

#[test]
fn all_keywords_and_posts_that_match_are_named() {
    let words = vec![keyword(1, "One", true), keyword(2, "two", true), keyword(3, "three", true)];
    let matcher = Matcher::new(vec![
        filter(1, words, &[]),
        filter(2, Vec::new(), &[7, 8]),
        filter(3, Vec::new(), &[9]),
    ]);
    let found = matcher.find(|| "three and one".into(), &[PostId(7), PostId(70)], NOW);
    let shown: Vec<_> = found.iter().map(|m| (m.filter.id.0, m.keywords.clone(), m.posts.clone())).collect();
    let wanted = [(1, vec!["One".to_owned(), "three".to_owned()], vec![]), (2, vec![], vec![PostId(7)])];
    assert_eq!(shown, wanted);
    // A boost of a post has the post's filters, and its own.
    assert_eq!(matcher.find(String::new, &[PostId(70), PostId(9)], NOW).len(), 1);
}

#[test]
fn a_filter_that_has_expired_does_nothing() {
    let ends = |at| Filter { expires_at: Some(at), ..filter(1, vec![keyword(1, "cat", true)], &[]) };
    for (at, count) in [(Timestamp(NOW.0 + 1), 1), (NOW, 0), (Timestamp(0), 0)] {
        assert_eq!(Matcher::new(vec![ends(at)]).find(|| "cat".into(), &[], NOW).len(), count);
    }
}

#[test]
fn only_what_is_irreversible_is_left_out_and_only_where_it_works() {
    let of = |drops| Match {
        filter: Arc::new(Filter { drops, ..filter(1, Vec::new(), &[]) }),
        keywords: Vec::new(),
        posts: Vec::new(),
    };
    assert!(of(true).drops(Context::Home) && !of(true).drops(Context::Notifications));
    assert!(!of(false).drops(Context::Home));
}

#[test]
fn keywords_that_lie_in_each_other_cost_no_more_than_a_bound() {
    let mut words: Vec<Keyword> =
        (1..=500).map(|n| keyword(n, &"a".repeat(usize::try_from(n).unwrap()), false)).collect();
    words.push(keyword(501, "b", true));
    words.push(keyword(502, "nowhere", true));
    let matcher = Matcher::new(vec![filter(1, words, &[])]);
    let text = format!("{} b", "a".repeat(20_000));
    let found = matcher.find(|| text, &[], NOW);
    assert_eq!(found[0].keywords.len(), 501);
}

#[test]
fn a_text_without_end_is_read_to_a_bound() {
    let found = |text: String| matches("cat", true, &text);
    assert!(found(format!("cat {}", "x ".repeat(1 << 20))));
    assert!(!found(format!("{} cat", "x ".repeat(1 << 20))));
}

proptest! {
    #[test]
    fn a_keyword_is_found_wherever_it_is_put(before in "\\PC{0,20}", word in "[\\p{L}\\p{N}#!?]{1,8}", after in "\\PC{0,20}") {
        let text = format!("{before} {word} {after}");
        prop_assert!(matches(&word, false, &text));
        prop_assert!(matches(&word, true, &text));
    }

    #[test]
    fn one_walk_finds_what_looking_one_by_one_finds(words in prop::collection::vec(("[ab ]{1,4}", any::<bool>()), 1..6), text in "[ab c]{0,30}") {
        let words: Vec<Keyword> = words.iter().enumerate().map(|(n, (text, whole))| keyword(i64::try_from(n).unwrap(), text, *whole)).collect();
        let matcher = Matcher::new(vec![filter(1, words, &[])]);
        let text = fold(&text);
        prop_assert_eq!(matcher.words_in(&text), matcher.one_by_one(&text, HashSet::new()));
    }
}
