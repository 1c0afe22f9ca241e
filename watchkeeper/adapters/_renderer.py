"""A process that has imported Evidently and draws one page after the other.

Importing takes seconds and 300 MB: whoever draws often pays once, and whoever stops drawing gets the memory back.
"""

import atexit
import io
import os
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from watchkeeper.errors import OutsideError

__all__ = ["Renderer", "the_renderer"]

IDLE = 120.0
"""Seconds without a request after which the process ends by itself."""

TAIL = 800
"""So much of what a failed process said last is told."""

PAGE = "watchkeeper.adapters._evidently_page"


class Renderer:
    """Starts the process at the first request, and again when it has ended; one request at a time.

    Args:
        idle: seconds without a request after which it ends.
    """

    def __init__(self, idle: float = IDLE) -> None:
        self.idle = idle
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._said: SimpleQueue[str] = SimpleQueue()
        self._errors: IO[str] = io.StringIO()

    @property
    def process(self) -> int | None:
        """The id of the process, while it lives."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def draw(self, request: Path, timeout: float) -> None:
        """Have a request drawn; the page and the answer are beside it afterwards.

        Raises:
            OutsideError: it took longer than `timeout` seconds, failed, or the process died of it.
        """
        with self._lock:
            answer = self._answer(request, timeout) or self._answer(
                request, timeout
            )  # it may just have ended, idle or killed
            if answer != "drawn":
                raise OutsideError("evidently", answer or "ended without an answer, twice")

    def close(self) -> None:
        """End the process, if there is one."""
        with self._lock:
            self._end()

    def _answer(self, request: Path, timeout: float) -> str:
        """`drawn`, or what went wrong; nothing when the process ended without a word."""
        if not self._sent(request):
            self._start()
            self._sent(request)
        try:
            answer = self._said.get(timeout=timeout)
        except Empty:
            self._end()
            return f"took longer than {timeout:g} s; raise `timeout` or show less"
        if answer:
            return answer
        code, words = self._end()
        return f"exit {code}: {words}" if code > 0 else ""

    def _sent(self, request: Path) -> bool:
        """Whether a process took the request."""
        if not self.process or self._process is None or self._process.stdin is None:
            return False
        try:
            print(request, file=self._process.stdin, flush=True)
        except OSError:
            return False
        return True

    def _start(self) -> None:
        self._end()
        surroundings = os.environ | {"DO_NOT_TRACK": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - lives as long as the process
        self._process = subprocess.Popen(  # noqa: S603 - this Python, a module of ours
            [sys.executable, "-m", PAGE, str(self.idle)],
            env=surroundings,
            cwd=tempfile.gettempdir(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._said = SimpleQueue()
        threading.Thread(target=_hear, args=(self._process.stdout, self._said), daemon=True).start()

    def _end(self) -> tuple[int, str]:
        """The exit code of the process that was, and what it said last; all its pipes are closed."""
        process, self._process = self._process, None
        if process is None:
            return 0, ""
        process.kill()
        code = process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):  # what nobody read any more
                if pipe is not None:
                    pipe.close()
        with self._errors as errors:
            errors.seek(0)
            return code, errors.read().strip()[-TAIL:]


def _hear(voice: IO[str] | None, said: "SimpleQueue[str]") -> None:
    """One entry a line, and an empty one at the end."""
    for line in voice or ():
        said.put(line.strip())
    said.put("")


@cache
def _renderer_of(_process: int) -> Renderer:
    renderer = Renderer()
    atexit.register(renderer.close)
    return renderer


def the_renderer() -> Renderer:
    """The one of this process; a forked one has its own."""
    return _renderer_of(os.getpid())
