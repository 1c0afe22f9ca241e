"""What hypothesis draws: moments, levels, and runs of windows in which findings come and go."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from hypothesis import strategies as st

from tests.builders import HOUR, NOON, a_finding, a_verdict
from watchkeeper.domain.confirmations import Confirmation, NOfM
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.incidents import Incident, Transition, develop
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict

MARKS = {
    "missing:temp": Family.INTEGRITY,
    "drift:dewp": Family.DRIFT,
    "auc:*": Family.PERFORMANCE,
    "business:fare": Family.BUSINESS,
}
"""The findings that come and go; `auc` may need another confirmation than the others."""

DIGITS = (*[Level.OK] * 6, None, Level.UNKNOWN, Level.WARNING, Level.CRITICAL)
"""Mostly quiet: else no incident of a run would ever end."""

Seen = Mapping[str, Level | None]
"""The level of each finding in one window; None when the window was not asked."""

moments = st.timedeltas(-timedelta(days=10_000), timedelta(days=10_000)).map(lambda ago: NOON - ago)
lengths = st.timedeltas(timedelta(minutes=1), timedelta(days=60))
levels = st.sampled_from(Level)
counts = st.integers(1, 4).flatmap(lambda m: st.builds(NOfM, st.integers(1, m), st.just(m)))
rules = st.builds(Confirmation, counts, counts, st.one_of(st.just(()), counts.map(lambda n_of_m: (("auc", n_of_m),))))


def _seen(number: int) -> Seen:
    """One window out of one number, its digits the levels: drawn much faster than its parts, and simple when small."""
    return {mark: DIGITS[number // len(DIGITS) ** place % len(DIGITS)] for place, mark in enumerate(MARKS)}


runs = st.lists(st.integers(0, len(DIGITS) ** len(MARKS) - 1).map(_seen), min_size=3, max_size=18)


def found(mark: str, level: Level) -> Finding:
    check, _, subject = mark.partition(":")
    return a_finding(check=check, subject=subject, family=MARKS[mark], level=level, sentence=f"{mark} is {level}.")


def verdicts_of(run: Sequence[Seen]) -> list[Verdict]:
    """One verdict an hour, oldest first."""
    return [
        a_verdict(
            end=NOON + n * HOUR, findings=[found(mark, level) for mark, level in seen.items() if level is not None]
        )
        for n, seen in enumerate(run)
    ]


def watch(run: Sequence[Seen], rule: Confirmation) -> list[tuple[Incident | None, Transition | None]]:
    """What each window of a run makes of the model's last incident, as a story would look at it."""
    past: list[Verdict] = []
    last: Incident | None = None
    developed = []
    for verdict in verdicts_of(run):
        past.insert(0, verdict)
        incident, transition = develop("test", last, past[: rule.reach + 1], rule)
        last = incident or last
        developed.append((incident, transition))
    return developed


def told(run: Sequence[Seen], rule: Confirmation = Confirmation()) -> list[Transition]:  # noqa: B008 - a frozen value
    """The transitions of a run."""
    return [transition for _, transition in watch(run, rule) if transition]
