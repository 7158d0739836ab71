//! Values that JSON has no kind for: ids, times, names of accounts, URLs of ours.

use domain::{Account, Handle, Host, Names, Timestamp};
use jiff::tz::Offset;
use serde::{Serialize, Serializer};
use std::fmt;

/// Written as text: ids do not fit a number of JavaScript.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Text<T>(pub(crate) T);

impl<T: fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A time: `2025-09-09T06:40:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Iso(pub(crate) Timestamp);

fn jiff_of(time: Timestamp) -> jiff::Timestamp {
    jiff::Timestamp::from_millisecond(time.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

impl fmt::Display for Iso {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", jiff_of(self.0))
    }
}

impl Serialize for Iso {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A day: `2025-09-09`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) Timestamp);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Offset::UTC.to_datetime(jiff_of(self.0)).date().fmt(f)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// `name` on our own domain, else `name@domain`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acct<'a> {
    pub(crate) handle: &'a Handle,
    pub(crate) domain: &'a Host,
}

impl Serialize for Acct<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.handle.domain == *self.domain {
            serializer.serialize_str(&self.handle.name)
        } else {
            serializer.collect_str(self.handle)
        }
    }
}

/// A picture: where it is, or one of ours in its place.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Picture<'a> {
    Shown(&'a Names, &'a str),
    Ours(&'a Names, &'static str),
}

impl Serialize for Picture<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Shown(names, url) => serializer.serialize_str(&names.shown(url)),
            Self::Ours(names, path) => serializer.collect_str(&format_args!("{}{path}", names.origin())),
        }
    }
}

/// The page of a hashtag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TagPage<'a>(pub(crate) &'a Names, pub(crate) &'a str);

impl fmt::Display for TagPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/tags/", self.0.origin())?;
        form_urlencoded::byte_serialize(self.1.as_bytes()).try_for_each(|part| f.write_str(part))
    }
}

/// The page of what an account wrote with a hashtag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TaggedPage<'a>(pub(crate) &'a Account, pub(crate) &'a str);

impl fmt::Display for TaggedPage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let page = self.0.profile.url.as_deref().unwrap_or(self.0.actor_id.as_str());
        write!(f, "{}/tagged/", page.trim_end_matches('/'))?;
        form_urlencoded::byte_serialize(self.1.as_bytes()).try_for_each(|part| f.write_str(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ObjectId;

    fn json(value: &impl Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    #[test]
    fn times_have_milliseconds_and_end_in_z() {
        assert_eq!(json(&Iso(Timestamp(1_757_400_000_007))), r#""2025-09-09T06:40:00.007Z""#);
        assert_eq!(json(&Iso(Timestamp(0))), r#""1970-01-01T00:00:00.000Z""#);
        assert_eq!(json(&Day(Timestamp(1_757_400_000_007))), r#""2025-09-09""#);
    }

    #[test]
    fn an_id_is_text_and_a_hashtag_page_has_no_bare_unicode() {
        assert_eq!(json(&Text(115_172_000_000_000_001_i64)), r#""115172000000000001""#);
        let names = Names::new(ObjectId::parse("http://here.example:8080").unwrap().origin().clone(), None);
        assert_eq!(json(&Text(TagPage(&names, "käse"))), r#""http://here.example:8080/tags/k%C3%A4se""#);
    }
}
