//! People who sign in, and the accounts they may use.

use crate::value::Row;
use crate::{Error, Result, Tx};
use domain::user::{Role, User, Waiting};
use domain::{AccountId, Timestamp, UserId};

/// What signing in needs of a user, who may still wait to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Who it is.
    pub user_id: UserId,
    /// PHC text; absent where nobody may sign in with a password.
    pub password_hash: Option<String>,
    /// What they wait for; none where they are let in.
    pub waiting: Option<Waiting>,
}

/// A user on the way to the store.
#[derive(Debug, Clone)]
pub struct NewUser<'a> {
    /// The person.
    pub user: &'a User,
    /// PHC text.
    pub password_hash: Option<&'a str>,
    /// When.
    pub created_at: Timestamp,
}

const fn role_text(role: Role) -> &'static str {
    match role {
        Role::Admin => "admin",
        Role::Member => "member",
    }
}

/// A statement for users, as [`read`] wants them.
macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT id, account_id, role, email FROM user_ ", $rest)
    };
}

fn read(row: &Row<'_>) -> Result<User> {
    let role: String = row.get(2)?;
    Ok(User {
        id: row.get(0)?,
        account_id: row.get(1)?,
        role: match role.as_str() {
            "admin" => Role::Admin,
            "member" => Role::Member,
            _ => return Err(Error::Corrupt(format!("role {role:?}"))),
        },
        email: row.get(3)?,
    })
}

/// A statement for logins of users under the alias `u`, as [`read_login`] wants them.
macro_rules! select_login {
    ($rest:literal) => {
        concat!(
            "SELECT u.id, u.password_hash, CAST(CASE WHEN u.state = 'waiting' THEN 1 ELSE 0 END AS BIGINT), u.awaits_approval,
                u.awaits_confirmation ",
            $rest
        )
    };
}

fn read_login(row: &Row<'_>) -> Result<Login> {
    let waits: bool = row.get(2)?;
    let waiting = Waiting { approval: row.get(3)?, confirmation: row.get(4)? };
    Ok(Login { user_id: row.get(0)?, password_hash: row.get(1)?, waiting: waits.then_some(waiting) })
}

/// Adds a user; false where the e-mail address is taken.
pub fn insert(tx: &mut Tx, new: &NewUser<'_>) -> Result<bool> {
    let email_key = new.user.email.as_deref().map(str::to_lowercase);
    let rows = tx.execute(
        "INSERT INTO user_ (id, account_id, email_key, email, password_hash, role, state, created_at_ms, settings)
         VALUES ($1, $2, $3, $4, $5, $6, 'active', $7, '{}')
         ON CONFLICT (email_key) DO NOTHING",
        &[
            &new.user.id,
            &new.user.account_id,
            &email_key,
            &new.user.email,
            &new.password_hash,
            &role_text(new.user.role),
            &new.created_at,
        ],
    )?;
    Ok(rows == 1)
}

/// Lets a user act as an account.
pub fn allow(tx: &mut Tx, user: UserId, account: AccountId) -> Result<()> {
    tx.execute(
        "INSERT INTO user_account (user_id, account_id) VALUES ($1, $2)
         ON CONFLICT (user_id, account_id) DO NOTHING",
        &[&user, &account],
    )?;
    Ok(())
}

/// Whether a user may act as an account.
pub fn may_use(tx: &mut Tx, user: UserId, account: AccountId) -> Result<bool> {
    let found = tx.find(
        "SELECT 1 FROM user_account WHERE user_id = $1 AND account_id = $2",
        &[&user, &account],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// The accounts a user may act as, oldest first.
pub fn accounts(tx: &mut Tx, user: UserId) -> Result<Vec<AccountId>> {
    tx.query("SELECT account_id FROM user_account WHERE user_id = $1 ORDER BY account_id", &[&user], |row| {
        row.get(0)
    })
}

/// A user who is not disabled.
pub fn find(tx: &mut Tx, id: UserId) -> Result<Option<User>> {
    tx.find(select!("WHERE id = $1 AND state = 'active'"), &[&id], read)
}

/// The user whose own account this is, disabled or not.
pub fn by_account(tx: &mut Tx, account: AccountId) -> Result<Option<User>> {
    tx.find(select!("WHERE account_id = $1 ORDER BY id LIMIT 1"), &[&account], read)
}

/// Everyone, oldest first.
pub fn list(tx: &mut Tx) -> Result<Vec<User>> {
    tx.query(select!("ORDER BY id"), &[], read)
}

/// Who signs in with an e-mail address (lower case).
pub fn login_by_email(tx: &mut Tx, email_key: &str) -> Result<Option<Login>> {
    let sql = select_login!("FROM user_ u WHERE u.email_key = $1 AND u.state <> 'disabled'");
    tx.find(sql, &[&email_key], read_login)
}

/// Who signs in with the handle of the own account (lower case, `name@domain`).
pub fn login_by_handle(tx: &mut Tx, handle_key: &str) -> Result<Option<Login>> {
    let sql = select_login!(
        "FROM account a JOIN user_ u ON u.account_id = a.id
         WHERE a.handle_key = $1 AND a.home = 0 AND u.state <> 'disabled' ORDER BY u.id LIMIT 1"
    );
    tx.find(sql, &[&handle_key], read_login)
}

/// Who is asked for the own password.
pub fn login(tx: &mut Tx, id: UserId) -> Result<Option<Login>> {
    tx.find(select_login!("FROM user_ u WHERE u.id = $1 AND u.state <> 'disabled'"), &[&id], read_login)
}

/// The administrators, as users.
pub fn admins(tx: &mut Tx) -> Result<Vec<User>> {
    tx.query(select!("WHERE role = 'admin' AND state = 'active' ORDER BY id LIMIT 50"), &[], read)
}

/// The active user who signs in with an e-mail address (lower case).
pub fn by_email(tx: &mut Tx, email_key: &str) -> Result<Option<User>> {
    tx.find(select!("WHERE email_key = $1 AND state = 'active'"), &[&email_key], read)
}

/// Gives a user another password.
pub fn set_password(tx: &mut Tx, id: UserId, password_hash: &str) -> Result<()> {
    tx.execute("UPDATE user_ SET password_hash = $2 WHERE id = $1", &[&id, &password_hash])?;
    Ok(())
}

/// Gives a user another e-mail address, with which they sign in unless it is
/// another's key.
pub fn set_email(tx: &mut Tx, id: UserId, email: &str, email_key: &str) -> Result<()> {
    tx.execute(
        "UPDATE user_ SET email = $2, confirmed_at_ms = NULL, email_key = CASE
            WHEN EXISTS (SELECT 1 FROM user_ o WHERE o.email_key = $3 AND o.id <> $1) THEN NULL
            ELSE $3 END
         WHERE id = $1",
        &[&id, &email, &email_key],
    )?;
    Ok(())
}

/// Lets a user in no more.
pub fn disable(tx: &mut Tx, id: UserId) -> Result<()> {
    tx.execute("UPDATE user_ SET state = 'disabled' WHERE id = $1", &[&id])?;
    Ok(())
}

/// What a user prefers, as JSON.
pub fn settings(tx: &mut Tx, id: UserId) -> Result<String> {
    tx.get("SELECT settings FROM user_ WHERE id = $1", &[&id], |row| row.get(0))
}

/// Writes what a user prefers, as JSON.
pub fn set_settings(tx: &mut Tx, id: UserId, json: &str) -> Result<()> {
    tx.execute("UPDATE user_ SET settings = $2 WHERE id = $1", &[&id, &json])?;
    Ok(())
}

/// The accounts of those who run the server.
pub fn administrators(tx: &mut Tx) -> Result<Vec<AccountId>> {
    tx.query(
        "SELECT account_id FROM user_ WHERE role = 'admin' AND state = 'active' ORDER BY id",
        &[],
        |row| row.get(0),
    )
}
