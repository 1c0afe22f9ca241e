"""The same questions about every segment of the records, each held against its own past."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from watchkeeper.checks.base import Check
from watchkeeper.checks.examining import answers
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Profile
from watchkeeper.window import Baseline, History, Outcomes, Window

__all__ = ["Apart", "examine_segments", "named", "without_segment"]

T = TypeVar("T")

Past = dict[tuple[str, str, str], Sequence[tuple[datetime, float]]]


@dataclass(frozen=True, slots=True)
class Apart:
    """How segments are monitored apart.

    Attributes:
        column: the one that tells them apart, which says nothing within a segment.
        least: with fewer records than this in a window a segment is not judged, except by their number.
        checks: those that ask about each segment.
    """

    column: str
    least: int
    checks: tuple[Check, ...]


def named(subject: str, segment: str) -> str:
    """What a finding, a measure or a metric of a segment is about: `temp [origin=JFK]`."""
    return f"{subject} [{segment}]"


def examine_segments(apart: Apart, baseline: Baseline, window: Window) -> tuple[Finding, ...]:
    """The findings about all segments that the window's profile tells apart; their subjects and sentences name them.

    Evidence that is missing in a segment alone is no finding: what is not judged is OK and says why. A check that fails
    is told as one that failed for the window as a whole.
    """
    histories = _histories(baseline.history, apart.column)
    trained, metered = _numbers(baseline.metrics, apart.column), _numbers(window.metrics, apart.column)
    found: list[Finding] = []
    for segment, profile in window.profile.segments.items():
        then = replace(
            baseline,
            anchor=baseline.anchor.segments.get(segment, Profile()),
            trailing=baseline.trailing.segments.get(segment) if baseline.trailing else None,
            history=histories.get(segment, {}),
            metrics=trained.get(segment, {}),
        )
        now = replace(
            window,
            rows=profile.rows,
            profile=profile,
            outcomes=window.outcomes.segments.get(segment) or _none_of(window.outcomes),
            metrics=metered.get(segment, {}),
        )
        found += [finding for check in apart.checks for finding in _asked(check, apart, segment, then, now)]
    return tuple(found)


def _asked(check: Check, apart: Apart, segment: str, then: Baseline, now: Window) -> Iterator[Finding]:
    found, failed = answers(check, then, now)
    if failed:
        yield replace(failed, sentence=f"{segment}: {failed.sentence}")
    for finding in found:
        if finding.subject != apart.column:
            yield _about(segment, finding if now.rows >= apart.least or check.judges_few else _few(finding, now.rows))


def _about(segment: str, finding: Finding) -> Finding:
    """The finding with its segment's name; UNKNOWN becomes OK, as the window as a whole tells what is missing."""
    return replace(
        finding,
        subject=named(finding.subject, segment),
        level=Level.OK if finding.level is Level.UNKNOWN else finding.level,
        sentence=f"{segment}: {finding.sentence}",
        measures=tuple(replace(m, subject=named(m.subject, segment)) for m in finding.measures),
        segment=segment,
    )


def _few(finding: Finding, rows: int) -> Finding:
    """What is said of a segment of too few records; nothing of it is remembered either."""
    sentence = f"{finding.subject}: not judged, as {rows:,} records are too few."
    return replace(finding, level=Level.OK, value=math.nan, sentence=sentence, measures=())


def _none_of(outcomes: Outcomes) -> Outcomes:
    return replace(outcomes, predictions=outcomes.predictions[:0], labels=outcomes.labels[:0], expected=0, segments={})


def _histories(history: History, column: str) -> dict[str, Past]:
    """The measures of each segment, as if it were all there is."""
    found: dict[str, Past] = {}
    for (check, subject, name), values in history.items():
        if parts := without_segment(subject, column):
            found.setdefault(parts[1], {})[check, parts[0], name] = values
    return found


def _numbers(numbers: Mapping[str, T], column: str) -> dict[str, dict[str, T]]:
    found: dict[str, dict[str, T]] = {}
    for name, number in numbers.items():
        if parts := without_segment(name, column):
            found.setdefault(parts[1], {})[parts[0]] = number
    return found


def without_segment(subject: str, column: str) -> tuple[str, str] | None:
    """What `named` has put together for a segment of this column: the subject and the segment; None for others."""
    own, marked, value = subject.partition(f" [{column}=")
    return (own, f"{column}={value[:-1]}") if marked else None
