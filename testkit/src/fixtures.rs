//! The collected real documents, read from where `ANTIPHON_FIXTURES` points.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where the variable points, or `None` with a word about it.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ANTIPHON_FIXTURES").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: ANTIPHON_FIXTURES is not set");
    }
    folder
}

/// Every JSON document under the folder, with its path.
///
/// # Panics
/// Where the folder cannot be read.
pub fn documents() -> Option<Vec<(PathBuf, Value)>> {
    let mut found = Vec::new();
    collect(&folder()?, &mut found);
    found.sort_by(|a: &(PathBuf, Value), b| a.0.cmp(&b.0));
    Some(found)
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, Value)>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            found.extend(serde_json::from_slice(&text).ok().map(|json| (path, json)));
        }
    }
}
