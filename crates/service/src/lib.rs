//! The living room: the verbs, and the bundle every verb is given.
