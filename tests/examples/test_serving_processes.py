"""The example under a real server with several workers: every answer is in the store once, and the books are right."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deployments.server import free_port
from examples.flights.serve import FOLDER
from examples.flights.source import FEATURES, MODEL
from tests.examples.place import APRIL, Place
from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.domain.traffic import Split, assigned, shadowed

REQUESTS = 300
ROOT = Path(__file__).parents[2]


def questions(day: pa.Table) -> list[dict[str, object]]:
    rows = day.select(["_id", "_key", *FEATURES]).slice(0, REQUESTS).to_pylist()
    return [{"id": row["_id"], "key": row["_key"], "features": {name: row[name] for name in FEATURES}} for row in rows]


@contextlib.contextmanager
def served(place: Place) -> Iterator[str]:
    """The example under uvicorn with two workers, ended by SIGTERM."""
    port = free_port(8_600)
    command = [sys.executable, "-m", "uvicorn", "--factory", "examples.flights.serve:app", "--workers", "2"]
    environment = os.environ | {FOLDER: str(place.root), "OMP_NUM_THREADS": "1"}
    server = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "warning"], cwd=ROOT, env=environment, text=True
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(60) in (0, -signal.SIGTERM)


def _wait_for(address: str) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        with contextlib.suppress(httpx.TransportError):
            httpx.get(address)
            return
        time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")


def kept(place: Place, part: str) -> list[dict[str, object]]:
    files = (place.root / "records" / MODEL / part).glob("day=*/*.parquet")
    return [row for file in files for row in pq.ParquetFile(file).read().to_pylist()]


def accounts(place: Place) -> list[dict[str, object]]:
    files = (place.root / "records" / MODEL / "accounts").glob("day=*/*.json")
    return [json.loads(file.read_bytes()) for file in files]


@pytest.mark.slow
def test_two_workers_keep_every_answer_once_and_their_books_say_so_after_the_end(place: Place, day: pa.Table) -> None:
    split = Split(1, 2, 0.3, "rollout-1", APRIL, shadow=2, shadow_share=0.5)
    FileRouter(place.root / "traffic").set_split(MODEL, split)
    asked = questions(day)
    with served(place) as address:
        with ThreadPoolExecutor(8) as clients:
            answers = list(clients.map(lambda one: httpx.post(f"{address}/predict", json=one, timeout=60), asked))
        figures = {httpx.get(f"{address}/metrics").text for _ in range(20)}
    assert {answer.status_code for answer in answers} == {200}
    told = {answer.json()["id"]: (answer.json()["version"], answer.json()["late"]) for answer in answers}
    records = kept(place, "predictions")
    assert Counter(row["_id"] for row in records) == Counter(dict.fromkeys(told, 1))
    assert {row["_id"]: (row["_version"], row["_prediction"]) for row in records} == told
    assert all(version == assigned(one["key"], split) for one, (version, _) in zip(asked, told.values(), strict=True))
    expected = {name for name, (version, _) in told.items() if version == 1 and shadowed(name, split) == 2}
    shadows = kept(place, "shadows")
    assert Counter(row["_id"] for row in shadows) == Counter(dict.fromkeys(expected, 1))
    books = accounts(place)
    assert len({book["pid"] for book in books}) == 2
    assert sum(book["produced"] for book in books) == len(records) + len(shadows)
    assert sum(book["delivered"] for book in books) == len(records) + len(shadows)
    assert all(book["dropped"] == book["sampled_out"] == book["lost_by_kill"] == 0 for book in books)
    assert any('watchkeeper_split_share{pid="' in text for text in figures)
