"""Runs the tests of toot against a fresh server of ours. See run-toot."""

import os
import pathlib
import signal
import socket
import sys
import tempfile

import pytest

from pytest_count import Count
from server_process import Server, settled

# Two of its tests sign in at this address, whatever they are told.
ITS_PORT = 3000


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def main() -> int:
    for ended in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, lambda number, _: sys.exit(128 + number))
    source, *more = sys.argv[1:]
    keep = "--keep" in more
    wanted = [word for word in more if word not in ("--keep", "--")]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="antiphon-toot-"))
    # Another home, so that nobody's own logins are touched.
    os.environ |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    its_port = is_free(ITS_PORT)
    if not its_port:
        print(f"port {ITS_PORT} is taken: two tests that need it are left out", file=sys.stderr)
        wanted += ["--deselect", "tests/integration/test_auth.py::test_login_cli"]
        wanted += ["--deselect", "tests/integration/test_auth.py::test_login_cli_wrong_password"]
    count = Count()
    with Server(os.environ["ANTIPHON_BIN"], folder, port=ITS_PORT if its_port else None, name="localhost", ANTIPHON_SIGN_UP="open") as server:
        server.wait_until_healthy()
        os.environ["TOOT_TEST_BASE_URL"] = server.origin
        sys.path.insert(0, source)
        os.chdir(source)
        pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", "--tb=short", "--no-summary", "tests/integration", *wanted], plugins=[count])
    return settled(count.finish(), folder, keep)


if __name__ == "__main__":
    sys.exit(main())
