//! What is shown of a page that a post links to.

use serde::{Deserialize, Serialize};

/// A page in short. All texts are plain, all URLs http(s); nothing of it runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// The page.
    pub url: String,
    /// Its title.
    pub title: String,
    /// What it is about.
    pub description: String,
    /// The site.
    pub provider_name: String,
    /// The site's page.
    pub provider_url: String,
    /// Who wrote it; empty where that is not told.
    pub author_name: String,
    /// Their page.
    pub author_url: String,
    /// A picture.
    pub image: Option<String>,
    /// What the picture shows.
    pub image_description: String,
    /// Pixels of the picture; 0 where that is not told.
    pub width: i64,
    /// The same.
    pub height: i64,
    /// BCP 47.
    pub language: Option<String>,
    /// When it was published, in milliseconds since 1970.
    pub published_at_ms: Option<i64>,
}
