"""A house that has watched a wide model for months, so that a cycle costs what it costs every day.

Run as `python -m benchmarks.houses FOLDER ROWS WINDOWS`: whoever measures should not remember how it was furnished.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

from benchmarks.models import spec_of, train, write_house
from benchmarks.past import DAY, past_days
from benchmarks.tables import KINDS, PARTS, labels_of, traffic
from watchkeeper.checks import examine_all, seed
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.verdicts import settle
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.ports import Anchor, Settlement, TrainingRequest
from watchkeeper.profiles import Profile
from watchkeeper.story.baselines import recall_anchor, recall_baseline
from watchkeeper.story.house import House
from watchkeeper.window import Outcomes, Window
from watchkeeper.wiring import open_house

__all__ = ["FIRST", "MODEL", "furnish", "house_in", "window_of"]

MODEL = "wide"
FIRST = datetime(2024, 6, 1, tzinfo=UTC)
"""The first day that is measured."""

TRAINED_ON, WATCHED = 60, 92
"""Days of training records, and after them days that the house has looked at: as many as any check looks back on."""

SAMPLE = 5_000
METRICS = {"auc": 0.72, "log_loss": 0.5, "excess_log_loss": -0.06, "base_rate": 0.25}
"""What the made-up answers reach."""


def house_in(folder: Path) -> House:
    """The house that stands in a folder."""
    return open_house(folder / "house.toml")


def window_of(number: int) -> Interval:
    """The window of the day so many days after the first."""
    return Interval(FIRST + number * DAY, FIRST + (number + 1) * DAY)


def furnish(folder: Path, rows: int, windows: int) -> None:
    """Build the house of a model with so many records a day, with the records of the windows to come.

    The day before them has records too, because their labels come a day late.
    """
    write_house(folder)
    (folder / "models" / f"{MODEL}.toml").write_text(spec_of(MODEL, list(KINDS)), encoding="utf-8")
    house, console = house_in(folder), Console(stderr=True)
    days = past_days(FIRST, TRAINED_ON + WATCHED, rows)
    _register(house, days[:TRAINED_ON])
    for interval, profile in track(days[TRAINED_ON:], "  days gone by", console=console, transient=True):
        _remember(house, interval, profile)
    for number in track(range(-1, windows), "  days to come", console=console, transient=True):
        _serve(house, FIRST + number * DAY, rows)


def _register(house: House, windows: Sequence[tuple[Interval, Profile]]) -> None:
    span = Interval(windows[0][0].start, windows[-1][0].end)
    sample = traffic(span.start, SAMPLE)
    sample = sample.append_column("_label", labels_of(sample)["_label"])
    trained = train(TrainingRequest("first", MODEL, span.end, "made up"), sample.drop_columns(["_id", "_key"]))
    whole = Profile.total(profile for _, profile in windows)
    anchor = Anchor(whole, tuple(windows), seed(house.model(MODEL).asked, windows, whole), trained.records)
    unnamed = Version(MODEL, 0, "", span.end, span, "made up", METRICS)
    version = house.registry.register(unnamed, trained.estimator, anchor, "first")
    house.router.set_split(MODEL, Split(version.number, None, 0.0, "first", span.end))
    house.registry.point(MODEL, Pointers(champion=version.number), instead_of=Pointers())


def _remember(house: House, interval: Interval, profile: Profile) -> None:
    """What a look at a window leaves behind, without its records."""
    spec = house.model(MODEL)
    anchor, version = recall_anchor(house, spec, 1, interval), house.registry.version(MODEL, 1)
    none = Outcomes(interval, np.empty(0), np.empty(0), 0)
    window = Window(MODEL, interval, profile.rows, profile, none, interval.end - timedelta(seconds=1))
    baseline = recall_baseline(house, spec, version, anchor, interval)
    verdict = settle(MODEL, 1, interval, profile.rows, examine_all(spec.asked, baseline, window))
    house.predictions.keep_profile(MODEL, interval, profile)
    measures = tuple(m for f in verdict.findings for m in f.measures)
    house.state.settle(Settlement(verdict, measures, None, None, (), (), ()))


def _serve(house: House, day: datetime, rows: int) -> None:
    records = traffic(day, rows)
    for part in range(PARTS):
        place, end = part * rows // PARTS, (part + 1) * rows // PARTS
        house.predictions.append(MODEL, records.slice(place, end - place))
    house.predictions.append_labels(MODEL, labels_of(records))


if __name__ == "__main__":
    furnish(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
