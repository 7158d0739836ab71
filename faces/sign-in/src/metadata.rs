//! What our OAuth can, for programs (RFC 8414).

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use service::Cx;
use service::oauth::takes_passwords;

/// The scopes that programs usually ask for.
const SCOPES: [&str; 31] = [
    "read",
    "profile",
    "write",
    "write:accounts",
    "write:blocks",
    "write:bookmarks",
    "write:conversations",
    "write:favourites",
    "write:filters",
    "write:follows",
    "write:lists",
    "write:media",
    "write:mutes",
    "write:notifications",
    "write:reports",
    "write:statuses",
    "read:accounts",
    "read:blocks",
    "read:bookmarks",
    "read:favourites",
    "read:filters",
    "read:follows",
    "read:lists",
    "read:mutes",
    "read:notifications",
    "read:search",
    "read:statuses",
    "follow",
    "push",
    "admin:read",
    "admin:write",
];

/// `GET /.well-known/oauth-authorization-server`
pub(crate) async fn metadata(State(cx): State<Cx>) -> Json<Value> {
    let names = &cx.names;
    let mut grants = vec!["authorization_code", "refresh_token", "client_credentials"];
    if takes_passwords(names) {
        grants.push("password");
    }
    Json(json!({
        "issuer": names.origin().to_string(),
        "authorization_endpoint": names.url("/oauth/authorize"),
        "token_endpoint": names.url("/oauth/token"),
        "revocation_endpoint": names.url("/oauth/revoke"),
        "userinfo_endpoint": names.url("/oauth/userinfo"),
        "app_registration_endpoint": names.url("/api/v1/apps"),
        "service_documentation": "https://docs.joinmastodon.org/",
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_scope_we_name_exists() {
        for scope in super::SCOPES {
            assert!(domain::user::Scopes::parse(scope).is_ok(), "{scope}");
        }
    }
}
