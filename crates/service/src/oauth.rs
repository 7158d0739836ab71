//! Programs that act for people: registration, authorization codes with PKCE,
//! access tokens, revocation (RFC 6749, RFC 7009, RFC 7636, RFC 9700).

mod application;
mod code;
mod refusal;
mod token;

pub use application::{NewApplication, Registered, authenticate, by_client, find_application, register};
pub use code::{Consent, Exchange, agree, check_request, exchange};
pub use refusal::{Answer, Refusal};
pub use store::oauth::Token;
pub use token::{Granted, create_token, for_application, list_tokens, revoke, revoke_all, revoke_one, sweep};
