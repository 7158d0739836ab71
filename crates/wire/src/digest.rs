//! Digests of bodies: `Digest` (RFC 3230) and `Content-Digest` (RFC 9530).
