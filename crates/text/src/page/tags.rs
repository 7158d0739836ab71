//! The tags of a page, one after another, with the text that follows some.

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Rawtext, Rcdata, ScriptData};
use html5ever::tokenizer::{
    BufferQueue, CharacterTokens, StartTag, Tag as Token_, TagToken, Token, TokenSink, TokenSinkResult,
    Tokenizer, TokenizerOpts,
};
use std::cell::RefCell;

/// A tag and, of those that have nothing but text, their text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    inner: Token_,
    text: String,
}

impl Tag {
    pub(super) fn is(&self, name: &str) -> bool {
        &*self.inner.name == name
    }

    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.inner.attrs.iter().find(|it| &*it.name.local == name)?;
        Some(&found.value)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Whether one of the words of an attribute is this one.
    pub(super) fn has(&self, name: &str, word: &str) -> bool {
        self.value(name).is_some_and(|value| {
            value.split_ascii_whitespace().any(|written| written.eq_ignore_ascii_case(word))
        })
    }

    /// Whether a link names a person or a hashtag.
    pub(super) fn is_mention(&self) -> bool {
        ["mention", "hashtag", "u-url"].iter().any(|word| self.has("class", word)) || self.has("rel", "tag")
    }
}

/// Longest text of one tag.
const MAX_TEXT_BYTES: usize = 256 * 1024;

struct Walk<F> {
    /// The tag whose text is being read.
    open: RefCell<Option<Tag>>,
    see: RefCell<F>,
}

impl<F: FnMut(&Tag)> Walk<F> {
    /// Shows the tag whose text is over.
    fn close(&self) {
        if let Some(tag) = self.open.borrow_mut().take() {
            (self.see.borrow_mut())(&tag);
        }
    }
}

impl<F: FnMut(&Tag)> TokenSink for Walk<F> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            CharacterTokens(text) => {
                if let Some(tag) = self.open.borrow_mut().as_mut()
                    && tag.text.len() + text.len() <= MAX_TEXT_BYTES
                {
                    tag.text.push_str(&text);
                }
                TokenSinkResult::Continue
            }
            TagToken(tag) => {
                self.close();
                if tag.kind != StartTag {
                    return TokenSinkResult::Continue;
                }
                let tag = Tag { inner: tag, text: String::new() };
                let raw = match &*tag.inner.name {
                    "title" | "textarea" => Some(Rcdata),
                    "script" => Some(ScriptData),
                    "style" | "noscript" | "iframe" | "noframes" | "xmp" => Some(Rawtext),
                    _ => None,
                };
                if let Some(kind) = raw {
                    *self.open.borrow_mut() = Some(tag);
                    TokenSinkResult::RawData(kind)
                } else {
                    (self.see.borrow_mut())(&tag);
                    TokenSinkResult::Continue
                }
            }
            _ => TokenSinkResult::Continue,
        }
    }

    fn end(&self) {
        self.close();
    }
}

/// Shows each opening tag of a text.
pub(super) fn walk(html: &str, see: impl FnMut(&Tag)) {
    let sink = Walk { open: RefCell::new(None), see: RefCell::new(see) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(html));
    // Scripts are not run, so the tokenizer never waits for one.
    let _ = tokenizer.feed(&input);
    tokenizer.end();
}
