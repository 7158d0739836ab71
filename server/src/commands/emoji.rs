//! `antiphon emoji …`

use anyhow::Context;
use clap::Subcommand;
use service::{Cx, emoji};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Emoji of this server.
#[derive(Debug, Clone, Subcommand)]
pub enum EmojiCommand {
    /// Offer an emoji, in place of the one with its name
    Add {
        /// Its name: letters a-z, digits and _
        shortcode: String,
        /// Its picture: PNG, GIF, WebP or AVIF, at most 256 KiB
        file: PathBuf,
        /// What it stands among where it is picked
        #[arg(long)]
        category: Option<String>,
    },
    /// All that are offered
    List,
    /// Offer one no longer; where it was used, it stays to be seen
    Remove {
        /// Its name
        shortcode: String,
    },
}

pub(super) async fn run(cx: &Cx, command: &EmojiCommand, folder: &Path) -> anyhow::Result<String> {
    match command {
        EmojiCommand::Add { shortcode, file, category } => {
            add(cx, shortcode, &folder.join(file), category.clone()).await
        }
        EmojiCommand::List => list(cx).await,
        EmojiCommand::Remove { shortcode } => {
            let name = shortcode.clone();
            cx.write(move |tx| emoji::remove(tx, &name)).await?;
            Ok(format!(":{shortcode}: is no longer offered\n"))
        }
    }
}

async fn add(cx: &Cx, shortcode: &str, file: &Path, category: Option<String>) -> anyhow::Result<String> {
    let size = tokio::fs::metadata(file).await.with_context(|| file.display().to_string())?.len();
    // Not even read where it is too large.
    anyhow::ensure!(size <= emoji::MAX_BYTES as u64, "{} is larger than 256 KiB", file.display());
    let bytes = tokio::fs::read(file).await.with_context(|| file.display().to_string())?;
    let name = shortcode.to_owned();
    let made = cx.write(move |tx| emoji::add(tx, &name, category.as_deref(), &bytes)).await?;
    Ok(format!(":{}: {}\n", made.shortcode, emoji::picture_url(&cx.names, &made)))
}

async fn list(cx: &Cx) -> anyhow::Result<String> {
    let mut text = String::new();
    for one in cx.read(emoji::list).await? {
        let category = one.category.as_deref().unwrap_or("-");
        writeln!(text, ":{}:\t{category}\t{}", one.shortcode, emoji::picture_url(&cx.names, &one))?;
    }
    Ok(text)
}
