//! Where settings come from, and which of them counts.

use super::list::{ENTRIES, Entry, Settings};
use std::fmt;
use std::path::PathBuf;

/// Names that begin like ours and are for tests.
const FOR_TESTS: [&str; 3] = ["ANTIPHON_BIN", "ANTIPHON_FIXTURES", "ANTIPHON_TEST_"];

/// Why the settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongSetting {
    /// A value is not what it must be.
    #[error("{written} {problem}")]
    Value {
        /// The setting, as it was written there.
        written: String,
        /// What is wrong, as the end of the sentence.
        problem: String,
    },
    /// There is no such setting.
    #[error("there is no setting {written}{}", nearest.as_ref().map(|name| format!("; did you mean {name}?")).unwrap_or_default())]
    Unknown {
        /// What was written.
        written: String,
        /// The nearest one there is.
        nearest: Option<String>,
    },
    /// The file cannot be read.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: String,
        /// Why.
        why: String,
    },
    /// A value is well written and leads nowhere.
    #[error("{name}: {why}")]
    Unusable {
        /// The setting.
        name: &'static str,
        /// Why.
        why: String,
    },
}

/// Where a setting was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Nowhere.
    Default,
    /// In the file.
    File,
    /// By `ANTIPHON_*`.
    Environment,
    /// By a flag.
    Flag,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "environment",
            Self::Flag => "flag",
        })
    }
}

/// All that was written.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The file and what stands in it, where there is one.
    pub file: Option<(PathBuf, String)>,
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// Flags, by the names of settings.
    pub flags: Vec<(&'static str, String)>,
}

/// Settings, and where each was made.
#[derive(Debug, Clone)]
pub struct Effective {
    /// The settings.
    pub settings: Settings,
    sources: Vec<(&'static Entry, Source)>,
}

impl Sources {
    /// Reads them all: flags before the environment before the file.
    pub fn gather(&self) -> Result<Effective, WrongSetting> {
        let mut gathered = Effective {
            settings: Settings::default(),
            sources: ENTRIES.iter().map(|entry| (entry, Source::Default)).collect(),
        };
        self.read_file(&mut gathered)?;
        self.read_variables(&mut gathered)?;
        for (name, text) in &self.flags {
            let entry = ENTRIES.iter().find(|entry| entry.name == *name).ok_or_else(|| unknown(name, ""))?;
            gathered.set(entry, text, Source::Flag, &format!("--{}", entry.flag()))?;
        }
        Ok(gathered)
    }

    fn read_file(&self, gathered: &mut Effective) -> Result<(), WrongSetting> {
        let Some((path, text)) = &self.file else { return Ok(()) };
        let wrong = |why: String| WrongSetting::File { path: path.display().to_string(), why };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| wrong(error.to_string()))?;
        for (name, value) in &table {
            let written = format!("{}: {name}", path.display());
            let found = ENTRIES.iter().find(|entry| entry.name == name);
            let entry = found.ok_or_else(|| WrongSetting::Unknown {
                written: written.clone(),
                nearest: nearest(name).map(|entry| entry.name.to_owned()),
            })?;
            let text = as_text(value).ok_or_else(|| WrongSetting::Value {
                written: written.clone(),
                problem: "must be a text, a number, true or false, or a list of texts".to_owned(),
            })?;
            gathered.set(entry, &text, Source::File, &written)?;
        }
        Ok(())
    }

    fn read_variables(&self, gathered: &mut Effective) -> Result<(), WrongSetting> {
        let ours = self
            .variables
            .iter()
            .filter_map(|(name, text)| Some((name, name.strip_prefix("ANTIPHON_")?, text)));
        for (variable, name, text) in ours {
            if FOR_TESTS.iter().any(|known| variable.starts_with(known)) {
                continue;
            }
            let entry = ENTRIES.iter().find(|entry| entry.variable() == *variable);
            let entry = entry.ok_or_else(|| unknown(&name.to_ascii_lowercase(), "ANTIPHON_"))?;
            gathered.set(entry, text, Source::Environment, variable)?;
        }
        Ok(())
    }
}

impl Effective {
    fn set(&mut self, entry: &Entry, text: &str, source: Source, written: &str) -> Result<(), WrongSetting> {
        (entry.set)(&mut self.settings, text)
            .map_err(|problem| WrongSetting::Value { written: written.to_owned(), problem })?;
        if let Some((_, known)) = self.sources.iter_mut().find(|(known, _)| known.name == entry.name) {
            *known = source;
        }
        Ok(())
    }
}

/// One setting a line, with where it was made: what `config check` prints.
impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (entry, source) in &self.sources {
            let value = match entry.name {
                "listen" => self.settings.listen_address().to_string(),
                "database" => super::value::Value::write(&self.settings.database_place()),
                "handle_domain" => self.settings.names().domain().to_string(),
                _ => (entry.show)(&self.settings),
            };
            writeln!(f, "{} = {value:?}  # {source}", entry.name)?;
        }
        Ok(())
    }
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(truth) => Some(truth.to_string()),
        toml::Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(toml::Value::as_str).collect();
            Some(texts?.join(","))
        }
        _ => None,
    }
}

fn unknown(name: &str, prefix: &str) -> WrongSetting {
    let written = |name: &str| {
        if prefix.is_empty() { name.to_owned() } else { format!("{prefix}{}", name.to_ascii_uppercase()) }
    };
    WrongSetting::Unknown { written: written(name), nearest: nearest(name).map(|entry| written(entry.name)) }
}

/// The setting whose name is most like another.
fn nearest(name: &str) -> Option<&'static Entry> {
    let likeness = |entry: &Entry| strsim::jaro_winkler(entry.name, &name.to_ascii_lowercase());
    let best = ENTRIES.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    best.filter(|entry| likeness(entry) > 0.7)
}
