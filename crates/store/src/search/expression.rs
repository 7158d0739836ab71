//! What is looked for in the index, in the words of each database. What goes
//! in consists of letters and digits only, so nothing in it can be read as an
//! operator; it is quoted all the same.

use crate::dialect::Dialect;
use std::fmt::Write as _;

/// Words that stand one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// At least one.
    pub words: Vec<String>,
    /// The last is the beginning of a word.
    pub is_prefix: bool,
}

/// What is looked for. All of it must be true.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Expression {
    /// These stand in the text.
    pub with: Vec<Words>,
    /// These do not.
    pub without: Vec<Words>,
    /// These facts are known.
    pub facts: Vec<String>,
    /// These are not.
    pub not_facts: Vec<String>,
}

/// Stands for every post, so that something can be looked for without words.
pub const ANY: &str = "any";

impl Expression {
    pub(crate) fn written(&self, dialect: Dialect) -> String {
        let words = match dialect {
            Dialect::Sqlite => sqlite_words,
            Dialect::Postgres => postgres_words,
        };
        let fact = |fact: &str| match dialect {
            Dialect::Sqlite => format!("facts : \"{}\"", plain(fact)),
            Dialect::Postgres => format!("'={}'", plain(fact)),
        };
        let (and, or) = match dialect {
            Dialect::Sqlite => (" AND ", " OR "),
            Dialect::Postgres => (" & ", " | "),
        };
        let mut with: Vec<String> = self.with.iter().filter(|w| !w.words.is_empty()).map(words).collect();
        with.extend(self.facts.iter().map(|name| fact(name)));
        if with.is_empty() {
            with.push(fact(ANY));
        }
        let mut without: Vec<String> =
            self.without.iter().filter(|w| !w.words.is_empty()).map(words).collect();
        without.extend(self.not_facts.iter().map(|name| fact(name)));
        let mut text = format!("({})", with.join(and));
        if !without.is_empty() {
            let not = if dialect == Dialect::Sqlite { " NOT " } else { " & !" };
            // Writing to a text cannot fail.
            let _ = write!(text, "{not}({})", without.join(or));
        }
        text
    }
}

/// Neither quotes nor anything else that has a meaning.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '"' | '\'' | '\\' | '\0')).collect()
}

fn sqlite_words(words: &Words) -> String {
    let phrase: Vec<String> = words.words.iter().map(|word| plain(word)).collect();
    let prefix = if words.is_prefix { " *" } else { "" };
    format!("words : \"{}\"{prefix}", phrase.join(" "))
}

fn postgres_words(words: &Words) -> String {
    let phrase: Vec<String> = words.words.iter().map(|word| format!("'{}'", plain(word))).collect();
    let prefix = if words.is_prefix { ":*" } else { "" };
    format!("({}{prefix})", phrase.join(" <-> "))
}

/// Words and facts as PostgreSQL reads a `tsvector`.
pub(crate) fn vector(words: &[String], facts: &[String]) -> String {
    /// Where PostgreSQL stops counting.
    const LAST_PLACE: usize = 16_383;
    let mut text = String::new();
    for (place, word) in (1..=LAST_PLACE).zip(words) {
        let _ = write!(text, "'{}':{place} ", plain(word));
    }
    for fact in facts.iter().map(String::as_str).chain([ANY]) {
        let _ = write!(text, "'={}' ", plain(fact));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str], is_prefix: bool) -> Words {
        Words { words: words.iter().map(|word| (*word).to_owned()).collect(), is_prefix }
    }

    #[test]
    fn an_expression_is_written_for_each_database() {
        let all = Expression {
            with: vec![words(&["a", "b"], false), words(&["c"], true)],
            without: vec![words(&["d"], false)],
            facts: vec!["by1".into()],
            not_facts: vec!["image".into()],
        };
        assert_eq!(
            all.written(Dialect::Sqlite),
            "(words : \"a b\" AND words : \"c\" * AND facts : \"by1\") NOT (words : \"d\" OR facts : \"image\")"
        );
        assert_eq!(
            all.written(Dialect::Postgres),
            "(('a' <-> 'b') & ('c':*) & '=by1') & !(('d') | '=image')"
        );
        assert_eq!(Expression::default().written(Dialect::Sqlite), "(facts : \"any\")");
    }

    #[test]
    fn nothing_in_a_word_has_a_meaning() {
        let hostile = Expression { with: vec![words(&["x\" OR \"y'\\"], false)], ..Expression::default() };
        assert_eq!(hostile.written(Dialect::Sqlite), "(words : \"x OR y\")");
        assert_eq!(hostile.written(Dialect::Postgres), "(('x OR y'))");
        assert_eq!(vector(&["a'b".into()], &["f\\".into()]), "'ab':1 '=f' '=any' ");
    }
}
