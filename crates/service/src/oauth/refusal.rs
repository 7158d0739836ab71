//! The "no" of OAuth, in the words of RFC 6749 §4.1.2.1 and §5.2. It is an
//! answer, not a failure: the transaction it was found in still counts.

/// An answer of OAuth.
pub type Answer<T> = std::result::Result<T, Refusal>;

/// Why a program does not get what it asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Something is missing, twice there, or malformed.
    InvalidRequest(&'static str),
    /// Unknown program or wrong secret.
    InvalidClient,
    /// The code is unknown, used, expired, or another program's.
    InvalidGrant(&'static str),
    /// The program may not ask for this.
    UnauthorizedClient,
    /// Passwords and other things we do not trade for tokens.
    UnsupportedGrantType,
    /// Anything but a code.
    UnsupportedResponseType,
    /// More than the program registered for, or unknown.
    InvalidScope,
    /// The person said no.
    AccessDenied,
}

impl Refusal {
    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidRequest(_) => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant(_) => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
        }
    }

    /// The sentence for those who write programs.
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest(why) | Self::InvalidGrant(why) => why,
            Self::InvalidClient => {
                "Client authentication failed: unknown client, or its secret is missing or wrong."
            }
            Self::UnauthorizedClient => "The client is not authorized to do this.",
            Self::UnsupportedGrantType => {
                "Only authorization_code, refresh_token and client_credentials are accepted. Passwords are not: \
                 send people to the authorization_endpoint with their browser."
            }
            Self::UnsupportedResponseType => "The only response_type is code.",
            Self::InvalidScope => "A requested scope is unknown, or more than the client registered for.",
            Self::AccessDenied => "The resource owner denied the request.",
        }
    }
}
