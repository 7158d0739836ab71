//! The walls of the house: which room may lean on which, and what none may do.
//! What the compiler cannot refuse by a missing dependency is refused here.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says no by breaking")]

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file longer than this holds two thoughts.
const MAX_LINES: usize = 599;

/// Which of our rooms each room may list.
const MAY_LIST: [(&str, &[&str]); 17] = [
    ("domain", &[]),
    ("activitypub", &["domain"]),
    ("text", &["domain"]),
    ("wire", &["domain"]),
    ("store", &["domain"]),
    ("media", &[]),
    ("service", &["domain", "activitypub", "text", "wire", "store", "media"]),
    ("web", &["domain", "service"]),
    ("workers", &["domain", "service"]),
    ("federation", &["domain", "service", "web"]),
    ("sign-in", &["domain", "service", "web"]),
    ("mastodon", &["domain", "service", "web"]),
    ("pages", &["domain", "service", "web"]),
    ("files", &["domain", "service", "web"]),
    (
        "server",
        &[
            "domain",
            "activitypub",
            "text",
            "wire",
            "store",
            "service",
            "web",
            "workers",
            "federation",
            "sign-in",
            "mastodon",
            "pages",
            "files",
        ],
    ),
    // Plays the peers too, so it may reach every room.
    ("testkit", &["domain", "activitypub", "text", "wire", "store", "service", "web", "workers", "server"]),
    // Measures the program from outside; no part of it.
    ("bench", &["domain", "activitypub", "wire"]),
];

/// Libraries that only the named rooms may list.
const ONLY_IN: [(&str, &[&str]); 10] = [
    ("rusqlite", &["store", "bench"]),
    ("postgres", &["store"]),
    ("tokio-postgres", &["store"]),
    ("hyper-rustls", &["wire"]),
    ("reqwest", &[]),
    ("ureq", &[]),
    ("ammonia", &["text"]),
    ("image", &["media"]),
    ("pulldown-cmark", &["text"]),
    ("axum", &["web", "federation", "sign-in", "mastodon", "pages", "files", "server", "testkit"]),
];

/// What the rooms without a world around them may not list.
const WORLDLY: [&str; 10] = [
    "tokio",
    "rusqlite",
    "postgres",
    "tokio-postgres",
    "hyper",
    "hyper-util",
    "http",
    "axum",
    "rustls",
    "tracing",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every room with what its program (not its tests) depends on.
fn rooms() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().iter().map(room).collect()
}

fn room(package: &Value) -> (String, BTreeSet<String>) {
    let dependencies = package["dependencies"].as_array().unwrap();
    let listed = dependencies
        .iter()
        .filter(|dependency| dependency["kind"].as_str() != Some("dev"))
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned());
    (package["name"].as_str().unwrap().to_owned(), listed.collect())
}

/// The Rust files under a folder, without what was built.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !matches!(name.as_str(), "target" | "node_modules" | ".git") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// A file's program: without comments, and without the tests at its end.
fn program(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let program = text.split("#[cfg(test)]").next().unwrap_or_default();
    program.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn is_test(path: &Path) -> bool {
    path.components().any(|part| {
        matches!(part.as_os_str().to_str(), Some("tests" | "tests.rs" | "testing.rs" | "benches"))
    })
}

#[test]
fn every_room_lists_only_the_rooms_below_it() {
    let rooms = rooms();
    for (name, listed) in &rooms {
        let Some((_, allowed)) = MAY_LIST.iter().find(|(room, _)| room == name) else {
            panic!("{name} is a new room: say in this test, and in ARCHITECTURE.md, what it may list");
        };
        for other in listed.iter().filter(|other| rooms.contains_key(*other)) {
            assert!(allowed.contains(&other.as_str()), "{name} lists {other}");
        }
    }
}

/// Capability P5.
#[test]
fn rules_and_language_know_no_world() {
    for (name, listed) in rooms() {
        if !matches!(name.as_str(), "domain" | "text" | "activitypub") {
            continue;
        }
        for library in WORLDLY {
            assert!(!listed.contains(library), "{name} lists {library}");
        }
    }
}

/// Who may send what `wire` would not: the post office itself, what plays
/// peers, and the demo's stranger, whose messages are wrong on purpose.
const UNGUARDED: [&str; 4] = ["crates/wire", "testkit", "bench", "server/src/demo/stranger.rs"];

#[test]
fn only_the_store_names_a_database_and_only_the_wire_a_client() {
    let rooms = rooms();
    for (library, allowed) in ONLY_IN {
        for (name, listed) in &rooms {
            assert!(!listed.contains(library) || allowed.contains(&name.as_str()), "{name} lists {library}");
        }
    }
    for path in sources(&root()) {
        let inside = path.strip_prefix(root()).unwrap();
        let may = UNGUARDED.iter().any(|room| inside.starts_with(room));
        if may || is_test(inside) {
            continue;
        }
        let program = program(&path);
        for client in ["hyper::client", "hyper_util::client"] {
            assert!(!program.contains(client), "{} names {client}", inside.display());
        }
    }
}

#[test]
fn only_the_program_reads_the_environment() {
    for room in ["crates", "faces"] {
        for path in sources(&root().join(room)).iter().filter(|path| !is_test(path)) {
            let program = program(path);
            for read in ["env::var", "env::args", "option_env!"] {
                assert!(!program.contains(read), "{} uses {read}", path.display());
            }
        }
    }
}

#[test]
fn every_room_keeps_the_lints_of_the_house() {
    let members =
        ["crates", "faces"].into_iter().flat_map(|folder| fs::read_dir(root().join(folder)).unwrap());
    let folders =
        members.map(|entry| entry.unwrap().path()).chain([root().join("server"), root().join("testkit")]);
    for manifest in folders.map(|folder| folder.join("Cargo.toml")).filter(|manifest| manifest.exists()) {
        let read: toml::Table = fs::read_to_string(&manifest).unwrap().parse().unwrap();
        let inherits =
            read.get("lints").and_then(|lints| lints.get("workspace")).and_then(toml::Value::as_bool);
        assert_eq!(inherits, Some(true), "{} has lints of its own", manifest.display());
    }
}

#[test]
fn no_file_is_longer_than_two_thoughts() {
    for path in sources(&root()) {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
    }
}

#[test]
fn the_modules_of_service_form_no_circle() {
    let graph = module_graph(&root().join("crates/service/src"));
    assert_eq!(circle(&graph), None, "modules that name each other");
}

/// The crate's root and the bundle every verb is given: they gather what the
/// modules offer, so naming them is naming the room, not a neighbour.
const GATHERING: [&str; 2] = ["lib", "cx"];

/// Which top-level module names which; a module and what lies in it are one.
fn module_graph(src: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let files: Vec<(String, String)> = sources(src)
        .into_iter()
        .filter(|path| !is_test(path.strip_prefix(src).unwrap()))
        .map(|path| (module_of(path.strip_prefix(src).unwrap()), program(&path)))
        .collect();
    let modules: BTreeSet<String> = files.iter().map(|(module, _)| module.clone()).collect();
    let exported =
        files.iter().find(|(module, _)| module == "lib").map_or_else(BTreeMap::new, |(_, lib)| exports(lib));
    let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, program) in files.iter().filter(|(module, _)| module != "lib") {
        let named = names_after(program, "crate::").into_iter().filter_map(|name| {
            let target = if modules.contains(&name) { name } else { exported.get(&name)?.clone() };
            (target != *module && !GATHERING.contains(&target.as_str())).then_some(target)
        });
        graph.entry(module.clone()).or_default().extend(named);
    }
    graph
}

fn module_of(inside: &Path) -> String {
    let first = inside.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.strip_suffix(".rs").map_or(first.clone(), str::to_owned)
}

/// What `lib.rs` hands on, and from which module: `pub use error::{Error, Result};`.
fn exports(lib: &str) -> BTreeMap<String, String> {
    let mut exported = BTreeMap::new();
    for statement in lib.split(';') {
        let Some((_, path)) = statement.split_once("pub use ") else { continue };
        let path = path.trim().trim_start_matches("crate::").trim_start_matches("self::");
        let Some((module, items)) = path.split_once("::") else { continue };
        let words = items.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        exported.extend(words.map(|word| (word.to_owned(), module.to_owned())));
    }
    exported
}

/// The first names after each `crate::`, also in `crate::{a, b::{c, d}}`.
fn names_after(program: &str, start: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for rest in program.split(start).skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => names.extend(group_names(group)),
            None => names.extend(Some(leading_name(rest)).filter(|name| !name.is_empty())),
        }
    }
    names
}

fn leading_name(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first name of each member of a group whose `{` was read.
fn group_names(group: &str) -> Vec<String> {
    let (mut depth, mut members) = (1, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => members.push(String::new()),
            _ => {
                if depth == 1 {
                    members.last_mut().unwrap().push(c);
                }
            }
        }
        if depth == 0 {
            break;
        }
    }
    members.iter().map(|member| leading_name(member.trim())).filter(|name| !name.is_empty()).collect()
}

/// A way from a module back to itself, if there is one.
fn circle(graph: &BTreeMap<String, BTreeSet<String>>) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    graph.keys().find_map(|start| walk(graph, start, &mut Vec::new(), &mut done))
}

fn walk(
    graph: &BTreeMap<String, BTreeSet<String>>,
    module: &str,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(at) = way.iter().position(|passed| passed == module) {
        return Some(way.iter().skip(at).cloned().chain([module.to_owned()]).collect());
    }
    if done.contains(module) {
        return None;
    }
    way.push(module.to_owned());
    let found = graph.get(module).into_iter().flatten().find_map(|next| walk(graph, next, way, done));
    way.pop();
    done.insert(module.to_owned());
    found
}

#[test]
fn a_circle_would_be_seen() {
    let graph = |edges: &[(&str, &str)]| {
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in edges {
            graph.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        graph
    };
    assert_eq!(circle(&graph(&[("a", "b"), ("b", "c"), ("a", "c")])), None);
    assert_eq!(
        circle(&graph(&[("a", "b"), ("b", "c"), ("c", "b")])),
        Some(vec!["b".to_owned(), "c".to_owned(), "b".to_owned()])
    );
    let program = "use crate::{post::{self, publish}, follow, Cx};\nlet x = crate::outbox::send();";
    let names: Vec<String> = names_after(program, "crate::").into_iter().collect();
    assert_eq!(names, ["Cx", "follow", "outbox", "post"]);
    assert_eq!(exports("pub use cx::{Cx, Options};").get("Cx").map(String::as_str), Some("cx"));
}
