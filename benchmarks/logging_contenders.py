"""What a host may log its predictions with: each is opened, called once a record, and closed; imports are its own."""

import contextlib
import json
import logging
import logging.handlers
import os
import queue
import tempfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

__all__ = ["CONTENDERS", "Log", "Row"]

Row = dict[str, float | str]
Log = Callable[[str, Row, float], None]
"""Logs a record: its id, its features, the prediction."""


@contextlib.contextmanager
def nothing(_folder: Path) -> Iterator[Log]:
    """The loop alone, whose processor time counts for nobody."""
    yield lambda _id, _row, _prediction: None


@contextlib.contextmanager
def watchkeeper(folder: Path) -> Iterator[Log]:
    """Ours, as it comes."""
    from watchkeeper.serving import PredictionLogger  # noqa: PLC0415

    logger = PredictionLogger(folder, "bench")
    log = logger.log
    yield lambda id_, row, prediction: log(id_, "user", 1, row, prediction, latency_ms=3.5)
    logger.close(60)
    if logger.delivered != logger.produced:
        raise SystemExit(f"not all was delivered: {logger.counts()}, {logger.last_error}")


@contextlib.contextmanager
def queued(folder: Path) -> Iterator[Log]:
    """Python's own: a queue, a thread, and a file with one line of JSON a record."""
    waiting: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    file = logging.FileHandler(folder / "records.log")
    listener = logging.handlers.QueueListener(waiting, file)
    logger = logging.getLogger("bench")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(logging.handlers.QueueHandler(waiting))
    listener.start()
    yield lambda id_, row, prediction: logger.info(json.dumps({"id": id_, "prediction": prediction, **row}))
    listener.stop()
    file.close()


@contextlib.contextmanager
def whylogs(folder: Path) -> Iterator[Log]:
    """The rolling logger, which keeps a profile and no record."""
    import whylogs as why  # noqa: PLC0415

    logger = why.logger(mode="rolling", interval=5, when="S", base_name="bench")
    logger.append_writer("local", base_dir=str(folder))
    yield lambda _id, row, prediction: logger.log({**row, "prediction": prediction})
    logger.close()


@contextlib.contextmanager
def wandb(folder: Path) -> Iterator[Log]:
    """Offline; it keeps no text columns of rows apart, so that this is what a line of numbers and texts costs."""
    os.environ |= {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DIR": str(folder)}
    import wandb as vendor  # noqa: PLC0415

    with vendor.init(project="bench", dir=str(folder)) as run:
        yield lambda _id, row, prediction: run.log({**row, "prediction": prediction})


class Answers(BaseHTTPRequestHandler):
    """Takes whatever is posted, at once: kinder than any collector."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Read it and thank."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Say nothing."""


@contextlib.contextmanager
def evidently(_folder: Path) -> Iterator[Log]:
    """The collector's client, which posts a frame; on the other side something that answers at once."""
    import pandas as pd  # noqa: PLC0415
    from evidently.legacy.collector.client import CollectorClient  # noqa: PLC0415

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = CollectorClient(f"http://127.0.0.1:{server.server_port}")
    yield lambda _id, row, prediction: client.send_data("bench", pd.DataFrame([{**row, "prediction": prediction}]))
    server.shutdown()


CONTENDERS = {
    "nothing": nothing,
    "watchkeeper": watchkeeper,
    "logging, queue and file": queued,
    "whylogs, rolling": whylogs,
    "wandb, offline": wandb,
    "evidently, collector's client": evidently,
}


@contextlib.contextmanager
def opened(name: str) -> Iterator[Log]:
    """A contender in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="watchkeeper-logger-") as folder, CONTENDERS[name](Path(folder)) as log:
        yield log
