"""A Prefect server as a child process."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from deployments.environment import api_url, prefect_environment
from watchkeeper.errors import OutsideError

__all__ = ["free_port", "is_healthy", "prefect_server"]

START_SECONDS = 120.0
STOP_SECONDS = 15.0


def is_healthy(url: str) -> bool:
    """Whether a Prefect API answers at this address."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP OK
    except (urllib.error.URLError, OSError, ValueError):
        return False


def free_port(wanted: int) -> int:
    """The wanted port when nobody has it, else one that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OutsideError("prefect server", "no free port on 127.0.0.1")


@contextlib.contextmanager
def prefect_server(home: Path, port: int) -> Iterator[str]:
    """A server that lives as long as the block, its log in `home/server.log`; gives the address of its API.

    Raises:
        OutsideError: when it does not come up; the message names its log.
    """
    home.mkdir(parents=True, exist_ok=True)
    log = home / "server.log"
    command = [sys.executable, "-m", "prefect", "server", "start"]
    with log.open("ab") as out:
        environment = os.environ | prefect_environment(home, port)
        # Its own session: a Ctrl-C in the terminal is for us, who stop the server after the last run has ended.
        server = subprocess.Popen(  # noqa: S603 - our own interpreter
            command, stdout=out, stderr=subprocess.STDOUT, env=environment, start_new_session=True
        )
    try:
        _wait_until_healthy(server, api_url(port), log)
        yield api_url(port)
    finally:
        _stop(server)


def _wait_until_healthy(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not is_healthy(url):
        if server.poll() is not None:
            raise OutsideError("prefect server", f"ended with code {server.returncode}; its last words are in {log}")
        if time.monotonic() > until:
            raise OutsideError("prefect server", f"did not answer at {url} within {START_SECONDS:.0f} s; see {log}")
        time.sleep(0.2)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.terminate()
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
