"""Tells people on the terminal, and keeps every alert as one line of a file."""

import fcntl
import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from watchkeeper.adapters._wording import cut, explained, headline
from watchkeeper.domain.alerts import Alert
from watchkeeper.errors import OutsideError

__all__ = ["ConsoleChannel"]

WIDTH = 500


@dataclass(frozen=True, slots=True)
class ConsoleChannel:
    """Prints each alert and appends it to a file of JSON lines.

    The file is the record: an alert that stands in it is told, whatever became of the terminal.

    Attributes:
        file: made with its folders when missing.
    """

    file: Path

    def deliver(self, alert: Alert) -> str:
        """Append the alert unless it is there, and print it then; gives `file#line`."""
        try:
            line, is_new = self._note(alert)
        except OSError as error:
            raise OutsideError("console", f"cannot write {self.file}: {error.strerror}") from error
        if is_new:
            _print(_block(alert))
        return f"{self.file}#{line}"

    def _note(self, alert: Alert) -> tuple[int, bool]:
        """The number of the alert's line, and whether it was written just now."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("a+b") as kept:
            fcntl.flock(kept, fcntl.LOCK_EX)
            _mend(kept)
            kept.seek(0)
            lines = kept.read().splitlines()
            told = next((n for n, line in enumerate(lines, 1) if line.startswith(_beginning(alert))), None)
            if told is None:
                kept.write(_line(alert))
                kept.flush()
                os.fsync(kept.fileno())
            return told or len(lines) + 1, told is None


def _mend(kept: BinaryIO) -> None:
    """Drop a last line that a kill tore; whoever wrote it got no receipt and comes again."""
    kept.seek(0)
    whole, newline, torn = kept.read().rpartition(b"\n")
    if torn:
        kept.truncate(len(whole) + len(newline))


def _line(alert: Alert) -> bytes:
    about = {name: value for name, value in asdict(alert).items() if name != "id"}
    written = {"alert": alert.id, **about, "level": str(alert.level), "at": alert.at.isoformat()}
    return json.dumps(written).encode() + b"\n"


def _beginning(alert: Alert) -> bytes:
    return json.dumps({"alert": alert.id}).removesuffix("}").encode() + b","


def _block(alert: Alert) -> str:
    title = f"{headline(alert)} ({alert.cause}, {alert.change})"
    links = [f"{link.name}: {link.url}" for link in alert.links]
    why = [f"{name}: {text}" for name, text in explained(alert).items()]
    return "\n".join([cut(title, WIDTH), *(f"  - {cut(text, WIDTH)}" for text in (*why, *alert.findings, *links))])


def _print(block: str) -> None:
    """Print as well as the terminal can; one that is closed or gone does not make the alert untold."""
    with suppress(OSError, ValueError):
        spelled = block.encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8")
        print(spelled, flush=True)  # noqa: T201 - printing is what this channel is for
