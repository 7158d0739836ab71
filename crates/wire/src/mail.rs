//! Letters to people: handed to one mail server that the administrator named.
//!
//! That server is trusted as the database is, so no guard looks at its
//! address. What people wrote gets into a letter only through types that
//! cannot hold a line end.

use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters, TlsParametersBuilder};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;
use url::Url;

/// How long one step of the conversation may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long all of it may take.
const WHOLE: Duration = Duration::from_secs(90);

/// How a connection to the mail server is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS, or no letter.
    StartTls,
    /// STARTTLS where it is offered.
    IfOffered,
    /// Never.
    Plain,
}

/// The mail server: `smtps://USER:PASSWORD@HOST` or `smtp://…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Relay {
    host: String,
    port: u16,
    login: Option<(String, String)>,
    security: Security,
}

impl Relay {
    /// Reads it; the error is the end of a sentence. `smtp` needs STARTTLS
    /// except on this machine; `?tls=if-offered` and `?tls=never` ask for less.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || "must be like smtps://USER:PASSWORD@mail.example or smtp://mail.example:587".to_owned();
        let url = Url::parse(text.trim()).map_err(|_| wrong())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(wrong)?;
        let tls = url.query_pairs().find(|(name, _)| name == "tls").map(|(_, value)| value.into_owned());
        let security = match (url.scheme(), tls.as_deref()) {
            ("smtps", None) => Security::Tls,
            ("smtp", None) if is_this_machine(host) => Security::IfOffered,
            ("smtp", None | Some("required")) => Security::StartTls,
            ("smtp", Some("if-offered")) => Security::IfOffered,
            ("smtp", Some("never")) => Security::Plain,
            _ => return Err(wrong()),
        };
        let port = url.port().unwrap_or(match security {
            Security::Tls => 465,
            _ if is_this_machine(host) => 25,
            _ => 587,
        });
        let decoded =
            |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (user, password) => Some((decoded(user), decoded(password.unwrap_or_default()))),
        };
        Ok(Self { host: host.trim_matches(['[', ']']).to_owned(), port, login, security })
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Without the password.
impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, tls) = match self.security {
            Security::Tls => ("smtps", ""),
            Security::StartTls => ("smtp", "?tls=required"),
            Security::IfOffered => ("smtp", "?tls=if-offered"),
            Security::Plain => ("smtp", "?tls=never"),
        };
        let login = self.login.as_ref().map(|(user, _)| format!("{user}:***@")).unwrap_or_default();
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        write!(f, "{scheme}://{login}{host}:{}{tls}", self.port)
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({self})")
    }
}

/// A letter in plain text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Why a letter was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// It never will be.
    #[error("the mail server refused: {0}")]
    Refused(String),
    /// It may be later.
    #[error("the mail server could not be used: {0}")]
    Later(String),
}

/// Why letters cannot be sent at all.
#[derive(Debug, thiserror::Error)]
pub enum MailerError {
    /// The sender is no address.
    #[error("{0}")]
    From(#[from] AddressError),
    /// TLS cannot be set up.
    #[error("{0}")]
    Tls(#[from] lettre::transport::smtp::Error),
}

/// Hands letters over. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    relay: Relay,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailer").field("relay", &self.relay).field("from", &self.from).finish_non_exhaustive()
    }
}

impl Mailer {
    /// `from` is `NAME <name@host>` or an address alone, `hello` our host,
    /// `extra_ca` more certificate authorities, each in DER.
    pub fn new(relay: Relay, from: &str, hello: &str, extra_ca: &[Vec<u8>]) -> Result<Self, MailerError> {
        let tls = || tls(&relay.host, extra_ca);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&relay.host)
            .port(relay.port)
            .hello_name(ClientId::Domain(hello.to_owned()))
            .timeout(Some(TIMEOUT))
            .tls(match relay.security {
                Security::Tls => Tls::Wrapper(tls()?),
                Security::StartTls => Tls::Required(tls()?),
                Security::IfOffered => Tls::Opportunistic(tls()?),
                Security::Plain => Tls::None,
            });
        if let Some((user, password)) = relay.login.clone() {
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { transport: builder.build(), from: from.parse()?, relay })
    }

    /// Hands one letter over.
    pub async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let refused = |why: &dyn fmt::Display| MailError::Refused(why.to_string());
        let to: Address = letter.to.parse().map_err(|error: AddressError| refused(&error))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(one_line(&letter.subject))
            .message_id(Some(new_id(self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|error| refused(&error))?;
        // The transport's own bound is for connecting only.
        match tokio::time::timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() && !is_about_us(&error) => Err(refused(&error)),
            Ok(Err(error)) => Err(MailError::Later(error.to_string())),
            Err(_) => Err(MailError::Later(format!("no answer within {} s", WHOLE.as_secs()))),
        }
    }
}

/// Whether it is we who are refused, not the letter: a password that is wrong
/// (RFC 4954 §6) can be put right.
fn is_about_us(error: &lettre::transport::smtp::Error) -> bool {
    error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538))
}

fn tls(host: &str, extra_ca: &[Vec<u8>]) -> Result<TlsParameters, lettre::transport::smtp::Error> {
    let mut builder: TlsParametersBuilder = TlsParameters::builder(host.to_owned());
    for authority in extra_ca {
        builder = builder.add_root_certificate(Certificate::from_der(authority.clone())?);
    }
    builder.build()
}

/// A name for a letter (RFC 5322 §3.6.4).
fn new_id(domain: &str) -> String {
    let mut random = [0; 16];
    // By the time alone it would be known too.
    let _ = aws_lc_rs::rand::fill(&mut random);
    format!("<{:032x}@{domain}>", u128::from_be_bytes(random))
}

/// A header is one line.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_named_by_its_url() {
        for (written, read) in [
            ("smtps://bob:s%40crt@mail.example", "smtps://bob:***@mail.example:465"),
            ("smtp://mail.example", "smtp://mail.example:587?tls=required"),
            ("smtp://mail.example:2525?tls=if-offered", "smtp://mail.example:2525?tls=if-offered"),
            ("smtp://127.0.0.1", "smtp://127.0.0.1:25?tls=if-offered"),
            ("smtp://[::1]:1025?tls=never", "smtp://[::1]:1025?tls=never"),
        ] {
            assert_eq!(Relay::parse(written).unwrap().to_string(), read);
        }
        for wrong in
            ["mail.example", "http://mail.example", "smtp://", "smtp://a?tls=maybe", "smtps://a?tls=never"]
        {
            assert!(Relay::parse(wrong).is_err(), "{wrong}");
        }
        assert!(!format!("{:?}", Relay::parse("smtps://bob:secret@a.test").unwrap()).contains("secret"));
    }

    #[test]
    fn nothing_that_people_write_begins_a_header() {
        assert_eq!(one_line("Hello\r\nBcc: all@a.test"), "Hello  Bcc: all@a.test");
        for address in ["a@b.test\r\nBcc: c@d.test", "a@b.test, c@d.test", "<a@b.test>", "a@b.test\n"] {
            assert!(address.parse::<Address>().is_err(), "{address:?}");
        }
    }

    /// A mail server of one connection that answers each line by `rule`; where
    /// that has no answer it says nothing more.
    fn served(rule: impl Fn(&str) -> Option<&'static str> + Send + 'static) -> String {
        use std::io::{BufRead, BufReader, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let mut lines = std::iter::once(Ok(String::new())).chain(lines);
            while let Some(Ok(line)) = lines.next() {
                match rule(&line) {
                    Some(answer) => stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap(),
                    None => std::thread::sleep(Duration::from_secs(20)),
                }
            }
        });
        format!("bob:wrong@{address}?tls=never")
    }

    async fn sent_to(relay: &str) -> Result<(), MailError> {
        let relay = Relay::parse(&format!("smtp://{relay}")).unwrap();
        let mailer = Mailer::new(relay, "choir@a.example", "a.example", &[]).unwrap();
        let letter = Letter { to: "bob@b.example".into(), subject: "Hello".into(), text: "Hello".into() };
        mailer.send(&letter).await
    }

    #[tokio::test]
    async fn a_wrong_password_is_no_fault_of_the_letter() {
        for refusal in ["535 5.7.8 no", "530 5.7.0 no", "534 5.7.9 no"] {
            let relay = served(move |line| match line.split(' ').next()? {
                "EHLO" => Some("250-a.example\r\n250 AUTH PLAIN LOGIN"),
                "AUTH" => Some(refusal),
                _ => Some("220 a.example"),
            });
            let failed = sent_to(&relay).await;
            assert!(matches!(failed, Err(MailError::Later(_))), "{failed:?}");
        }
        let relay = served(|line| match line.split(' ').next()? {
            "EHLO" => Some("250-a.example\r\n250 AUTH PLAIN LOGIN"),
            "AUTH" => Some("235 yes"),
            "MAIL" => Some("250 ok"),
            "RCPT" => Some("550 5.1.1 nobody of that name"),
            _ => Some("220 a.example"),
        });
        let failed = sent_to(&relay).await;
        assert!(matches!(failed, Err(MailError::Refused(_))), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_mail_server_that_says_nothing_is_left() {
        let failed = sent_to(&served(|line| line.is_empty().then_some("220 a.example"))).await;
        assert!(matches!(failed, Err(MailError::Later(_))), "{failed:?}");
    }
}
