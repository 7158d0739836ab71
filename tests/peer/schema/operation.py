"""One documented operation, and the checks that every operation gets."""

import re
from dataclasses import dataclass, field

from .calls import Answer, Caller
from .checks import Checks, NotBuilt

NOBODY = "999999999999999999"


@dataclass
class Operation:
    """`request` makes the valid request of a world: `path` (for the braces),
    `query`, `json`, `data`, `files`, `token`."""

    name: str
    request: object = None
    who: str = "alice"
    #: Looks at the answer of the valid request and keeps what later ones need.
    after: object = None
    #: What must be refused with 422: (why, a change to the request).
    bad: list = field(default_factory=list)
    #: Answers without a token too.
    public: bool = False
    #: An answer that is an empty list says nothing about its items.
    may_be_empty: bool = False
    #: Whether an unknown id is worth asking for.
    unknown: bool = True
    #: Statuses of success beside those that are documented.
    also: tuple = ()
    #: Where a name stands in for an id.
    stranger: str = NOBODY

    @property
    def method(self) -> str:
        return self.name.split(" ")[0]

    @property
    def address(self) -> str:
        return self.name.split(" ")[1]

    def arguments(self, world) -> dict:
        return dict(self.request(world)) if self.request else {}

    def send(self, world, arguments: dict, token) -> Answer:
        arguments = dict(arguments)
        path = arguments.pop("path", {})
        token = arguments.pop("token", token)
        address = re.sub(r"{(\w+)}", lambda found: str(path[found.group(1)]), self.address)
        return Caller(world.origin).call(self.method, address, token=token, **arguments)


class Examiner:
    """Checks operations of one world against the contract."""

    def __init__(self, world, contract, checks: Checks):
        self.world, self.contract, self.checks = world, contract, checks

    def examine(self, operation: Operation) -> None:
        name = operation.name
        try:
            arguments = operation.arguments(self.world)
        except NotBuilt as why:
            self.checks.miss(name, str(why))
            return
        except Exception as error:  # what it builds on failed
            self.checks.run(f"{name}: what it needs", lambda: raise_(error))
            return
        scopes = self.contract.scopes(name)
        if not self._is_built(operation, arguments):
            self.checks.miss(name, "404")
            return
        run = self.checks.run
        if scopes is not None and not operation.public:
            run(f"{name}: without a token", lambda: self._refused(operation, arguments, None, 401))
        # A program's own token has no scopes to choose here.
        if scopes and operation.who != "app":
            run(f"{name}: with another scope", lambda: self._refused(operation, arguments, self._other(operation, scopes), 403))
        if operation.unknown and "path" in arguments:
            run(f"{name}: of what is not there", lambda: self._unknown(operation, arguments))
        for why, change in operation.bad:
            run(f"{name}: {why}", lambda change=change: self._bad(operation, arguments, change))
        run(f"{name}: as documented", lambda: self._valid(operation, arguments, scopes))

    def _token(self, operation: Operation, scopes=None) -> str | None:
        if operation.who is None:
            return None
        if operation.who == "app":
            return self.world.app_token
        return self.world.token(operation.who, *([scopes] if scopes else []))

    def _is_built(self, operation: Operation, arguments: dict) -> bool:
        """A door that is not there answers an unknown method with 404 as well;
        so it is asked without a token, which changes nothing."""
        if operation.public or not self.contract.scopes(operation.name):
            if operation.method == "GET":
                return operation.send(self.world, arguments, self._token(operation)).status != 404
            return True
        return operation.send(self.world, {**arguments, "token": None}, None).status != 404

    def _other(self, operation: Operation, scopes: list) -> str:
        return self.world.token(operation.who, "write:conversations" if "write:conversations" not in scopes else "read:lists")

    def _refused(self, operation: Operation, arguments: dict, token, status: int) -> None:
        operation.send(self.world, {**arguments, "token": token}, token).refused(status)

    def _unknown(self, operation: Operation, arguments: dict) -> None:
        path = {name: operation.stranger for name in arguments["path"]}
        operation.send(self.world, {**arguments, "path": path}, self._token(operation)).refused(404)

    def _bad(self, operation: Operation, arguments: dict, change: dict) -> None:
        arguments = {**arguments, **(change(self.world) if callable(change) else change)}
        operation.send(self.world, arguments, self._token(operation)).refused(422)

    def _valid(self, operation: Operation, arguments: dict, scopes) -> None:
        narrow = scopes[0] if scopes and operation.who != "app" else None
        answer = operation.send(self.world, arguments, self._token(operation, narrow))
        answer.expect(*self.contract.answers(operation.name), *operation.also)
        schema = self.contract.schema(operation.name, 200)
        if operation.after:
            operation.after(self.world, answer)
        if schema:
            content = answer.headers.get("Content-Type", "")
            assert content.replace(" ", "").lower() == "application/json;charset=utf-8", f"Content-Type is {content!r}"
            if isinstance(answer.body, list) and not operation.may_be_empty:
                assert answer.body, "the list is empty"
            problems = self.contract.problems(schema, answer.body)
            assert not problems, "; ".join(sorted(set(generalised(problems))))


def generalised(problems: list[str]) -> list[str]:
    """The same problem of many items once."""
    return [re.sub(r"\[\d+\]", "[]", problem) for problem in problems]


def raise_(error: Exception):
    raise error
