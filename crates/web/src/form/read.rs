//! Reads the tree into a struct, kindly: a number may be written as text, a
//! truth value as `1` or `on`, a list of one without brackets.

use super::tree::{Node, WrongParams};
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    self, Deserialize, DeserializeOwned, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use std::fmt::{self, Display};
use std::marker::PhantomData;

const NESTED: &str = "Nested";

/// A parameter with parameters of its own. A mere text in its place is as good
/// as nothing: so programs write what they did not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nested<T>(pub Option<T>);

impl<T> Default for Nested<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nested<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Nested<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a parameter with parameters of its own")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Nested(None))
            }

            fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Self::Value, D::Error> {
                T::deserialize(inner).map(Some).map(Nested)
            }
        }

        deserializer.deserialize_newtype_struct(NESTED, Reader(PhantomData))
    }
}

pub(super) fn read<T: DeserializeOwned>(tree: Node) -> Result<T, WrongParams> {
    T::deserialize(tree)
}

/// In words of those who write requests: what types the program has is its own.
impl de::Error for WrongParams {
    fn custom<T: Display>(message: T) -> Self {
        Self::Field(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, _: &dyn Expected) -> Self {
        misplaced(&found)
    }

    fn invalid_value(found: Unexpected<'_>, _: &dyn Expected) -> Self {
        misplaced(&found)
    }

    fn invalid_length(length: usize, _: &dyn Expected) -> Self {
        Self::Field(format!("a list of {length} cannot stand here"))
    }

    fn unknown_variant(found: &str, expected: &'static [&'static str]) -> Self {
        let words: Vec<&str> = expected.iter().copied().filter(|word| !word.is_empty()).collect();
        Self::Field(format!("{:?} is none of {}", short(found), words.join(", ")))
    }
}

fn misplaced(found: &Unexpected<'_>) -> WrongParams {
    let found = match found {
        Unexpected::Bool(truth) => truth.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Float(number) => number.to_string(),
        Unexpected::Str(text) => format!("{:?}", short(text)),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a parameter with parameters of its own".to_owned(),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        _ => "what was written".to_owned(),
    };
    WrongParams::Field(format!("{found} cannot stand here"))
}

impl IntoDeserializer<'_, WrongParams> for Node {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl Node {
    /// What stands for one value: of several with one name the last.
    fn scalar(self) -> Self {
        match self {
            Self::List(items) => items.into_iter().next_back().unwrap_or(Self::Null),
            other => other,
        }
    }

    fn number(self) -> Result<serde_json::Number, WrongParams> {
        match self.scalar() {
            Self::Number(number) => Ok(number),
            Self::Text(text) => text
                .trim()
                .parse()
                .map_err(|_| WrongParams::Field(format!("{:?} is not a number", short(&text)))),
            Self::Bool(truth) => Ok(u8::from(truth).into()),
            _ => Err(WrongParams::Field("a number was expected".into())),
        }
    }

    fn truth(self) -> Result<bool, WrongParams> {
        match self.scalar() {
            Self::Bool(truth) => Ok(truth),
            Self::Number(number) => Ok(number.as_i64() != Some(0)),
            Self::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "1" | "on" | "yes" | "t" => Ok(true),
                "false" | "0" | "off" | "no" | "f" | "" => Ok(false),
                _ => Err(WrongParams::Field(format!("{:?} is neither true nor false", short(&text)))),
            },
            _ => Err(WrongParams::Field("true or false was expected".into())),
        }
    }

    fn text(self) -> Result<String, WrongParams> {
        match self.scalar() {
            Self::Text(text) => Ok(text),
            Self::Number(number) => Ok(number.to_string()),
            Self::Bool(truth) => Ok(truth.to_string()),
            Self::Null => Ok(String::new()),
            Self::List(_) | Self::Map(_) => Err(WrongParams::Field("a text was expected".into())),
        }
    }

    /// A map whose names are all numbers is a list (`fields[0][name]`).
    fn items(self) -> Result<Vec<Self>, WrongParams> {
        match self {
            Self::List(items) => Ok(items),
            Self::Null => Ok(Vec::new()),
            Self::Map(members) => {
                let mut numbered = Vec::with_capacity(members.len());
                for (name, node) in members {
                    let number: u64 =
                        name.parse().map_err(|_| WrongParams::Field("a list was expected".into()))?;
                    numbered.push((number, node));
                }
                numbered.sort_by_key(|(number, _)| *number);
                Ok(numbered.into_iter().map(|(_, node)| node).collect())
            }
            one => Ok(vec![one]),
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

macro_rules! numbers {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
            let number = self.number()?;
            let wrong = || WrongParams::Field(format!("{number} is too small, too large, or no whole number"));
            (&number).$name(visitor).map_err(|_| wrong())
        }
    )*};
}

impl<'de> Deserializer<'de> for Node {
    type Error = WrongParams;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(truth) => visitor.visit_bool(truth),
            Self::Number(number) => {
                number.deserialize_any(visitor).map_err(|error| WrongParams::Field(error.to_string()))
            }
            Self::Text(text) => visitor.visit_string(text),
            Self::List(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter())),
            Self::Map(members) => visitor.visit_map(MapDeserializer::new(members.into_iter())),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
        visitor.visit_bool(self.truth()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
        visitor.visit_string(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, WrongParams> {
        visitor.visit_seq(SeqDeserializer::new(self.items()?.into_iter()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, WrongParams> {
        match self {
            Self::Null | Self::Text(_) | Self::Number(_) | Self::Bool(_) if name == NESTED => {
                visitor.visit_unit()
            }
            node => visitor.visit_newtype_struct(node),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, WrongParams> {
        visitor.visit_enum(self.text()?.into_deserializer())
    }

    forward_to_deserialize_any! {
        i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Nested, from_urlencoded};
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "lowercase")]
    enum Colour {
        Red,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Wanted {
        id: Option<i64>,
        #[serde(default)]
        ids: Vec<String>,
        #[serde(default)]
        on: bool,
        colour: Option<Colour>,
    }

    #[test]
    fn one_value_is_a_list_of_one_and_the_last_of_several_is_the_value() {
        let wanted: Wanted = from_urlencoded("ids=7&id=1&id=2&on=yes&colour=red").unwrap();
        assert_eq!(
            wanted,
            Wanted { id: Some(2), ids: vec!["7".into()], on: true, colour: Some(Colour::Red) }
        );
    }

    #[test]
    fn what_is_absent_is_absent_and_what_is_unknown_is_passed_over() {
        let wanted: Wanted = from_urlencoded("unheard[of][]=1").unwrap();
        assert_eq!(wanted, Wanted { id: None, ids: Vec::new(), on: false, colour: None });
    }

    #[test]
    fn a_wrong_value_is_said_and_cut_short() {
        let error = from_urlencoded::<Wanted>(&format!("id={}", "x".repeat(500))).unwrap_err().to_string();
        assert!(error.contains("is not a number") && error.len() < 100, "{error}");
        assert!(from_urlencoded::<Wanted>("ids[a]=1").is_err());
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        #[serde(default)]
        nested: Nested<Wanted>,
        struct_member: Option<Wanted>,
        small: Option<u32>,
    }

    #[test]
    fn a_text_in_place_of_parameters_is_nothing() {
        for written in ["nested=", "nested=undefined", "nested", ""] {
            assert!(from_urlencoded::<Outer>(written).unwrap().nested.0.is_none(), "{written}");
        }
        assert_eq!(from_urlencoded::<Outer>("nested[id]=3").unwrap().nested.0.unwrap().id, Some(3));
    }

    #[test]
    fn no_refusal_names_a_type_of_ours() {
        for (written, words) in [
            ("small=-1", "-1 is too small, too large, or no whole number"),
            ("small=1.5", "1.5 is too small, too large, or no whole number"),
            ("small=9999999999", "9999999999 is too small, too large, or no whole number"),
            ("struct_member=x", "\"x\" cannot stand here"),
            ("nested[colour]=blue", "\"blue\" is none of red"),
            ("nested[colour][x]=blue", "a text was expected"),
            ("nested[id][x]=1", "a number was expected"),
        ] {
            assert_eq!(from_urlencoded::<Outer>(written).unwrap_err().to_string(), words, "{written}");
        }
    }
}
