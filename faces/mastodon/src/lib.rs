//! The Mastodon face: the client API and its entities.
