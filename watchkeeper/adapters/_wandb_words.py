"""What Weights & Biases can take: names of its letters, metadata without NaN, rows of finite numbers."""

import hashlib
import math
import re
from collections.abc import Mapping

from watchkeeper.domain.verdicts import Verdict

__all__ = ["STEP", "row", "slug", "speakable"]

STEP = "window_end"
"""Seconds since 1970: the axis that every chart of windows is drawn over."""

MOST_ABOUT = 100
"""W&B refuses artifacts with more metadata than this."""

LONGEST = 100
"""W&B refuses names of more than 128 characters."""


def row(verdict: Verdict) -> dict[str, float]:
    """One point of every chart; what could not be measured leaves a gap."""
    point = {STEP: verdict.interval.end.timestamp(), "level": int(verdict.level), "rows": verdict.rows}
    values = {f"{finding.check}/{finding.subject}": finding.value for finding in verdict.findings}
    return point | {name: value for name, value in values.items() if math.isfinite(value)}


def speakable(about: Mapping[str, str | float]) -> dict[str, str | float]:
    """The metadata that W&B takes: no NaN, no infinity, not too much of it."""
    told = {name: v for name, v in about.items() if isinstance(v, str) or math.isfinite(v)}
    return dict(list(told.items())[:MOST_ABOUT])


def slug(*words: str) -> str:
    """One name of the letters W&B allows; a digest keeps apart what the letters alone would not."""
    plain = "-".join(words)
    safe = re.sub(r"[^A-Za-z0-9_.-]+", "-", plain)
    if safe == plain and len(safe) <= LONGEST:
        return safe
    return f"{safe[: LONGEST - 9]}-{hashlib.sha256(plain.encode()).hexdigest()[:8]}"
