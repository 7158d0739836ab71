//! The manual's page of settings, made from the list.

use super::list::ENTRIES;
use std::fmt::Write as _;

const HEAD: &str = "# Settings

No setting is needed to start. Each is read from `antiphon.toml` in the working directory (or the file that
`--config` names), from the environment and from flags; a flag counts before the environment, the environment before
the file.

```toml
origin = \"https://social.example\"
listen = \"127.0.0.1:8080\"
trusted_proxies = [\"127.0.0.1\"]
```

`antiphon config check` shows what is in effect and where it was set, and says what is wrong. This page is what
`antiphon config list` prints.

| in the file | in the environment | flag | default | meaning |
|---|---|---|---|---|
";

/// The page, in Markdown.
pub fn manual() -> String {
    let mut page = HEAD.to_owned();
    for entry in ENTRIES {
        let default = if entry.default.is_empty() { String::new() } else { format!("`{}`", entry.default) };
        let (name, variable, flag, meaning) = (entry.name, entry.variable(), entry.flag(), entry.sentence());
        // Writing to a text cannot fail.
        let _ = writeln!(page, "| `{name}` | `{variable}` | `--{flag}` | {default} | {meaning} |");
    }
    page
}
