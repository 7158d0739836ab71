//! `antiphon demo --once`: the program itself plays the whole story.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn demo(folder: &Path, args: &[&str]) -> Command {
    // Settings of whoever runs the tests have no say here.
    let inherited = std::env::vars().filter(|(name, _)| !name.starts_with("ANTIPHON_"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_antiphon"));
    command.arg("demo").args(args).current_dir(folder).env_clear().envs(inherited);
    command
}

fn once(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder to stand in");
    demo(folder.path(), &["--once"]).args(args).output().expect("a program to run")
}

/// The lines from the sentence of a step to the next.
fn step<'a>(text: &'a str, beginning: &str) -> Vec<&'a str> {
    let mut lines = text.lines().skip_while(|line| !line.contains(beginning));
    let first = lines.next().unwrap_or_else(|| panic!("no step says {beginning:?}:\n{text}"));
    std::iter::once(first).chain(lines.take_while(|line| !line.is_empty())).collect()
}

fn count(lines: &[&str], what: &str) -> usize {
    lines.iter().filter(|line| line.contains(what)).count()
}

/// Capability W1, F4, F6, F7, F8, F12, N3, N4, N8, N22.
#[test]
fn the_story_ends_well_and_shows_each_message() {
    let kept = tempfile::tempdir().unwrap();
    let folder = kept.path().join("three");
    let output = once(&["--keep", folder.to_str().unwrap()]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(!text.contains("MISSING"), "{text}");
    assert!(!text.contains('\u{1b}'), "colours are for terminals");

    let follow = step(&text, "alice follows berta.");
    assert_eq!(count(&follow, "Follow from alice@alpha, sent to http://beta.localhost:"), 1, "{follow:#?}");
    assert_eq!(
        count(&follow, "Accept{Follow} from berta@beta, sent to http://alpha.localhost:"),
        1,
        "{follow:#?}"
    );
    let public = step(&text, "alice writes a public post.");
    assert_eq!(count(&public, "Create from alice@alpha"), 2, "{public:#?}");
    assert_eq!(count(&public, "/inbox"), 2, "{public:#?}");
    let direct = step(&text, "alice writes to carlos alone.");
    assert_eq!(count(&direct, "Create from alice@alpha"), 1, "{direct:#?}");
    assert_eq!(count(&direct, "/users/carlos/inbox"), 1, "{direct:#?}");
    let unsigned = step(&text, "Somebody posts, without a signature");
    assert_eq!(count(&unsigned, "the sender is answered 401"), 1, "{unsigned:#?}");
    assert_eq!(count(&unsigned, "refused, no_signature"), 1, "{unsigned:#?}");
    let forged = step(&text, "carlos signs, with his own good key");
    assert_eq!(count(&forged, "the sender is answered 403"), 1, "{forged:#?}");
    assert_eq!(count(&forged, "refused, not_yours"), 1, "{forged:#?}");
    let passed_on = step(&text, "He passes on that alice deletes");
    assert_eq!(count(&passed_on, "its origin does not say so"), 1, "{passed_on:#?}");

    let summary = step(&text, "=== Summary ===");
    assert_eq!(count(&summary, "refused   0"), 2, "{summary:#?}");
    assert_eq!(count(&summary, "refused   4"), 1, "{summary:#?}");
    assert_eq!(count(&summary, "expected effects happened."), 1, "{summary:#?}");
    assert!(text.contains("/@alice\n"), "{text}");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    for place in ["alpha", "beta", "gamma"] {
        assert!(folder.join(place).join("antiphon.db").is_file(), "{place} has its own database");
    }
}

#[test]
fn a_folder_that_is_there_is_left_alone() {
    let kept = tempfile::tempdir().unwrap();
    let output = once(&["--keep", kept.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("File exists"));
    assert_eq!(kept.path().read_dir().unwrap().count(), 0);
}

#[test]
fn without_once_it_runs_until_it_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = demo(folder.path(), &[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("Ctrl-C") {
        assert_ne!(output.read_line(&mut text).unwrap(), 0, "{text}");
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    output.read_to_string(&mut text).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0), "{text}");
    assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing is left where it was called");
}
