//! Applications, authorization codes and access tokens (RFC 6749). Of secrets
//! only hashes are kept.

use crate::value::Row;
use crate::{Error, Result, Tx, json};
use domain::user::Scopes;
use domain::{AccountId, Application, ApplicationId, Event, Timestamp, TokenId, UserId};
use std::collections::HashSet;

/// What an authorization code stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Who asked.
    pub application_id: ApplicationId,
    /// Who agreed.
    pub user_id: UserId,
    /// For which account.
    pub account_id: AccountId,
    /// Where the code was sent.
    pub redirect_uri: String,
    /// What was agreed to.
    pub scopes: Scopes,
    /// PKCE, S256 (RFC 7636).
    pub challenge: Option<String>,
    /// Good until then.
    pub expires_at: Timestamp,
}

/// What an access token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Our row.
    pub id: TokenId,
    /// Which program; none where it was made by hand.
    pub application_id: Option<ApplicationId>,
    /// Who, as which account; none where the program acts for itself.
    pub person: Option<(UserId, AccountId)>,
    /// What it allows.
    pub scopes: Scopes,
    /// Since when.
    pub created_at: Timestamp,
    /// About when it was last used.
    pub used_at: Option<Timestamp>,
}

fn scopes(text: &str) -> Result<Scopes> {
    Scopes::parse(text).map_err(|error| Error::Corrupt(error.to_string()))
}

fn read_application(row: &Row<'_>) -> Result<Application> {
    Ok(Application {
        id: row.get(0)?,
        client_id: row.get(1)?,
        name: row.get(2)?,
        website: row.get(3)?,
        redirect_uris: json::read(&row.get::<String>(4)?)?,
        scopes: scopes(&row.get::<String>(5)?)?,
    })
}

/// Adds an application.
pub fn insert_application(tx: &mut Tx, app: &Application, secret_hash: &[u8], now: Timestamp) -> Result<()> {
    tx.execute(
        "INSERT INTO application (id, client_id, client_secret_hash, name, website, redirect_uris, scopes, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &app.id,
            &app.client_id,
            &secret_hash,
            &app.name,
            &app.website,
            &json::write(&app.redirect_uris),
            &app.scopes.to_string(),
            &now,
        ],
    )?;
    Ok(())
}

/// The application of a client id, and the hash of its secret.
pub fn by_client(tx: &mut Tx, client_id: &str) -> Result<Option<(Application, Vec<u8>)>> {
    tx.find(
        "SELECT id, client_id, name, website, redirect_uris, scopes, client_secret_hash
         FROM application WHERE client_id = $1",
        &[&client_id],
        |row| Ok((read_application(row)?, row.get(6)?)),
    )
}

/// The application of a row.
pub fn find_application(tx: &mut Tx, id: ApplicationId) -> Result<Option<Application>> {
    tx.find(
        "SELECT id, client_id, name, website, redirect_uris, scopes FROM application WHERE id = $1",
        &[&id],
        read_application,
    )
}

/// Several applications.
pub fn applications(tx: &mut Tx, ids: &[ApplicationId]) -> Result<Vec<Application>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    tx.query(
        "SELECT id, client_id, name, website, redirect_uris, scopes FROM application WHERE id = ANY($1)",
        &[&ids],
        read_application,
    )
}

/// Forgets applications from before `since` that nobody ever let in.
pub fn sweep_applications(tx: &mut Tx, since: Timestamp) -> Result<u64> {
    tx.execute(
        "DELETE FROM application WHERE id IN (
            SELECT a.id FROM application a WHERE a.created_at_ms < $1
            AND NOT EXISTS (SELECT 1 FROM token t WHERE t.application_id = a.id)
            AND NOT EXISTS (SELECT 1 FROM authorization_code c WHERE c.application_id = a.id)
            ORDER BY a.id LIMIT 1000)",
        &[&since],
    )
}

/// Adds an authorization code.
pub fn insert_code(tx: &mut Tx, code_hash: &[u8], code: &Code) -> Result<()> {
    tx.execute(
        "INSERT INTO authorization_code
            (code_hash, application_id, user_id, account_id, redirect_uri, scopes, challenge, expires_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            &code_hash,
            &code.application_id,
            &code.user_id,
            &code.account_id,
            &code.redirect_uri,
            &code.scopes.to_string(),
            &code.challenge,
            &code.expires_at,
        ],
    )?;
    Ok(())
}

/// An authorization code, and the token it was exchanged for already.
pub fn find_code(tx: &mut Tx, code_hash: &[u8]) -> Result<Option<(Code, Option<TokenId>)>> {
    tx.find(
        "SELECT application_id, user_id, account_id, redirect_uri, scopes, challenge, expires_at_ms, token_id
         FROM authorization_code WHERE code_hash = $1",
        &[&code_hash],
        |row| {
            let code = Code {
                application_id: row.get(0)?,
                user_id: row.get(1)?,
                account_id: row.get(2)?,
                redirect_uri: row.get(3)?,
                scopes: scopes(&row.get::<String>(4)?)?,
                challenge: row.get(5)?,
                expires_at: row.get(6)?,
            };
            Ok((code, row.get(7)?))
        },
    )
}

/// Uses up a code; false where another exchange came first.
pub fn use_code(tx: &mut Tx, code_hash: &[u8], token: TokenId) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE authorization_code SET token_id = $2 WHERE code_hash = $1 AND token_id IS NULL",
        &[&code_hash, &token],
    )?;
    Ok(rows == 1)
}

/// Adds an access token.
pub fn insert_token(tx: &mut Tx, token_hash: &[u8], token: &Token) -> Result<()> {
    let (user, account) = token.person.unzip();
    tx.execute(
        "INSERT INTO token (id, token_hash, application_id, user_id, account_id, scopes, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            &token.id,
            &token_hash,
            &token.application_id,
            &user,
            &account,
            &token.scopes.to_string(),
            &token.created_at,
        ],
    )?;
    Ok(())
}

/// A statement for tokens that are not revoked, as [`read_token`] wants them.
macro_rules! select_tokens {
    ($rest:literal) => {
        concat!(
            "SELECT id, application_id, user_id, account_id, scopes, created_at_ms, used_at_ms
             FROM token WHERE revoked_at_ms IS NULL ",
            $rest
        )
    };
}

fn read_token(row: &Row<'_>) -> Result<Token> {
    let (user, account): (Option<UserId>, Option<AccountId>) = (row.get(2)?, row.get(3)?);
    Ok(Token {
        id: row.get(0)?,
        application_id: row.get(1)?,
        person: user.zip(account),
        scopes: scopes(&row.get::<String>(4)?)?,
        created_at: row.get(5)?,
        used_at: row.get(6)?,
    })
}

/// A token that is not revoked.
pub fn find_token(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Token>> {
    tx.find(select_tokens!("AND token_hash = $1"), &[&token_hash], read_token)
}

/// The tokens of a user that are not revoked, newest first.
pub fn list_tokens(tx: &mut Tx, user: UserId) -> Result<Vec<Token>> {
    tx.query(select_tokens!("AND user_id = $1 ORDER BY id DESC LIMIT 200"), &[&user], read_token)
}

/// A token of which the row is known, if it is not revoked.
pub fn token(tx: &mut Tx, id: TokenId) -> Result<Option<Token>> {
    tx.find(select_tokens!("AND id = $1"), &[&id], read_token)
}

/// Remembers that a token was used.
pub fn used(tx: &mut Tx, id: TokenId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE token SET used_at_ms = $2 WHERE id = $1", &[&id, &now])?;
    Ok(())
}

/// Revokes a token.
pub fn revoke(tx: &mut Tx, id: TokenId, now: Timestamp) -> Result<()> {
    tx.execute("UPDATE token SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL", &[&id, &now])?;
    tx.tell(Event::Revoked);
    Ok(())
}

/// Revokes one token of a user; false where it is not theirs.
pub fn revoke_of(tx: &mut Tx, user: UserId, id: TokenId, now: Timestamp) -> Result<bool> {
    let rows = tx.execute(
        "UPDATE token SET revoked_at_ms = $3 WHERE id = $1 AND user_id = $2 AND revoked_at_ms IS NULL",
        &[&id, &user, &now],
    )?;
    tx.tell(Event::Revoked);
    Ok(rows == 1)
}

/// Revokes all tokens of a user.
pub fn revoke_all(tx: &mut Tx, user: UserId, now: Timestamp) -> Result<()> {
    tx.execute(
        "UPDATE token SET revoked_at_ms = $2 WHERE user_id = $1 AND revoked_at_ms IS NULL",
        &[&user, &now],
    )?;
    tx.tell(Event::Revoked);
    Ok(())
}

/// Of some tokens, those that are still good: not revoked, of a user and an
/// account that may act.
pub fn good_among(tx: &mut Tx, ids: &[TokenId]) -> Result<HashSet<TokenId>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = tx.query(
        "SELECT t.id FROM token t JOIN user_ u ON u.id = t.user_id JOIN account a ON a.id = t.account_id
         WHERE t.id = ANY($1) AND t.revoked_at_ms IS NULL AND u.state = 'active' AND a.state IN (0, 1, 3)",
        &[&ids],
        |row| row.get(0),
    )?;
    Ok(rows.into_iter().collect())
}
