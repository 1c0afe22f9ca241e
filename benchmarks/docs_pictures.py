"""Draws the pictures of `docs/how-watchkeeper-decides.md`: `python -m benchmarks.docs_pictures docs/images`.

The flights of March to December, answered by a model that was trained on January and February and never again, looked
at by the checks of `deployments/models/flights.toml`, with the demo's two days in kelvin.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import track

from benchmarks.children import PROJECT
from examples.flights.answering import Answering
from examples.flights.replay import UNIT_CHANGE, in_kelvin
from examples.flights.source import FOLDER, MODEL, Flights
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.pictures import LINES, Canvas, Lane, Score, draw_lanes, draw_scores
from watchkeeper.pictures.clock import name_moments, place_of
from watchkeeper.profiles import Profile
from watchkeeper.profiles.distances import psi
from watchkeeper.story.house import House
from watchkeeper.story.past import past_of, stored
from watchkeeper.story.replaying import Replayer
from watchkeeper.story.retraining import start_model
from watchkeeper.wiring import open_house

__all__ = ["main"]

DAY = timedelta(days=1)
OVER = Interval(datetime(2013, 3, 1, tzinfo=UTC), datetime(2014, 1, 1, tzinfo=UTC))
FIXED = 0.2
"""The limit of PSI that is quoted most often."""

SLOW = "trend"
"""The check that never pages."""

CALENDAR = "dow"
"""It has one value a day by nature, and so a PSI of 6 on every one."""

HOUSE = 'env = "pictures"\nfolder = "kept"\nmodels = "models"\n[[channels]]\nkind = "console"\n'


def main(into: Path) -> None:
    """Replay the year, draw three pictures."""
    with tempfile.TemporaryDirectory(prefix="watchkeeper-pictures-") as place:
        os.environ.setdefault(FOLDER, str(PROJECT / ".watchkeeper" / "flights"))
        house = _served(Path(place))
        replayer, verdicts, profiles = _looked_at(house)
    anchor = replayer.anchor.profile
    _draw(into / "decides-drift.png", _drift, verdicts, replayer, _psi(anchor, profiles))
    _draw(into / "decides-performance.png", _performance, verdicts, replayer, ())
    _draw(into / "decides-estimate.png", _estimate, verdicts, replayer, ())


Points = Sequence[tuple[datetime, float]]


def _served(place: Path) -> House:
    """A house whose model has answered the year."""
    (place / "models").mkdir()
    (place / "house.toml").write_text(HOUSE, encoding="utf-8")
    spec = PROJECT / "deployments" / "models" / "flights.toml"
    (place / "models" / "flights.toml").write_text(spec.read_text(encoding="utf-8"), encoding="utf-8")
    house = open_house(place / "house.toml")
    start_model(house, MODEL, OVER.start)
    flights = Flights(Path(os.environ[FOLDER]))
    days = [OVER.start + n * DAY for n in range(OVER.length // DAY)]
    with Answering(house.registry, house.spec.folder / "records", house.spec.folder / "traffic", MODEL) as answering:
        for day in track(days, "answering", console=Console(stderr=True), transient=True):
            asked = flights.day(day)
            answering.answer(in_kelvin(asked) if day in UNIT_CHANGE else asked)
            answering.label(asked, at=day + DAY + timedelta(hours=6))
            answering.flush()
    return house


def _looked_at(house: House) -> tuple[Replayer, list[Verdict], list[tuple[datetime, Profile]]]:
    spec = house.model(MODEL)
    replayer = Replayer(spec, house.registry.version(MODEL, 1), house.registry.anchor(MODEL, 1))
    verdicts, profiles = [], []
    windows = past_of(house, spec, OVER.start, OVER.end).windows
    for interval in track(windows, "looking", console=Console(stderr=True), transient=True):
        window, _ = stored(house, spec, replayer, interval)
        verdicts.append(replayer.step(window).verdict)
        profiles.append((interval.end, window.profile))
    return replayer, verdicts, profiles


def _psi(anchor: Profile, profiles: Sequence[tuple[datetime, Profile]]) -> Points:
    """The largest PSI of any input against the training data, the textbook's alarm."""
    names = [name for name in anchor.columns if name not in ("prediction", CALENDAR)]
    return [(at, max(psi(anchor.columns[n], p.columns[n]) for n in names)) for at, p in profiles]


Draw = Callable[[Sequence[Verdict], Replayer, Points], Canvas]


def _draw(file: Path, draw: Draw, verdicts: Sequence[Verdict], replayer: Replayer, points: Points) -> None:
    file.write_bytes(draw(verdicts, replayer, points).png())
    print(file)


def _drift(verdicts: Sequence[Verdict], replayer: Replayer, points: Points) -> Canvas:
    title = "Drift of the flights' inputs, with a limit in the air and with a learned one"
    canvas = Canvas(title, "one window a day, March to December 2013; 19 and 20 March in kelvin", (1.5, 2.6, 0.8))
    fixed = canvas.title(0, f"Largest PSI against the training data: {_beyond(points):.0%} of days are beyond 0.2")
    fixed.semilogy([place_of(at) for at, _ in points], [value for _, value in points], color=LINES[0], linewidth=1.2)
    fixed.axhline(FIXED, color=LINES[1], linewidth=1.2)
    name_moments(fixed, OVER.start, OVER.end)
    canvas.title(1, "Against the last 28 days, limit learned")
    draw_scores(canvas.axes[1], _scores(verdicts, (Family.DRIFT,)), OVER)
    draw_lanes(canvas.axes[2], [_lane(verdicts, replayer)], OVER)
    return canvas


def _beyond(points: Points) -> float:
    return sum(value >= FIXED for _, value in points) / len(points)


def _performance(verdicts: Sequence[Verdict], replayer: Replayer, _points: Points) -> Canvas:
    title = "Quality of a flights model that is never retrained"
    canvas = Canvas(title, "one block of labels a day, a day late; usual = out of fold in training", (2.0, 2.4, 0.8))
    for place, (check, metric) in enumerate((("auc", "auc"), ("calibration", "calibration_gap"))):
        _line(canvas.axes[0], check, _measured(verdicts, check, metric), LINES[place])
    canvas.title(0, "The metrics themselves").legend(loc="lower left", ncols=2, frameon=False, fontsize=8.5)
    name_moments(canvas.axes[0], OVER.start, OVER.end)
    canvas.title(1, "Their control charts")
    draw_scores(canvas.axes[1], _scores(verdicts, (Family.PERFORMANCE, Family.CALIBRATION)), OVER)
    draw_lanes(canvas.axes[2], [_lane(verdicts, replayer)], OVER)
    return canvas


def _estimate(verdicts: Sequence[Verdict], _replayer: Replayer, _points: Points) -> Canvas:
    title = "AUC estimated without labels, and what it turned out to be"
    canvas = Canvas(title, "an estimate that assumes that inputs mean what they meant in training", (2.6,))
    _line(canvas.axes[0], "realised, a day later", _measured(verdicts, "estimate", "realised"), LINES[1])
    _line(canvas.axes[0], "estimated", _measured(verdicts, "estimate", "value"), LINES[0])
    canvas.axes[0].legend(loc="lower left", ncols=2, frameon=False, fontsize=8.5)
    name_moments(canvas.axes[0], OVER.start, OVER.end)
    return canvas


def _line(axes: object, name: str, points: Points, colour: str) -> None:
    at, values = [place_of(moment) for moment, _ in points], [value for _, value in points]
    axes.plot(at, values, color=colour, linewidth=1.3, label=name)  # type: ignore[attr-defined]


def _measured(verdicts: Sequence[Verdict], check: str, name: str) -> Points:
    """What a check measured under a name of the windows as a whole, or of the AUC."""
    found = [m for v in verdicts for f in v.findings if f.check == check for m in f.measures if m.name == name]
    return [(m.at, m.value) for m in found if check != "estimate" or m.subject == "auc"]


def _scores(verdicts: Sequence[Verdict], families: Sequence[Family]) -> list[Score]:
    points: dict[str, list[tuple[datetime, float]]] = {}
    for verdict in verdicts:
        for finding in verdict.findings:
            if finding.family in families and finding.check != SLOW and finding.limit > 0:
                points.setdefault(finding.mark, []).append((verdict.interval.end, _share(finding)))
    return [Score(mark, found) for mark, found in points.items()]


def _share(finding: Finding) -> float:
    return finding.value / finding.limit


def _lane(verdicts: Sequence[Verdict], replayer: Replayer) -> Lane:
    levels = [(v.interval, v.level) for v in verdicts]
    paged = [i.detected for i in replayer.incidents if i.level is Level.CRITICAL]
    return Lane("verdicts", levels, replayer.incidents, paged)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
