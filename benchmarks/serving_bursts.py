"""Servers under uvicorn, bursts of wrk at them, and what each burst cost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.children import PROJECT
from deployments.server import free_port
from examples.flights.serve import FOLDER

__all__ = ["Burst", "Server", "burst", "served"]

TICK = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 8


@dataclass(frozen=True, slots=True)
class Server:
    """One process that serves."""

    address: str
    pid: int


@dataclass(frozen=True, slots=True)
class Burst:
    """What a few seconds of load came to.

    Attributes:
        requests: answered.
        p50_ms, p99_ms: of their latencies.
        cpu_us: microseconds of processor that the server took for each, all its threads together.
    """

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


@contextmanager
def served(factory: str, folder: Path) -> Iterator[Server]:
    """One worker of `benchmarks.serving_hosts:<factory>`, ended by SIGTERM."""
    port = free_port(0)
    command = [sys.executable, "-m", "uvicorn", "--factory", f"benchmarks.serving_hosts:{factory}", "--port", str(port)]
    environment = os.environ | {FOLDER: str(folder), "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen([*command, "--no-access-log", "--log-level", "error"], cwd=PROJECT, env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/openapi.json")
        yield Server(f"http://127.0.0.1:{port}", server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)


def burst(server: Server, name: str, seconds: int, flights: Path) -> Burst:
    """Load for so many seconds. Raises RuntimeError when a request was not answered with 200."""
    wrk = shutil.which("wrk") or sys.exit("serving-load needs wrk: apt-get install wrk")
    command = [wrk, "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--timeout", "30s"]
    script = ["-s", str(PROJECT / "benchmarks" / "serving_load.lua"), server.address, "--", name, str(flights)]
    before = _cpu(server.pid)
    said = subprocess.run([*command, *script], stdout=subprocess.PIPE, text=True, check=True).stdout
    spent, figures = _cpu(server.pid) - before, json.loads(said.strip().splitlines()[-1])
    if figures["errors"]:
        raise RuntimeError(f"{figures['errors']} requests of {name} were not answered")
    per_second = figures["requests"] / figures["seconds"]
    cpu_us = 1e6 * spent / figures["requests"]
    return Burst(figures["requests"], per_second, figures["p50_ms"], figures["p99_ms"], cpu_us)


def _cpu(pid: int) -> float:
    """Seconds of processor that a process has taken so far (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _wait_for(address: str) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310 - loopback
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(f"{address} does not answer")
