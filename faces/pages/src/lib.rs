//! The pages face: HTML for people.
