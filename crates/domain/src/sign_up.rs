//! What somebody who signs up fills in, and what can be wrong with it.

use crate::account::{InvalidName, check_chosen_name};
use crate::email::Email;

/// The shortest password, in characters.
pub const MIN_PASSWORD_CHARS: usize = 8;
/// The longest password, in bytes.
pub const MAX_PASSWORD_BYTES: usize = 1024;
/// The longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 2000;

/// A part of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The name of the account.
    Username,
    /// The e-mail address.
    Email,
    /// The password.
    Password,
    /// That the rules are accepted.
    Agreement,
    /// Why they want to join.
    Reason,
    /// What an invitation says.
    InviteCode,
}

impl Part {
    /// As programs call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Username => "username",
            Self::Email => "email",
            Self::Password => "password",
            Self::Agreement => "agreement",
            Self::Reason => "reason",
            Self::InviteCode => "invite_code",
        }
    }

    /// As people call it, at the beginning of a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Username => "Username",
            Self::Email => "Email",
            Self::Password => "Password",
            Self::Agreement => "Agreement",
            Self::Reason => "Reason",
            Self::InviteCode => "Invite code",
        }
    }
}

/// What is wrong with a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing was filled in.
    Blank,
    /// Another has it.
    Taken,
    /// Nobody may have it.
    Reserved,
    /// It is not written as it must be.
    Invalid(&'static str),
    /// It has fewer characters than this.
    TooShort(usize),
    /// It has more characters than this.
    TooLong(usize),
    /// It was not accepted.
    NotAccepted,
}

impl Fault {
    /// As programs call it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Blank => "ERR_BLANK",
            Self::Taken => "ERR_TAKEN",
            Self::Reserved => "ERR_RESERVED",
            Self::Invalid(_) => "ERR_INVALID",
            Self::TooShort(_) => "ERR_TOO_SHORT",
            Self::TooLong(_) => "ERR_TOO_LONG",
            Self::NotAccepted => "ERR_ACCEPTED",
        }
    }

    /// The end of a sentence that begins with the part.
    pub fn description(self) -> String {
        match self {
            Self::Blank => "can't be blank".into(),
            Self::Taken => "has already been taken".into(),
            Self::Reserved => "is reserved".into(),
            Self::Invalid(why) => why.into(),
            Self::TooShort(least) => format!("is too short (minimum is {least} characters)"),
            Self::TooLong(most) => format!("is too long (maximum is {most} characters)"),
            Self::NotAccepted => "must be accepted".into(),
        }
    }
}

/// Everything that is wrong with a form, never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<(Part, Fault)>);

impl Faults {
    /// One thing that is wrong.
    pub fn one(part: Part, fault: Fault) -> Self {
        Self(vec![(part, fault)])
    }

    /// All of it, with commas between.
    pub fn sentence(&self) -> String {
        let each = self.0.iter().map(|(part, fault)| format!("{} {}", part.title(), fault.description()));
        each.collect::<Vec<_>>().join(", ")
    }
}

/// Whether a part must be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// It must.
    Yes,
    /// It need not.
    No,
}

/// What was filled in, as it was typed.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The name of the account.
    pub username: &'a str,
    /// The e-mail address.
    pub email: &'a str,
    /// The password.
    pub password: &'a str,
    /// Whether the rules are accepted.
    pub agreement: bool,
    /// Why they want to join.
    pub reason: &'a str,
}

/// Checks a form; the e-mail address of one that is right.
pub fn check(form: Form<'_>, reason: Wanted) -> Result<Email, Faults> {
    let email = Email::parse(form.email);
    let faults: Vec<(Part, Fault)> = [
        (Part::Username, check_username(form.username)),
        (Part::Email, form.email.trim().is_empty().then_some(Fault::Blank)),
        (Part::Email, email.is_none().then_some(Fault::Invalid("is invalid"))),
        (Part::Password, check_password(form.password)),
        (Part::Agreement, (!form.agreement).then_some(Fault::NotAccepted)),
        (Part::Reason, check_reason(form.reason, reason)),
    ]
    .into_iter()
    .filter_map(|(part, fault)| Some((part, fault?)))
    .collect();
    match email {
        Some(email) if faults.is_empty() => Ok(email),
        _ => Err(Faults(faults)),
    }
}

fn check_username(name: &str) -> Option<Fault> {
    match name.trim() {
        "" => Some(Fault::Blank),
        name if name.chars().count() > 30 => Some(Fault::TooLong(30)),
        name => match check_chosen_name(name) {
            Ok(()) => None,
            Err(InvalidName::Reserved) => Some(Fault::Reserved),
            Err(InvalidName::Characters) => {
                Some(Fault::Invalid("must contain only letters, numbers and underscores"))
            }
        },
    }
}

/// What is wrong with a new password.
pub fn check_password(password: &str) -> Option<Fault> {
    match password {
        "" => Some(Fault::Blank),
        text if text.chars().count() < MIN_PASSWORD_CHARS => Some(Fault::TooShort(MIN_PASSWORD_CHARS)),
        text if text.len() > MAX_PASSWORD_BYTES => Some(Fault::TooLong(MAX_PASSWORD_BYTES)),
        _ => None,
    }
}

fn check_reason(reason: &str, wanted: Wanted) -> Option<Fault> {
    match reason.trim() {
        "" if wanted == Wanted::Yes => Some(Fault::Blank),
        text if text.chars().count() > MAX_REASON_CHARS => Some(Fault::TooLong(MAX_REASON_CHARS)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RIGHT: Form<'_> = Form {
        username: "carol",
        email: "c@mail.example",
        password: "correct horse",
        agreement: true,
        reason: "",
    };

    fn faults(form: Form<'_>) -> Vec<&'static str> {
        let Err(Faults(found)) = check(form, Wanted::No) else { return Vec::new() };
        found.into_iter().map(|(_, fault)| fault.code()).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        assert_eq!(faults(RIGHT), Vec::<&str>::new());
        let empty = Form { username: "", email: "", password: "", agreement: false, reason: "" };
        let found = check(empty, Wanted::Yes).unwrap_err();
        let wanted = "Username can't be blank, Email can't be blank, Email is invalid, Password can't be blank, \
                      Agreement must be accepted, Reason can't be blank";
        assert_eq!(found.sentence(), wanted);
    }

    #[test]
    fn each_part_has_its_own_rules() {
        assert_eq!(faults(Form { username: "a b", ..RIGHT }), ["ERR_INVALID"]);
        assert_eq!(faults(Form { username: "Admin", ..RIGHT }), ["ERR_RESERVED"]);
        assert_eq!(faults(Form { username: &"x".repeat(31), ..RIGHT }), ["ERR_TOO_LONG"]);
        assert_eq!(faults(Form { email: "nonsense", ..RIGHT }), ["ERR_INVALID"]);
        assert_eq!(faults(Form { password: "short", ..RIGHT }), ["ERR_TOO_SHORT"]);
        assert_eq!(faults(Form { password: &"x".repeat(2000), ..RIGHT }), ["ERR_TOO_LONG"]);
        assert_eq!(faults(Form { reason: &"x".repeat(2001), ..RIGHT }), ["ERR_TOO_LONG"]);
    }
}
