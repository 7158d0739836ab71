"""Runs the tests of Mastodon.py against a fresh server of ours. See
run-mastodon-py."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sys
import tempfile
import time

import pytest
import vcr
from _pytest.runner import runtestprotocol
from mastodon import Mastodon

from mastodon_py_left_out import LEFT_OUT
from pytest_count import Count
from server_process import Server, settled

# The tests ask there, and some compare answers with it.
THEIR_PLACE = ("localhost", 3000)
ORIGIN = "http://localhost:3000"
PROGRAM = "Mastodon.py test suite"
SCOPES = ["read", "write", "follow", "push"]
PASSWORD = "5fc638e0e53eafd9c4145b6bb852667d"
# Who stands behind each token that the tests name; and somebody more.
PEOPLE = {
    "mastodonpy_test": "__MASTODON_PY_TEST_ACCESS_TOKEN",
    "admin": "__MASTODON_PY_TEST_ACCESS_TOKEN_2",
    "mastodonpy_test_2": "__MASTODON_PY_TEST_ACCESS_TOKEN_3",
    "admin2": None,
}
# They wait for Mastodon's queues, in all some minutes. How much of it we wait;
# what fails so is tried once more at their own pace.
PACE = 0.1
# A mute of three seconds has to end; what is sent has to be watched before.
PATIENT = {"test_account.py::test_account_mute_unmute": 0.5, "test_streaming.py": 0.2}
# How long a film may take that a test waits for, in seconds.
FILM_SECONDS = 60


class Live:
    """A plugin of pytest: what the tests ask is asked, and of our server."""

    def __init__(self, program, tokens):
        self.program, self.tokens = program, tokens
        self.pace = PACE
        self.film = None
        self.wait = time.sleep
        time.sleep = self.sleep
        post = Mastodon.media_post
        Mastodon.media_post = lambda *args, **named: self.posted(args[0], post(*args, **named))
        # Some replay what old servers said; nothing is written down either.
        vcr.use_cassette = lambda *_, **__: contextlib.nullcontext()
        vcr.cassette.Cassette._save = lambda *_, **__: None

    def posted(self, client, medium):
        self.film = (client, medium.id) if medium.type == "video" and medium.url is None else None
        return medium

    def sleep(self, seconds):
        """A part of what they wait; but a film takes as long as it takes."""
        self.wait(seconds * self.pace)
        if self.film and seconds >= 10:
            client, medium = self.film
            self.film = None
            started = time.monotonic()
            while client.media(medium).url is None and time.monotonic() - started < FILM_SECONDS:
                self.wait(0.2)

    def pytest_collection_modifyitems(self, config, items):
        """Only those that ask a server, and of these what can hold."""
        wanted = [item for item in items if item.get_closest_marker("vcr") and not is_among(item.nodeid, LEFT_OUT)]
        config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
        items[:] = wanted

    def pytest_collection_finish(self):
        """The tokens are ours to give, the tests name them."""
        conftest = sys.modules["tests.conftest"]
        conftest.DEBUG_REQUESTS = False
        make = conftest._api

        def api(access_token=PEOPLE["mastodonpy_test"], **more):
            client = make(self.tokens.get(access_token), **more)
            client.client_id, client.client_secret = self.program
            return client

        conftest._api = api

    def pytest_runtest_protocol(self, item, nextitem):
        patient = [pace for name, pace in PATIENT.items() if is_among(item.nodeid, [name])]
        reports = self.run(item, nextitem, *(patient or [PACE]))
        if any(report.failed for report in reports):
            print(f"\nagain, slowly: {item.nodeid}", flush=True)
            item._initrequest()
            reports = self.run(item, nextitem, 1)
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        return True

    def run(self, item, nextitem, pace):
        self.film, self.pace = None, pace
        return runtestprotocol(item, log=False, nextitem=nextitem)


def is_among(test: str, names) -> bool:
    """Whether one of the names is that of a test, or of the file it stands in."""
    test = test.removeprefix("tests/")
    return any(test.startswith(name) and test[len(name) :][:1] in ("", ":", "[") for name in names)


def lead_to(server: Server) -> None:
    """Whoever connects to the place the tests know comes to this server."""
    look_up = socket.getaddrinfo
    host, port = server.listen.split(":")

    def found(name, number, *more, **named):
        return look_up(*((host, int(port)) if (name, number) == THEIR_PLACE else (name, number)), *more, **named)

    socket.getaddrinfo = found


def people(server: Server):
    """Makes the accounts that setup.sql of the tests would make."""
    for name in PEOPLE:
        admin = ["--admin"] if name.startswith("admin") else []
        new = ["account", "create", name, "--email", f"{name}@localhost", "--password-stdin", *admin]
        server.command(*new, stdin=PASSWORD + "\n")
    program = Mastodon.create_app(PROGRAM, scopes=SCOPES, api_base_url=ORIGIN)
    tokens = {}
    for name, token in PEOPLE.items():
        client = Mastodon(*program, api_base_url=ORIGIN)
        tokens[token] = client.log_in(f"{name}@localhost", PASSWORD, scopes=SCOPES, allow_http=True)
        client.account_update_credentials(
            locked=name == "mastodonpy_test",
            discoverable=name == "mastodonpy_test_2",
            indexable=name == "mastodonpy_test_2",
        )
    del tokens[None]
    return program, tokens


def main() -> int:
    for ended in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, lambda number, _: sys.exit(128 + number))
    source, *more = sys.argv[1:]
    keep = "--keep" in more
    wanted = [word for word in more if word not in ("--keep", "--")]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="antiphon-mastodon-py-"))
    # Without what was recorded, for then it would be replayed.
    shutil.copytree(pathlib.Path(source, "tests"), folder / "tests", ignore=shutil.ignore_patterns("cassettes*"))
    for name in ("cassettes", "cassettes_special"):
        (folder / "tests" / name).mkdir()
    count = Count()
    settings = {
        "ANTIPHON_SIGN_UP": "open",
        "ANTIPHON_SHOW_DOMAIN_BLOCKS": "nobody",
        # Nobody listens there; but who signs up waits for a letter.
        "ANTIPHON_SMTP_URL": "smtp://127.0.0.1:9",
    }
    with Server(os.environ["ANTIPHON_BIN"], folder, origin=ORIGIN, **settings) as server:
        lead_to(server)
        server.wait_until_healthy()
        live = Live(*people(server))
        os.environ["TZ"] = "UTC"
        sys.path.insert(0, str(folder))
        os.chdir(folder)
        quiet = ["-q", "--no-header", "-p", "no:cacheprovider", "--tb=short", "--no-summary"]
        pytest.main([*quiet, "--record-mode=all", "tests", *wanted], plugins=[count, live])
    return settled(count.finish(), folder, keep)


if __name__ == "__main__":
    sys.exit(main())
