"""A fresh process that is asked again and again, a line of JSON a turn."""

import json
import os
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.children import PROJECT

__all__ = ["Worker"]


SILENT = {"DO_NOT_TRACK": "1", "NML_DISABLE_USAGE_LOGGING": "1", "WHYLOGS_NO_ANALYTICS": "1"}
"""Keeps Evidently, NannyML and whylogs from telling their makers, and from waiting for an answer on the clock."""


class Worker:
    """A module of `benchmarks` that answers every line on its standard input with one; ends with the `with` block."""

    def __init__(self, python: Path, module: str, *arguments: str) -> None:
        command = [str(python), "-m", f"benchmarks.{module}", *arguments]
        quiet = os.environ | SILENT | {"PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}
        self._name = " ".join(arguments)
        self._process = subprocess.Popen(
            command, cwd=PROJECT, env=quiet, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, question: Any) -> Any:  # noqa: ANN401 - whatever JSON can say
        """The answer; ends the program when the process has ended."""
        process = self._process
        if not (process.stdin and process.stdout):
            raise SystemExit(f"{self._name} cannot be asked")
        print(json.dumps(question), file=process.stdin, flush=True)
        answer = process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self._name} ended with code {process.wait()}")
        return json.loads(answer)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
