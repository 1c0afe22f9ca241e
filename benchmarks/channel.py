"""The data channel alone, over days of traffic: its spec, what a version leaves behind, and days as windows."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np

from watchkeeper.checks import built_in, seed
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Version
from watchkeeper.ports import Anchor
from watchkeeper.profiles import Kind, Profile
from watchkeeper.spec import ModelSpec
from watchkeeper.story.replaying import Replayer
from watchkeeper.window import PREDICTION, Outcomes, Window

__all__ = ["CHANNEL", "DAY", "INTEGRITY", "anchor_of", "day", "replayer", "spec_of", "window_of"]

INTEGRITY = ("schema", "missing", "range", "constant", "unseen", "volume")
CHANNEL = (*INTEGRITY, "drift")
"""The checks of the data channel: those that look at inputs. `prediction_drift` looks at answers."""

DAY = timedelta(days=1)
FIRST = datetime(2013, 1, 1, tzinfo=UTC)


def day(number: int) -> Interval:
    """A day by its number; 0 is the first of January 2013."""
    return Interval(FIRST + number * DAY, FIRST + (number + 1) * DAY)


def spec_of(
    kinds: Mapping[str, Kind], budget: str, checks: Collection[str] = CHANNEL, ignored: Collection[str] = ()
) -> ModelSpec:
    """A model that only these checks ask about.

    Args:
        kinds: of its features.
        budget: of false pages, which its calibrated checks share.
        checks: that ask.
        ignored: columns that `range` does not judge.
    """
    by_kind = {kind: [name for name, k in kinds.items() if k is kind and name != PREDICTION] for kind in kinds.values()}
    silent: dict[str, dict[str, object]] = {kind: {"enabled": False} for kind in built_in() if kind not in checks}
    said = {
        "model": "bench",
        "features": by_kind,
        "alerts": {"budget": budget},
        "checks": silent | {"range": {"ignore": list(ignored)}},
        "training": {"function": "benchmarks.channel:never"},
    }
    return ModelSpec.model_validate(said)


def window_of(interval: Interval, profile: Profile) -> Window:
    """A window without labels."""
    none = np.empty(0)
    return Window("bench", interval, profile.rows, profile, Outcomes(interval, none, none, 0), interval.end)


def anchor_of(spec: ModelSpec, days: Iterable[tuple[Interval, Profile]]) -> Anchor:
    """What a version leaves behind that was trained on these days."""
    kept = tuple(days)
    return Anchor(Profile.total(profile for _, profile in kept), kept, seed(spec.asked, kept), None)


def replayer(spec: ModelSpec, days: Iterable[tuple[Interval, Profile]]) -> Replayer:
    """Production, about to begin after these days of training."""
    anchor = anchor_of(spec, days)
    trained_on = Interval(anchor.windows[0][0].start, anchor.windows[-1][0].end)
    version = Version("bench", 1, "sha256:0", trained_on.end, trained_on, "a benchmark", {})
    return Replayer(spec, version, anchor)
