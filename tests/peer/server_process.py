"""Starts Antiphon with an empty data folder and makes accounts in it."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PASSWORD = "correct horse battery staple"


def free_port(host: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


class Server:
    """A running server; ended by its process id when the block is left."""

    def __init__(
        self,
        binary: str,
        folder: pathlib.Path,
        host: str = "127.0.0.1",
        port: int | None = None,
        name: str | None = None,
        origin: str | None = None,
        **settings: str,
    ):
        listen = f"{host}:{port or free_port(host)}"
        self.binary = binary
        self.listen = listen
        self.origin = origin or f"http://{listen.replace(host, name or host)}"
        self.env = os.environ | {
            "ANTIPHON_ORIGIN": self.origin,
            "ANTIPHON_LISTEN": listen,
            "ANTIPHON_DATA_DIR": str(folder / "data"),
            "ANTIPHON_PEERS_ALLOW": "127.0.0.0/8",
            "ANTIPHON_RATE_LIMIT": "off",
        } | settings
        self.log = open(folder / "antiphon.log", "ab")

    def __enter__(self) -> "Server":
        self.process = subprocess.Popen([self.binary, "serve"], env=self.env, stdout=self.log, stderr=self.log)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def wait_until_healthy(self, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        problem = None
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                with urllib.request.urlopen(f"{self.origin}/health", timeout=2) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError) as error:
                problem = error
            time.sleep(0.05)
        raise RuntimeError(f"/health did not answer 200 ({problem})")

    def command(self, *args: str, stdin: str = "") -> str:
        done = subprocess.run(
            [self.binary, *args], env=self.env, input=stdin, capture_output=True, text=True, timeout=30, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(args)} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
        return done.stdout.strip()

    def create_account(self, name: str, *more: str) -> None:
        new = ("account", "create", name, "--email", f"{name}@example.org", "--password-stdin")
        self.command(*new, *more, stdin=PASSWORD + "\n")

    def create_token(self, name: str, scopes: str = "read write follow push") -> str:
        return self.command("token", "create", name, "--scopes", scopes)


def settled(code: int, folder: pathlib.Path, keep: bool) -> int:
    """Leaves nothing behind where all went well, else says where the logs are; the code."""
    if code == 0 and not keep:
        shutil.rmtree(folder, ignore_errors=True)
    else:
        print(f"the logs are in {folder}", file=sys.stderr)
    return code
