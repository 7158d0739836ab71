-- Signing in and up: who waits to be let in, second factors, invitations,
-- letters, refresh tokens.

ALTER TABLE user_ ADD COLUMN awaits_approval BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_ ADD COLUMN awaits_confirmation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE user_ ADD COLUMN reason TEXT;             -- why they want to join
ALTER TABLE user_ ADD COLUMN locale TEXT;
ALTER TABLE user_ ADD COLUMN confirmed_at_ms BIGINT;  -- since when the e-mail address is proven
ALTER TABLE user_ ADD COLUMN application_id BIGINT;   -- the program that signed them up
ALTER TABLE user_ ADD COLUMN invite_id BIGINT;
CREATE INDEX user_waiting ON user_ (created_at_ms) WHERE state = 'waiting';

ALTER TABLE session ADD COLUMN agent TEXT;
ALTER TABLE session ADD COLUMN address TEXT;

CREATE TABLE refresh_token (
    secret_hash BYTEA PRIMARY KEY,
    token_id BIGINT NOT NULL,
    family BIGINT NOT NULL,              -- the first token: a second use ends all that came of it
    used_at_ms BIGINT
) /*strict, without rowid*/;
CREATE INDEX refresh_token_by_family ON refresh_token (family);
CREATE INDEX refresh_token_by_token ON refresh_token (token_id);

-- Time-based one-time passwords (RFC 6238).
CREATE TABLE totp (
    user_id BIGINT PRIMARY KEY,
    secret BYTEA NOT NULL,
    on_since_ms BIGINT,                  -- NULL: shown, not yet proven
    last_step BIGINT NOT NULL            -- a code is good once
) /*strict*/;
CREATE TABLE recovery_code (
    user_id BIGINT NOT NULL,
    code_hash BYTEA NOT NULL,
    PRIMARY KEY (user_id, code_hash)
) /*strict, without rowid*/;
-- The password was right, the code is still asked for.
CREATE TABLE sign_in_step (
    secret_hash BYTEA PRIMARY KEY,
    user_id BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    expires_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;

CREATE TABLE invite (
    id BIGINT PRIMARY KEY,
    code TEXT NOT NULL,
    user_id BIGINT,                      -- NULL: made by the command line
    uses BIGINT NOT NULL,
    max_uses BIGINT,
    expires_at_ms BIGINT,
    revoked_at_ms BIGINT,
    created_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE UNIQUE INDEX invite_by_code ON invite (code);
CREATE INDEX invite_by_user ON invite (user_id);

-- Letters to be sent: what for and to whom. They are written when they are
-- sent, so that no secret lies here.
CREATE TABLE letter (
    id BIGINT PRIMARY KEY,
    kind TEXT NOT NULL,
    user_id BIGINT,
    address TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_try_at_ms BIGINT NOT NULL
) /*strict*/;
CREATE INDEX letter_due ON letter (next_try_at_ms);
-- What a link in a letter proves.
CREATE TABLE ticket (
    secret_hash BYTEA PRIMARY KEY,
    purpose TEXT NOT NULL,               -- confirm, reset
    user_id BIGINT NOT NULL,
    address TEXT NOT NULL,
    expires_at_ms BIGINT NOT NULL
) /*strict, without rowid*/;
CREATE INDEX ticket_by_user ON ticket (user_id);
