//! The language: ActivityPub documents, JSON to and from the domain.
