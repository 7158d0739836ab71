"""Runs all checks: `python -m schema CONTRACT [--strict] [--keep] [--only WORD]`."""

import argparse
import os
import pathlib
import signal
import sys
import tempfile

from server_process import Server, settled

from . import behaviour, details, operations_own, operations_people, operations_posts, paging
from .checks import Checks
from .contract import Contract
from .operation import Examiner
from .world import World


def main() -> int:
    for ended in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ended, lambda number, _: sys.exit(128 + number))
    reader = argparse.ArgumentParser(prog="run-schema")
    reader.add_argument("contract", type=pathlib.Path)
    reader.add_argument("--strict", action="store_true", help="what is not built is a failure")
    reader.add_argument("--keep", action="store_true", help="keep the servers' folders")
    reader.add_argument("--only", default="", help="only operations with this in their names")
    wanted = reader.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="antiphon-schema-"))
    checks = Checks(wanted.strict)
    binary = os.environ["ANTIPHON_BIN"]
    for name in ("here", "there"):
        (folder / name).mkdir()
    with (
        Server(binary, folder / "here", ANTIPHON_SIGN_UP="open") as here,
        Server(binary, folder / "there", host="127.0.0.2") as there,
    ):
        world = World(here, there, folder)
        world.contract = Contract(wanted.contract)
        if checks.run("two servers start and meet", lambda: start(world)):
            look(world, checks, wanted.only)
    return settled(checks.finish(), folder, wanted.keep)


def start(world: World) -> None:
    for server in (world.here, world.there):
        server.wait_until_healthy()
    world.populate()


def look(world: World, checks: Checks, only: str) -> None:
    examiner = Examiner(world, world.contract, checks)
    behaviour.prepare(world)
    for part in (operations_people, operations_posts, operations_own):
        for operation in part.OPERATIONS:
            if only in operation.name:
                examiner.examine(operation)
    if not only:
        paging.check(world, checks)
        behaviour.check(world, checks)
        details.check(world, checks)


if __name__ == "__main__":
    sys.exit(main())
