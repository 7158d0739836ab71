//! E-mail addresses, as far as every mail server reads them alike.

/// The longest address (RFC 5321 §4.5.3.1).
const MAX_BYTES: usize = 254;
/// The longest part before the `@`.
const MAX_LOCAL_BYTES: usize = 64;

/// An address that means one mailbox to everybody who reads it. Quotes,
/// comments, routes (`%`, `!`) and letters outside ASCII, which servers on the
/// way read differently, are not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    text: String,
    key: String,
}

impl Email {
    /// Reads what a person typed.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (local, host) = text.rsplit_once('@')?;
        let fits = text.len() <= MAX_BYTES && is_local(local) && is_host(host);
        fits.then(|| Self { text: text.to_owned(), key: text.to_lowercase() })
    }

    /// As it was typed.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What is compared: one mailbox is not two people's.
    pub fn key(&self) -> &str {
        &self.key
    }
}

fn is_local(text: &str) -> bool {
    let dots = text.starts_with('.') || text.ends_with('.') || text.contains("..");
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._+-=~&'/#$?^{|}*".contains(&b);
    !text.is_empty() && text.len() <= MAX_LOCAL_BYTES && !dots && text.bytes().all(plain)
}

fn is_host(text: &str) -> bool {
    let label = |label: &str| {
        let ends = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len())
            && !ends
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_two_plain_sides() {
        let read = Email::parse(" Bob+tag@Mail.Example ").unwrap();
        assert_eq!((read.as_str(), read.key()), ("Bob+tag@Mail.Example", "bob+tag@mail.example"));
        for right in ["a@b.test", "a.b-c_d=e@sub.mail.example", "o'neil@b.test", "a@xn--bcher-kva.example"] {
            assert!(Email::parse(right).is_some(), "{right}");
        }
    }

    /// N28
    #[test]
    fn what_servers_read_differently_is_no_address() {
        for wrong in [
            "",
            "a",
            "@b.test",
            "a@",
            "a b@c.test",
            "a@b@c.test",
            "\"a@b\"@c.test",
            "a@b.test\r\nBcc: c@d.test",
            "a@b.test,c@d.test",
            "a%c.test@b.test",
            "d.test!a@b.test",
            "a@[127.0.0.1]",
            "a(x)@b.test",
            "a@b.test.",
            "a@-b.test",
            "a..b@c.test",
            ".a@c.test",
            "ä@b.test",
            "a@bücher.example",
            "a@b.test\0",
            "<a@b.test>",
        ] {
            assert_eq!(Email::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Email::parse(&format!("{}@b.test", "x".repeat(65))), None);
        assert_eq!(Email::parse(&format!("a@{}test", "x.".repeat(130))), None);
    }
}
