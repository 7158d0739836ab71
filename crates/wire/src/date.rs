//! The one form of time that HTTP headers speak.
