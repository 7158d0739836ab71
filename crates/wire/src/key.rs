//! Keys: RSA and Ed25519, in the forms peers write them.
