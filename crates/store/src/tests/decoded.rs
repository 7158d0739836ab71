//! What was shown before never hides what is so now.

use super::{Refusal, Refused};
use crate::testing::{NOW, for_each_database, peer, post};
use crate::timeline::{self, Entry};
use crate::{Error, Result, Store, Tx, account};
use domain::post::PostText;
use domain::{Account, AccountId, AccountState, Handle, Host, Post, PostId, PostKind, PostView, Timestamp};
use std::path::Path;

const AUTHOR: AccountId = AccountId(1);
const POST: PostId = PostId(21);
const ANSWER: PostId = PostId(22);

fn add(tx: &mut Tx) -> Result<()> {
    let author = Account { id: AUTHOR, ..peer("https://a.example/ada") };
    account::insert(tx, &author, Some(NOW), 1)?;
    let first = post(&author, POST);
    let answer = Post {
        in_reply_to: Some(first.object_id.clone()),
        in_reply_to_id: Some(POST),
        ..post(&author, ANSWER)
    };
    crate::post::insert(tx, &first, None, 1)?;
    crate::post::insert(tx, &answer, None, 1)?;
    Ok(())
}

fn shown(tx: &mut Tx, id: PostId) -> Result<Option<PostView>> {
    Ok(timeline::views(tx, None, &[Entry::from(id)])?.into_iter().next())
}

/// What is shown is what the rows say, whatever was shown before.
fn agree(tx: &mut Tx) -> Result<()> {
    for id in [POST, ANSWER] {
        let (view, row) = (shown(tx, id)?, crate::post::find(tx, id)?);
        assert_eq!(view.as_ref().map(|view| &*view.post), row.as_ref());
        let author = account::find(tx, AUTHOR)?;
        assert_eq!(view.as_ref().map(|view| &*view.author), author.as_ref().filter(|_| row.is_some()));
    }
    Ok(())
}

fn text(content: &str) -> PostText {
    PostText { content_html: content.to_owned(), ..PostText::default() }
}

/// A verb that writes a new text, some time after [`NOW`].
fn edit(tx: &mut Tx, content: &str, after: i64) -> Result<()> {
    let post = crate::post::find(tx, POST)?.ok_or(Error::Missing)?;
    crate::post::edit(tx, &post, &text(content), Timestamp(NOW.0 + after), 1).map(drop)
}

#[test]
fn each_change_of_a_row_shows() {
    let changes: [fn(&mut Tx) -> Result<()>; 8] = [
        |tx| edit(tx, "anew", 1),
        |tx| crate::post::set_kind(tx, POST, &PostKind::Question),
        |tx| account::set_state(tx, AUTHOR, AccountState::Silenced),
        |tx| {
            let mut author = account::get(tx, AUTHOR)?;
            author.profile.display_name = "Ada".to_owned();
            account::update(tx, &author, 1)
        },
        |tx| {
            let host = Host::parse("b.example").map_err(|_| Error::Missing)?;
            account::claim_handle(tx, AUTHOR, &Handle { name: "ada2".to_owned(), domain: host }, NOW)
        },
        |tx| account::release_handle(tx, AUTHOR),
        |tx| {
            let (host, active) =
                (Host::parse("a.example").map_err(|_| Error::Missing)?, AccountState::Active);
            crate::host_rule::set_states(tx, &host, AccountState::Silenced, active, 10).map(drop)
        },
        |tx| {
            let first = crate::post::find(tx, POST)?.ok_or(Error::Missing)?;
            crate::post::remove(tx, &first)
        },
    ];
    for_each_database(|store: &Store| {
        store.write_blocking(add).unwrap();
        store.read_blocking(agree).unwrap();
        for change in changes {
            store.write_blocking(change).unwrap();
            store.read_blocking(agree).unwrap();
        }
        // The same id again, as something fetched anew may get it.
        store
            .write_blocking(|tx| {
                let author = account::get(tx, AUTHOR)?;
                let again = Post { text: text("once more"), ..post(&author, POST) };
                crate::post::insert(tx, &again, None, 1)
            })
            .unwrap();
        store.read_blocking(agree).unwrap();
    });
}

#[test]
fn an_answer_that_waited_for_what_it_answers_shows_it() {
    for_each_database(|store: &Store| {
        let adopted = store.write_blocking(|tx| {
            add(tx)?;
            let first = crate::post::find(tx, POST)?.ok_or(Error::Missing)?;
            crate::post::remove(tx, &first)?;
            assert_eq!(shown(tx, ANSWER)?.and_then(|view| view.post.in_reply_to_id), None);
            crate::post::insert(tx, &first, None, 1)?;
            crate::post::adopt(tx, &first)?;
            Ok::<_, Error>(shown(tx, ANSWER)?.and_then(|view| view.post.in_reply_to_id))
        });
        assert_eq!(adopted, Ok(Some(POST)));
        store.read_blocking(agree).unwrap();
    });
}

#[test]
fn what_was_undone_is_forgotten() {
    for_each_database(|store: &Store| {
        store.write_blocking(add).unwrap();
        let undone = store.write_blocking(|tx| -> Refused<()> {
            edit(tx, "never", 1)?;
            let view = shown(tx, POST)?;
            assert_eq!(view.map(|view| view.post.text.content_html.clone()).as_deref(), Some("never"));
            Err(Refusal::No)
        });
        assert_eq!(undone, Err(Refusal::No));
        store.read_blocking(agree).unwrap();
        store.write_blocking(|tx| edit(tx, "at last", 1)).unwrap();
        store.read_blocking(agree).unwrap();
    });
}

/// Whoever writes a statement that changes these rows reads of it here.
#[test]
fn each_statement_that_changes_a_row_gives_it_another_version() {
    let mut found = 0;
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = std::fs::read_to_string(&file).unwrap();
        for table in ["post", "account"] {
            let verb = format!("UPDATE {table} SET ");
            for (at, _) in source.match_indices(&verb) {
                let statement = source.split_at(at).1.split('"').next().unwrap_or_default();
                // `said!()` names its columns; when pins were asked for is shown to nobody.
                let is_fine = ["row_version", "SET (", "SET featured_at_ms"];
                assert!(
                    is_fine.iter().any(|part| statement.contains(part)),
                    "{}: {statement}",
                    file.display()
                );
                found += 1;
            }
        }
    }
    assert!(found > 8, "{found}");
}

fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| !path.ends_with("tests"))
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .collect()
}
