//! Programs that act for people: registration, authorization codes with PKCE,
//! access tokens, revocation (RFC 6749, RFC 7009, RFC 7636, RFC 9700).

mod application;
mod code;
mod password_grant;
mod refresh;
mod refusal;
mod token;

pub use application::{NewApplication, Registered, authenticate, by_client, find_application, register};
pub use code::{Consent, Exchange, agree, check_request, exchange};
pub use password_grant::{takes_passwords, with_password};
pub use refresh::refresh;
pub use refusal::{Answer, Refusal};
pub use store::oauth::Token;
pub use token::{
    Granted, TokenView, create_token, for_application, grant_person, list_tokens, revoke, revoke_all,
    revoke_one, sweep, views,
};
