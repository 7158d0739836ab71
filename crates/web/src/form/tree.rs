//! The tree that `a`, `a[]`, `a[b]` and `a[][b]` (as Rails writes them) or a
//! JSON body grow into.

use bytes::Bytes;
use serde_json::Value;

/// Most fields of one request.
const MAX_FIELDS: usize = 2000;
/// Most brackets in one name.
const MAX_DEPTH: usize = 8;

/// Why query or body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongParams {
    /// The body is no JSON object.
    #[error("the body is not a JSON object")]
    Json,
    /// More fields, or deeper ones, than anybody needs.
    #[error("too many fields, or nested too deep")]
    TooMuch,
    /// A field does not hold what it must.
    #[error("{0}")]
    Field(String),
}

/// A file of a multipart body.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The name of its field.
    pub field: String,
    /// What the client calls the file.
    pub file_name: String,
    /// What the client says it is: not to be believed.
    pub content_type: Option<String>,
    /// Its content.
    pub bytes: Bytes,
}

/// A branch or a leaf.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    /// `a[]=…`, a JSON array, or one plain name several times.
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// Grows the tree.
#[derive(Debug, Default)]
pub(super) struct Builder {
    root: Vec<(String, Node)>,
    files: Vec<Upload>,
    fields: usize,
}

impl Builder {
    pub(super) fn finish(self) -> (Node, Vec<Upload>) {
        (Node::Map(self.root), self.files)
    }

    pub(super) fn urlencoded(&mut self, text: &[u8]) -> Result<(), WrongParams> {
        for (name, value) in form_urlencoded::parse(text) {
            self.pair(&name, value.into_owned())?;
        }
        Ok(())
    }

    pub(super) fn pair(&mut self, name: &str, value: String) -> Result<(), WrongParams> {
        self.count()?;
        let path = path(name)?;
        let Some((first, rest)) = path.split_first() else { return Ok(()) };
        put(slot(&mut self.root, first), rest, leaf(value));
        Ok(())
    }

    pub(super) fn file(&mut self, upload: Upload) -> Result<(), WrongParams> {
        self.count()?;
        self.files.push(upload);
        Ok(())
    }

    /// A member of the body goes before one of the query.
    pub(super) fn json(&mut self, bytes: &[u8]) -> Result<(), WrongParams> {
        let Ok(Value::Object(members)) = serde_json::from_slice(bytes) else { return Err(WrongParams::Json) };
        for (name, value) in members {
            *slot(&mut self.root, &name) = node(value);
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), WrongParams> {
        self.fields += 1;
        if self.fields > MAX_FIELDS { Err(WrongParams::TooMuch) } else { Ok(()) }
    }
}

/// A text without NUL: nobody means one, and not every database can keep it.
fn leaf(mut text: String) -> Node {
    text.retain(|character| character != '\0');
    Node::Text(text)
}

fn node(value: Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(truth) => Node::Bool(truth),
        Value::Number(number) => Node::Number(number),
        Value::String(text) => leaf(text),
        Value::Array(items) => Node::List(items.into_iter().map(node).collect()),
        Value::Object(members) => Node::Map(members.into_iter().map(|(k, v)| (k, node(v))).collect()),
    }
}

/// `a[b][]` is `a`, `b` and the empty step. A name with odd brackets is one step.
fn path(name: &str) -> Result<Vec<&str>, WrongParams> {
    let Some((first, rest)) = name.split_once('[') else { return Ok(vec![name]) };
    let Some(rest) = rest.strip_suffix(']') else { return Ok(vec![name]) };
    let mut steps = vec![first];
    steps.extend(rest.split("]["));
    if steps.len() > MAX_DEPTH { Err(WrongParams::TooMuch) } else { Ok(steps) }
}

fn slot<'a>(map: &'a mut Vec<(String, Node)>, name: &str) -> &'a mut Node {
    let at = map.iter().position(|(key, _)| key == name).unwrap_or_else(|| {
        map.push((name.to_owned(), Node::Null));
        map.len() - 1
    });
    &mut map.get_mut(at).expect("found or pushed just now").1
}

fn put(at: &mut Node, path: &[&str], value: Node) {
    match path.split_first() {
        None => put_leaf(at, value),
        Some((&"", rest)) => put_item(at, rest, value),
        Some((step, rest)) => {
            if !matches!(at, Node::Map(_)) {
                *at = Node::Map(Vec::new());
            }
            if let Node::Map(map) = at {
                put(slot(map, step), rest, value);
            }
        }
    }
}

fn put_leaf(at: &mut Node, value: Node) {
    match at {
        Node::Null | Node::Map(_) => *at = value,
        Node::List(items) => items.push(value),
        _ => *at = Node::List(vec![std::mem::replace(at, Node::Null), value]),
    }
}

/// `a[][b]`: a name that the last item already has begins the next item.
fn put_item(at: &mut Node, rest: &[&str], value: Node) {
    match at {
        Node::List(_) => {}
        Node::Null | Node::Map(_) => *at = Node::List(Vec::new()),
        _ => *at = Node::List(vec![std::mem::replace(at, Node::Null)]),
    }
    let Node::List(items) = at else { return };
    let continues = match (items.last(), rest.first()) {
        (Some(Node::Map(map)), Some(name)) => !name.is_empty() && !map.iter().any(|(key, _)| key == name),
        _ => false,
    };
    if !continues {
        items.push(Node::Null);
    }
    if let Some(last) = items.last_mut() {
        put(last, rest, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Result<Node, WrongParams> {
        let mut builder = Builder::default();
        builder.urlencoded(text.as_bytes())?;
        Ok(builder.finish().0)
    }

    fn text(value: &str) -> Node {
        Node::Text(value.into())
    }

    fn map<const N: usize>(members: [(&str, Node); N]) -> Node {
        Node::Map(members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect())
    }

    #[test]
    fn brackets_nest() {
        let wanted = map([("a", map([("b", Node::List(vec![text("1"), text("2")])), ("c", text("3"))]))]);
        assert_eq!(tree("a[b][]=1&a[b][]=2&a[c]=3"), Ok(wanted));
    }

    #[test]
    fn a_list_of_maps_begins_a_new_map_at_a_repeated_name() {
        let wanted = Node::List(vec![map([("n", text("1")), ("v", text("2"))]), map([("n", text("3"))])]);
        assert_eq!(tree("f[][n]=1&f[][v]=2&f[][n]=3"), Ok(map([("f", wanted)])));
    }

    #[test]
    fn hostile_names_are_bounded() {
        assert_eq!(tree(&format!("a{}=1", "[x]".repeat(20))), Err(WrongParams::TooMuch));
        assert_eq!(tree(&"a=1&".repeat(MAX_FIELDS + 1)), Err(WrongParams::TooMuch));
        for odd in ["[", "]", "[]", "a[", "a]b[", "a[[]]", "=", "a[b=1", "&&"] {
            assert!(tree(odd).is_ok(), "{odd}");
        }
    }
}
