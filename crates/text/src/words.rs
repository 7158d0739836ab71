//! The words of a text, for searching: in one case, without accents, and for
//! scripts that write no spaces in overlapping pairs of characters.
//!
//! Pairs, not the triples that databases offer: most Chinese and Japanese
//! words have two characters, and three would not find them. The last
//! character of each run stands alone too, so that one character alone is
//! found wherever it stands, as the beginning of a word. Both databases are
//! given these words, so both find the same.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest word, in characters: what is longer is no word of people.
const MAX_CHARACTERS: usize = 64;

/// Words that belong together, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// At least one.
    pub words: Vec<String>,
    /// The last is the beginning of a word.
    pub is_prefix: bool,
}

/// The words of a text as they are kept, at most so many.
pub fn of(text: &str, most: usize) -> Vec<String> {
    let mut words = Vec::new();
    for run in runs(text) {
        match run {
            Run::Word(word) => words.push(word),
            Run::Dense(run) => {
                words.extend(pairs(&run));
                words.extend(run.last().map(char::to_string));
            }
        }
        if words.len() >= most {
            words.truncate(most);
            break;
        }
    }
    words
}

/// The words of a text as one phrase: all of them, one after another. Where a
/// run of a dense script is followed by something, its last character is a
/// word too, as in [`of`].
pub fn phrase(text: &str) -> Option<Phrase> {
    let runs = runs(text);
    let count = runs.len();
    let (mut words, mut is_prefix) = (Vec::new(), false);
    for (index, run) in runs.into_iter().enumerate() {
        let is_last = index + 1 == count;
        match run {
            Run::Word(word) => words.push(word),
            Run::Dense(run) => {
                words.extend(pairs(&run));
                if !is_last || run.len() == 1 {
                    words.extend(run.last().map(char::to_string));
                }
                is_prefix = is_last && run.len() == 1;
            }
        }
    }
    (!words.is_empty()).then_some(Phrase { words, is_prefix })
}

enum Run {
    Word(String),
    /// Of a script without spaces.
    Dense(Vec<char>),
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = false;
    for c in plain(text) {
        if is_dense(c) {
            match runs.last_mut() {
                Some(Run::Dense(run)) if open => run.push(c),
                _ => runs.push(Run::Dense(vec![c])),
            }
            open = true;
        } else if c.is_alphanumeric() || (open && is_combining_mark(c)) {
            match runs.last_mut() {
                Some(Run::Word(word)) if open => {
                    if word.chars().count() < MAX_CHARACTERS {
                        word.push(c);
                    }
                }
                _ => runs.push(Run::Word(c.to_string())),
            }
            open = true;
        } else {
            open = false;
        }
    }
    runs
}

/// In lower case, without the accents of European scripts, each character in
/// its one usual form.
fn plain(text: &str) -> impl Iterator<Item = char> {
    let (ascii, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    ascii.chars().map(|c| c.to_ascii_lowercase()).chain(folded(other))
}

fn folded(text: &str) -> impl Iterator<Item = char> {
    let bare: String = text.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).collect();
    let lower: Vec<char> = bare.nfkc().flat_map(char::to_lowercase).collect();
    lower.into_iter().map(|c| if c == 'ς' { 'σ' } else { c })
}

fn pairs(run: &[char]) -> impl Iterator<Item = String> {
    run.windows(2).map(|pair| pair.iter().collect())
}

/// Han, kana, Hangul, and the scripts of south-east Asia.
const fn is_dense(c: char) -> bool {
    matches!(c,
        '\u{0e00}'..='\u{0eff}'      // Thai, Lao
        | '\u{1000}'..='\u{109f}'    // Myanmar
        | '\u{1780}'..='\u{17ff}'    // Khmer
        | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30ff}'    // kana
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}'    // Hangul
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}'
    ) && !matches!(c, '\u{30fb}' | '\u{0e3f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_one_form() {
        for (text, wanted) in [
            ("Hello, World!", vec!["hello", "world"]),
            ("CAFÉ Ärger naïve", vec!["cafe", "arger", "naive"]),
            ("ΟΔΟΣ οδός", vec!["οδοσ", "οδοσ"]),
            ("don't #Choir @bob@a.example", vec!["don", "t", "choir", "bob", "a", "example"]),
            ("ＦＵＬＬ ﬁne", vec!["full", "fine"]),
            ("हिन्दी में", vec!["हिन्दी", "में"]),
            ("", vec![]),
            ("—!?", vec![]),
        ] {
            assert_eq!(of(text, 100), wanted, "{text}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_kept_in_pairs() {
        assert_eq!(of("黒猫です", 100), ["黒猫", "猫で", "です", "す"]);
        assert_eq!(of("猫", 100), ["猫"]);
        assert_eq!(of("Rust言語", 100), ["rust", "言語", "語"]);
        assert_eq!(of("한국어", 100), ["한국", "국어", "어"]);
        assert_eq!(of("ガガ", 100), ["ガガ", "ガ"], "a mark is one with its character");
    }

    #[test]
    fn what_is_searched_for_is_found_in_what_is_kept() {
        let found = |text: &str, wanted: &str| {
            let kept = of(text, 1000);
            phrase(wanted).is_some_and(|phrase| {
                kept.windows(phrase.words.len()).any(|window| {
                    let (last, first) = window.split_last().unwrap();
                    let (wanted_last, wanted_first) = phrase.words.split_last().unwrap();
                    let fits = if phrase.is_prefix {
                        last.starts_with(wanted_last.as_str())
                    } else {
                        last == wanted_last
                    };
                    first == wanted_first && fits
                })
            })
        };
        for (text, wanted) in [
            ("黒猫です", "猫"),
            ("黒猫", "猫"),
            ("黒猫です", "黒"),
            ("黒猫です", "猫です"),
            ("東京タワーへ行く", "タワー"),
            ("Rust言語で書く", "rust言語"),
            ("the quick brown fox", "quick brown"),
            ("Un café crème", "cafe creme"),
            ("สวัสดีครับ", "ครับ"),
        ] {
            assert!(found(text, wanted), "{wanted} in {text}");
        }
        assert!(
            !found("東京都", "京東") && !found("catalogue", "cat") && !found("brown quick", "quick brown")
        );
    }

    #[test]
    fn a_text_has_so_many_words_and_no_longer_ones() {
        assert_eq!(of(&"a ".repeat(1000), 10).len(), 10);
        assert_eq!(of(&"x".repeat(1000), 10), ["x".repeat(MAX_CHARACTERS)]);
        assert_eq!(of(&"猫".repeat(1000), 10).len(), 10);
    }
}
