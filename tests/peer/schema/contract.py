"""The documented API as data: what each operation answers, and whether an
answer is that, whole. Every documented member must be there; null only where
the document allows it."""

import json
import pathlib
import re
from urllib.parse import urlsplit

DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
KINDS = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}
# Where the document's own text and the schema made of it disagree, the text
# is right: "List of V1::Filter".
LISTS = {"GET /api/v1/filters"}
# Ids that are no numbers by their nature: a role's may be negative.
FREE_IDS = {"client_id", "group_key"}
# Mastodon leaves these URLs empty where there is nothing to lead to.
MAY_BE_EMPTY = {"author_url", "provider_url", "embed_url"}


class Contract:
    """The document, read once."""

    def __init__(self, path: pathlib.Path):
        self.document = json.loads(path.read_text(encoding="utf-8"))
        self.operations = {}
        for address, methods in self.document["paths"].items():
            for method, operation in methods.items():
                self.operations[f"{method.upper()} {address}"] = operation

    def scopes(self, name: str) -> list | None:
        """None where no token is spoken of."""
        security = self.operations[name].get("security")
        return None if security is None else [scope for one in security for scope in one.get("OAuth2", [])]

    def answers(self, name: str) -> list[int]:
        """The statuses of success."""
        return [int(status) for status in self.operations[name]["responses"] if status.startswith("2")]

    def schema(self, name: str, status: int = 200) -> dict | None:
        answer = self.operations[name]["responses"].get(str(status), {})
        schema = answer.get("content", {}).get("application/json", {}).get("schema")
        return {"type": "array", "items": schema} if schema and name in LISTS else schema

    def entity(self, name: str) -> dict:
        return {"$ref": f"#/components/schemas/{name}"}

    def problems(self, schema: dict, value, at: str = "", name: str = "") -> list[str]:
        """What is wrong with a value; empty where it is as documented."""
        schema = self._resolve(schema)
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self._best(schema[word], value, at, name)
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if kinds and not any(KINDS[kind](value) for kind in kinds):
            return [f"{at or 'it'} is {json.dumps(value)[:60]}, not {' or '.join(kinds)}"]
        if value is None:
            return []
        if "enum" in schema and value not in schema["enum"]:
            return [f"{at} is {value!r}, not one of {schema['enum']}"]
        if isinstance(value, dict):
            return self._object(schema, value, at)
        if isinstance(value, list) and "items" in schema:
            return [one for index, item in enumerate(value) for one in self.problems(schema["items"], item, f"{at}[{index}]", name)]
        if isinstance(value, str):
            return [f"{at} is {value!r}, {problem}" for problem in text_problems(schema.get("format"), value, name)]
        return []

    def _resolve(self, schema: dict) -> dict:
        if "$ref" not in schema:
            return schema
        target = self.document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        beside = schema.get("type")
        if isinstance(beside, list) and "null" in beside:
            return {"oneOf": [target, {"type": "null"}]}
        return self._resolve(target)

    def _best(self, choices: list, value, at: str, name: str) -> list[str]:
        found = [self.problems(choice, value, at, name) for choice in choices if choice.get("type") != "null"]
        if value is None and len(found) < len(choices):
            return []
        return min(found, key=len)

    def _object(self, schema: dict, value: dict, at: str) -> list[str]:
        found = []
        members = schema.get("properties", {})
        for member, kind in members.items():
            where = f"{at}.{member}" if at else member
            if member in value:
                found += self.problems(kind, value[member], where, member)
            else:
                found.append(f"{where} is missing")
        rest = schema.get("additionalProperties")
        if isinstance(rest, dict):
            for member, inside in value.items():
                if member not in members:
                    found += self.problems(rest, inside, f"{at}.{member}", member)
        allowed = schema.get("propertyNames", {}).get("enum")
        if allowed:
            found += [f"{at}.{member} is no member" for member in value if member not in allowed]
        return found


def text_problems(form: str | None, text: str, name: str) -> list[str]:
    """What is wrong with a text of this form, as a member of this name."""
    if form == "date-time" and not DATE_TIME.fullmatch(text):
        return ["no date with a time"]
    if form == "date" and not DATE.fullmatch(text):
        return ["no date alone"]
    if form == "iso-639-1" and not LANGUAGE.fullmatch(text):
        return ["no language"]
    if form == "uri" and not is_uri(text) and not (text == "" and name in MAY_BE_EMPTY):
        return ["no absolute URI"]
    is_id = (name == "id" or name.endswith("_id")) and name not in FREE_IDS
    if is_id and not re.fullmatch(r"-?\d+", text):
        return ["no decimal id"]
    return []


def is_uri(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme) and bool(parts.netloc or parts.path)
