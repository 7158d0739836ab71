//! The sign-in face: log-in, consent, OAuth, sessions.
