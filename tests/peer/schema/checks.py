"""Named checks, counted."""

import time

PATIENCE_SECONDS = 20


class NotBuilt(Exception):
    """The server does not have it yet."""


class Checks:
    def __init__(self, strict: bool):
        self.strict = strict
        self.passed = self.failed = self.skipped = 0
        self.not_built = []

    def run(self, name: str, act) -> bool:
        """Whether it passed."""
        try:
            act()
        except NotBuilt as what:
            self.miss(name, str(what))
            return False
        except Exception as error:  # whatever it is, it is why the check failed
            self.failed += 1
            words = " ".join(f"{type(error).__name__}: {error}".split()).removeprefix("AssertionError: ")
            print(f"not ok {name}: {words[:600]}", flush=True)
            return False
        self.passed += 1
        print(f"ok {name}", flush=True)
        return True

    def miss(self, name: str, why: str) -> None:
        """Something is not there to be checked."""
        if self.strict:
            self.failed += 1
            print(f"not ok {name}: not built: {why}", flush=True)
        else:
            self.skipped += 1
            self.not_built.append(f"{name} ({why})")

    def finish(self) -> int:
        for name in self.not_built:
            print(f"not built: {name}")
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        return 0 if self.passed and not self.failed else 1


def equal(found, expected, what: str) -> None:
    assert found == expected, f"{what} is {found!r}, not {expected!r}"


def until(what: str, look, seconds: float = PATIENCE_SECONDS):
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.1)
