//! Fresh stores for tests, on each database there is.
