//! What stands in a page's head: `meta`, `title`, `link`, and structured data.

use super::tags::{Tag, walk};
use serde_json::Value;
use std::collections::HashMap;

/// Names of `meta` that are kept, each with its first value.
const MAX_METAS: usize = 200;
/// Items of structured data that are looked at.
const MAX_ITEMS: usize = 100;
/// What structured data must be about.
const ARTICLES: [&str; 9] = [
    "Article",
    "NewsArticle",
    "BlogPosting",
    "Report",
    "ScholarlyArticle",
    "SocialMediaPosting",
    "TechArticle",
    "VideoObject",
    "WebPage",
];

#[derive(Debug, Default)]
pub(super) struct Facts {
    metas: HashMap<String, String>,
    title: Option<String>,
    language: Option<String>,
    oembed: Option<String>,
    author_link: Option<String>,
    article: Option<Value>,
}

impl Facts {
    pub(super) fn of(html: &str) -> Self {
        let mut facts = Self::default();
        walk(html, |tag| facts.see(tag));
        facts
    }

    fn see(&mut self, tag: &Tag) {
        if tag.is("meta") {
            self.see_meta(tag);
        } else if tag.is("title") {
            // Pictures in a page have titles too; the page's comes first.
            self.title.get_or_insert_with(|| tag.text().to_owned());
        } else if tag.is("html") {
            self.language = tag.value("lang").map(str::to_owned);
        } else if tag.is("link") {
            self.see_link(tag);
        } else if tag.is("script") && tag.has("type", "application/ld+json") && self.article.is_none() {
            self.article = serde_json::from_str(tag.text()).ok().and_then(|json| article(&json));
        }
    }

    fn see_meta(&mut self, tag: &Tag) {
        let name = tag.value("property").or_else(|| tag.value("name"));
        if let (Some(name), Some(content)) = (name, tag.value("content"))
            && self.metas.len() < MAX_METAS
            && !content.trim().is_empty()
        {
            self.metas.entry(name.trim().to_ascii_lowercase()).or_insert_with(|| content.to_owned());
        }
    }

    fn see_link(&mut self, tag: &Tag) {
        let href = || tag.value("href").map(str::to_owned);
        if tag.has("rel", "alternate") && tag.has("type", "application/json+oembed") {
            self.oembed = self.oembed.take().or_else(href);
        } else if tag.has("rel", "author") {
            self.author_link = self.author_link.take().or_else(href);
        }
    }

    pub(super) fn meta(&self, name: &str) -> Option<&str> {
        self.metas.get(name).map(String::as_str)
    }

    fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.meta(name))
    }

    /// A member of the structured data: a text, or the `name` or `url` of a thing.
    fn told(&self, name: &str, inner: &str) -> Option<&str> {
        let value = first_of(self.article.as_ref()?.get(name)?);
        value.as_str().filter(|_| inner != "url").or_else(|| value.get(inner).and_then(Value::as_str))
    }

    pub(super) fn title(&self) -> Option<&str> {
        self.first(&["og:title", "twitter:title"])
            .or_else(|| self.told("headline", "name"))
            .or(self.title.as_deref())
    }

    pub(super) fn description(&self) -> Option<&str> {
        let named = self.first(&["og:description", "twitter:description", "description"]);
        named.or_else(|| self.told("description", "name"))
    }

    pub(super) fn site(&self) -> Option<&str> {
        self.meta("og:site_name").or_else(|| self.told("publisher", "name"))
    }

    pub(super) fn author(&self) -> Option<&str> {
        let named = self.told("author", "name").or_else(|| self.first(&["author", "fediverse:creator"]));
        // Some write an address there.
        named.or_else(|| self.meta("article:author").filter(|text| !text.contains("://")))
    }

    pub(super) fn author_url(&self) -> Option<&str> {
        let told = self.told("author", "url").or(self.author_link.as_deref());
        told.or_else(|| self.meta("article:author").filter(|text| text.contains("://")))
    }

    pub(super) fn image(&self) -> Option<&str> {
        let named = self.first(&["og:image:secure_url", "og:image", "og:image:url", "twitter:image"]);
        let item = || self.article.as_ref()?.get("image").map(first_of)?.as_str();
        named.or_else(|| self.told("image", "url")).or_else(item)
    }

    pub(super) fn language(&self) -> Option<&str> {
        self.language.as_deref().filter(|tag| !tag.is_empty()).or_else(|| self.meta("og:locale"))
    }

    pub(super) fn oembed(&self) -> Option<&str> {
        self.oembed.as_deref()
    }

    /// Milliseconds since 1970.
    pub(super) fn published(&self) -> Option<i64> {
        let text = self.meta("article:published_time").or_else(|| self.told("datePublished", "name"))?;
        text.trim().parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
    }
}

fn first_of(value: &Value) -> &Value {
    value.as_array().and_then(|list| list.first()).unwrap_or(value)
}

/// The item of structured data that is about what the page says.
fn article(json: &Value) -> Option<Value> {
    let items = match json {
        Value::Array(items) => items.as_slice(),
        one => one.get("@graph").and_then(Value::as_array).map_or(std::slice::from_ref(one), Vec::as_slice),
    };
    let is_article = |item: &&Value| {
        let kind = item.get("@type").map(first_of).and_then(Value::as_str);
        kind.is_some_and(|kind| ARTICLES.contains(&kind))
    };
    items.iter().take(MAX_ITEMS).find(is_article).cloned()
}
