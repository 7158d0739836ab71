//! `PreviewCard`.

use super::value::Iso;
use domain::Timestamp;
use domain::card::Card;
use serde::Serialize;

#[derive(Debug, Serialize)]
struct Author<'a> {
    name: &'a str,
    url: &'a str,
    /// No page here says that it belongs to an account.
    account: Option<()>,
}

/// <https://docs.joinmastodon.org/entities/PreviewCard/>. Nothing is embedded:
/// `html` and `embed_url` stay empty.
#[derive(Debug, Serialize)]
pub(crate) struct PreviewCard<'a> {
    url: &'a str,
    title: &'a str,
    description: &'a str,
    language: Option<&'a str>,
    r#type: &'static str,
    author_name: &'a str,
    author_url: &'a str,
    provider_name: &'a str,
    provider_url: &'a str,
    html: &'static str,
    width: i64,
    height: i64,
    image: Option<&'a str>,
    image_description: &'a str,
    embed_url: &'static str,
    blurhash: Option<&'a str>,
    published_at: Option<Iso>,
    authors: Vec<Author<'a>>,
    missing_attribution: bool,
}

impl<'a> From<&'a Card> for PreviewCard<'a> {
    fn from(card: &'a Card) -> Self {
        let author = Author { name: &card.author_name, url: &card.author_url, account: None };
        Self {
            url: &card.url,
            title: &card.title,
            description: &card.description,
            language: card.language.as_deref(),
            r#type: "link",
            author_name: &card.author_name,
            author_url: &card.author_url,
            provider_name: &card.provider_name,
            provider_url: &card.provider_url,
            html: "",
            width: card.width,
            height: card.height,
            image: card.image.as_deref(),
            image_description: &card.image_description,
            embed_url: "",
            blurhash: None,
            published_at: card.published_at_ms.map(|ms| Iso(Timestamp(ms))),
            authors: [author].into_iter().filter(|author| !author.name.is_empty()).collect(),
            missing_attribution: false,
        }
    }
}
