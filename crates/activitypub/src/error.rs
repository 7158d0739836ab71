//! Why bytes or a document could not be read.

use domain::address::InvalidId;

/// Why bytes are no document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Objects and arrays lie deeper in each other than [`crate::json::MAX_DEPTH`].
    #[error("the JSON is nested deeper than {} levels", crate::json::MAX_DEPTH)]
    TooDeep,
    /// No JSON: where and why.
    #[error("this is no JSON: {0}")]
    Syntax(String),
    /// JSON, but an array, a string, a number.
    #[error("the JSON is not an object")]
    NotAnObject,
}

/// Why a document is not what it was asked to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// A string, number or array where a document was expected.
    #[error("this is not an object")]
    NotAnObject,
    /// No `type`, or none that is a name.
    #[error("the document has no type")]
    NoType,
    /// Another `type` than the one that was asked for.
    #[error("{found} is not {wanted}")]
    WrongType {
        /// What was asked for.
        wanted: &'static str,
        /// The `type` that stands in the document.
        found: String,
    },
    /// A member is absent, null or empty.
    #[error("the member {0} is missing")]
    Missing(&'static str),
    /// A member holds no id that can be one.
    #[error("the member {member} holds no usable id: {reason}")]
    InvalidId {
        /// Which member.
        member: &'static str,
        /// What is wrong with it.
        reason: InvalidId,
    },
    /// Activities within activities, more than [`crate::activity::MAX_NESTING`].
    #[error("activities are nested too deep")]
    TooDeep,
}
