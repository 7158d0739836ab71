//! What letters say.

/// A subject and a text, not yet addressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    subject: &'static str,
    text: String,
}

impl Said {
    /// With the name of the server around it.
    pub(super) fn letter(self, to: &str, title: &str, host: &str) -> wire::mail::Letter {
        wire::mail::Letter {
            to: to.to_owned(),
            subject: format!("{title}: {}", self.subject),
            text: format!("{}\n\n-- \n{title} ({host})\n", self.text),
        }
    }
}

const NOT_YOU: &str = "If it was not you, there is nothing to do: without this link nothing happens.";
const NOT_YOU_HURRY: &str = "If it was not you, somebody else may have your account.";

pub(super) fn confirm(link: &str) -> Said {
    Said {
        subject: "confirm your e-mail address",
        text: format!(
            "Somebody, hopefully you, gave this address for an account here.\n\n\
             To confirm that it is yours, open this page within two days:\n\n{link}\n\n{NOT_YOU}"
        ),
    }
}

pub(super) fn address_taken(reset: &str) -> Said {
    Said {
        subject: "you have an account already",
        text: format!(
            "Somebody, perhaps you, gave this address for another account here. It belongs to your account, so \
             nothing was changed.\n\nIf you forgot your password, you can set a new one:\n\n{reset}"
        ),
    }
}

pub(super) fn reset(link: &str) -> Said {
    Said {
        subject: "set a new password",
        text: format!(
            "Somebody, hopefully you, asked for a new password for your account.\n\n\
             To set one, open this page within two hours:\n\n{link}\n\n{NOT_YOU}"
        ),
    }
}

pub(super) fn welcome(sign_in: &str) -> Said {
    Said { subject: "welcome", text: format!("Your account was let in. You can sign in now:\n\n{sign_in}") }
}

pub(super) fn applied(name: &str, page: &str) -> Said {
    Said {
        subject: "somebody asks for an account",
        text: format!("{name} asks to be let in. Read why, and decide:\n\n{page}"),
    }
}

pub(super) fn password_changed(reset: &str) -> Said {
    Said {
        subject: "your password was changed",
        text: format!(
            "The password of your account was changed just now.\n\n{NOT_YOU_HURRY} Set a new one at once:\n\n{reset}"
        ),
    }
}

pub(super) fn email_changed() -> Said {
    Said {
        subject: "your e-mail address was changed",
        text: format!(
            "Your account has another e-mail address now; this one is not used any more.\n\n\
             {NOT_YOU_HURRY} Write to the administrator of this server."
        ),
    }
}

pub(super) fn codes_changed(page: &str) -> Said {
    Said {
        subject: "how you sign in was changed",
        text: format!(
            "Whether a code is asked for when you sign in was changed just now.\n\n\
             {NOT_YOU_HURRY} Look at your settings:\n\n{page}"
        ),
    }
}
