//! What differs between the two databases. Statements and migrations are
//! written once, in PostgreSQL's manner; this turns them into SQLite's.
//!
//! | written | SQLite | PostgreSQL |
//! |---|---|---|
//! | `$3` | `?3` | as it is |
//! | `= ANY($3)` | `IN (SELECT value FROM rarray(?3))` | as it is |
//! | `<> ALL($3)` | `NOT IN (SELECT value FROM rarray(?3))` | as it is |
//! | `FOR UPDATE`, `FOR UPDATE SKIP LOCKED` | nothing: there is one writer | as it is |
//! | migrations: `BIGINT`, `BYTEA` | `INTEGER`, `BLOB` | as they are |
//! | migrations: `TEXT` | as it is (compares bytes) | `TEXT COLLATE "C"` |
//! | migrations: `) /*strict, without rowid*/;` | `) STRICT, WITHOUT ROWID;` | nothing |

/// Which database speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite, in the process.
    Sqlite,
    /// PostgreSQL, over a socket.
    Postgres,
}

/// A statement as SQLite wants it.
pub(crate) fn statement_for_sqlite(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some((copied, more)) = rest.split_at_checked(next_token(rest)) {
        out.push_str(copied);
        rest = more;
        if rest.is_empty() {
            break;
        }
        rest = rewrite_token(rest, &mut out);
    }
    out
}

/// Writes what stands at the start of `rest` and returns what follows it.
fn rewrite_token<'a>(rest: &'a str, out: &mut String) -> &'a str {
    for (written, before) in
        [("= ANY($", "IN (SELECT value FROM rarray(?"), ("<> ALL($", "NOT IN (SELECT value FROM rarray(?")]
    {
        if let Some((number, more)) = rest.strip_prefix(written).and_then(leading_number) {
            out.push_str(before);
            out.push_str(number);
            out.push(')');
            return more;
        }
    }
    if let Some((number, more)) = rest.strip_prefix('$').and_then(leading_number) {
        out.push('?');
        out.push_str(number);
        return more;
    }
    for locking in ["FOR UPDATE SKIP LOCKED", "FOR UPDATE"] {
        if let Some(more) = rest.strip_prefix(locking) {
            return more;
        }
    }
    if let Some((quoted, more)) = leading_quote(rest) {
        out.push_str(quoted);
        return more;
    }
    let mut chars = rest.chars();
    out.extend(chars.next());
    chars.as_str()
}

/// How far it is to the next place where something may have to be rewritten.
fn next_token(text: &str) -> usize {
    text.find(['$', '=', '<', 'F', '\'', '"']).unwrap_or(text.len())
}

fn leading_number(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(number, _)| !number.is_empty())
}

/// A quoted text or name at the start, with its quotes, and what follows.
fn leading_quote(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
    // A doubled quote is seen as the end of one quotation and the start of the next.
    let end = text.char_indices().skip(1).find(|(_, c)| *c == quote)?.0;
    text.split_at_checked(end + 1)
}

/// A migration in the words of the database.
pub(crate) fn migration(text: &str, dialect: Dialect) -> String {
    let mut out = String::with_capacity(text.len() * 5 / 4);
    let mut rest = text;
    let mut last_word = "";
    while !rest.is_empty() {
        if let Some((kept, more)) = leading_quote(rest).or_else(|| leading_comment(rest)) {
            out.push_str(marker(kept, dialect));
            rest = more;
        } else if let Some((word, more)) = leading_word(rest) {
            // A cast is no column.
            out.push_str(if last_word == "AS" { word } else { column_word(word, dialect) });
            last_word = word;
            rest = more;
        } else {
            let mut chars = rest.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    out
}

fn marker(text: &str, dialect: Dialect) -> &str {
    match (text, dialect) {
        ("/*strict*/", Dialect::Sqlite) => "STRICT",
        ("/*strict, without rowid*/", Dialect::Sqlite) => "STRICT, WITHOUT ROWID",
        _ => text,
    }
}

fn column_word(word: &str, dialect: Dialect) -> &str {
    match (word, dialect) {
        ("BIGINT", Dialect::Sqlite) => "INTEGER",
        ("BYTEA", Dialect::Sqlite) => "BLOB",
        ("TEXT", Dialect::Postgres) => "TEXT COLLATE \"C\"",
        _ => word,
    }
}

fn leading_comment(text: &str) -> Option<(&str, &str)> {
    let end = if text.starts_with("--") {
        text.find('\n').unwrap_or(text.len())
    } else if text.starts_with("/*") {
        text.find("*/")? + 2
    } else {
        return None;
    };
    text.split_at_checked(end)
}

fn leading_word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
}

/// The number an advisory lock has for a key: FNV-1a, the same in every
/// process that shares the database.
pub(crate) fn lock_number(key: &str) -> i64 {
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_rewritten_for_sqlite() {
        for (written, wanted) in [
            ("SELECT $2, $10, $1", "SELECT ?2, ?10, ?1"),
            ("WHERE a = ANY($1) AND b = $2", "WHERE a IN (SELECT value FROM rarray(?1)) AND b = ?2"),
            ("WHERE a <> ALL($12)", "WHERE a NOT IN (SELECT value FROM rarray(?12))"),
            ("SELECT '$1', \"a$2\", 'it''s $3', $4", "SELECT '$1', \"a$2\", 'it''s $3', ?4"),
            ("SELECT 1 FROM a LIMIT $1 FOR UPDATE SKIP LOCKED", "SELECT 1 FROM a LIMIT ?1 "),
            ("SELECT 1 FROM a FOR UPDATE", "SELECT 1 FROM a "),
            ("SELECT a <= b, c <> d, '€' || $1", "SELECT a <= b, c <> d, '€' || ?1"),
            ("SELECT 'open", "SELECT 'open"),
            ("", ""),
        ] {
            assert_eq!(statement_for_sqlite(written), wanted);
        }
    }

    const TABLE: &str = "-- TEXT of BIGINT\nCREATE TABLE a (\n  id BIGINT PRIMARY KEY,\n  name TEXT NOT NULL,\n  \
        body BYTEA,\n  kind TEXT NOT NULL DEFAULT 'TEXT',\n  CHECK (CAST(id AS TEXT) <> 'x')\n) /*strict*/;\n\
        CREATE TABLE b (text_id BIGINT) /*strict, without rowid*/;";

    #[test]
    fn a_migration_is_rewritten_for_sqlite() {
        let text = migration(TABLE, Dialect::Sqlite);
        assert!(text.starts_with("-- TEXT of BIGINT\n"), "{text}");
        assert!(text.contains("id INTEGER PRIMARY KEY"));
        assert!(text.contains("body BLOB,"));
        assert!(text.contains(") STRICT;"));
        assert!(text.ends_with("(text_id INTEGER) STRICT, WITHOUT ROWID;"));
    }

    #[test]
    fn a_migration_is_rewritten_for_postgresql() {
        let text = migration(TABLE, Dialect::Postgres);
        assert!(text.contains("name TEXT COLLATE \"C\" NOT NULL"), "{text}");
        assert!(text.contains("DEFAULT 'TEXT'"));
        assert!(text.contains("CAST(id AS TEXT)"));
        assert!(text.contains("body BYTEA,"));
    }

    #[test]
    fn a_lock_has_the_same_number_in_every_process() {
        assert_eq!(lock_number(""), 0xcbf2_9ce4_8422_2325_u64.cast_signed());
        assert_ne!(lock_number("follow:1"), lock_number("follow:2"));
    }
}
