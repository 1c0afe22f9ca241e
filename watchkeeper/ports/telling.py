"""People, charts and pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.profiles import Kind

__all__ = ["Channel", "Drawn", "Reporter", "Tracked", "Tracker"]


class Channel(Protocol):
    """One way to tell people."""

    def deliver(self, alert: Alert) -> str:
        """Tell it, once however often called; gives the channel's own name for it."""
        ...


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where the tracker keeps an artifact: the run's folder or URL, the artifact's name, and the file's digest."""

    run: str
    artifact: str
    digest: str


class Tracker(Protocol):
    """Metrics and reports for people who look at charts; never on the path of an alert."""

    def log_verdicts(self, model: str, verdicts: Sequence[Verdict]) -> str:
        """Metrics of these windows; gives the run's folder or URL."""
        ...

    def log_report(self, model: str, name: str, file: Path, about: Mapping[str, str | float]) -> Tracked: ...

    def log_version(self, version: Version, folder: Path) -> Tracked: ...


@dataclass(frozen=True, slots=True)
class Drawn:
    """A report on disk, the columns it shows, and those that could not be drawn with the reason."""

    file: Path
    columns: tuple[str, ...]
    left_out: Mapping[str, str]


class Reporter(Protocol):
    """Draws; does not decide."""

    def draw(
        self,
        baseline: pa.Table,
        window: pa.Table,
        kinds: Mapping[str, Kind],
        scores: Mapping[str, float],
        limits: Mapping[str, float],
        into: Path,
    ) -> Drawn:
        """A report of these samples, showing our scores and limits; one bad column never costs the report."""
        ...
