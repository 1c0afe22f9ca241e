"""A replay says what production said, window by window, and writes nothing."""

import math
from datetime import timedelta

import numpy as np

from tests import toy
from tests.lived import AFTER, BROKEN, DAYS, SECOND_FROM, days
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.story.house import House
from watchkeeper.story.replaying import Replayer, Step
from watchkeeper.story.watching import read_window
from watchkeeper.window import Outcomes, Window

TICK = timedelta(microseconds=1)


def verdicts(house: House) -> list[Verdict]:
    return [*house.state.verdicts("toy", AFTER + TICK, DAYS)][::-1]


def seen(house: House, number: int, interval: Interval) -> Window:
    return read_window(house, house.model("toy"), number, house.registry.anchor("toy", number), interval)


def replayer_of(house: House) -> Replayer:
    return Replayer(house.model("toy"), house.registry.version("toy", 1), house.registry.anchor("toy", 1), "test")


def replayed(house: House) -> tuple[Replayer, list[Step]]:
    replayer, steps = replayer_of(house), []
    for number, interval in enumerate(days()):
        if number == SECOND_FROM:
            replayer.serve(house.registry.version("toy", 2), house.registry.anchor("toy", 2))
        steps.append(replayer.step(seen(house, replayer.version.number, interval)))
    return replayer, steps


def answers(verdict: Verdict) -> list[tuple[str, Level, float]]:
    """What was found, rounded: sums of floats depend on the order of adding."""
    rounded = ((f.mark, f.level, -1.0 if math.isnan(f.value) else round(f.value, 9)) for f in verdict.findings)
    return sorted(rounded)


def test_every_window_gets_the_verdict_that_it_got(lived: House) -> None:
    _, steps = replayed(lived)
    for step, then in zip(steps, verdicts(lived), strict=True):
        assert answers(step.verdict) == answers(then)
        assert (step.verdict.level, step.verdict.version, step.verdict.cause) == (then.level, then.version, then.cause)


def test_the_same_incidents_open_and_end(lived: House) -> None:
    replayer, _ = replayed(lived)
    assert replayer.incidents == [*lived.state.incidents("toy")]
    assert replayer.incidents[0].since == toy.FIRST + toy.DAY * (BROKEN[0] + 1)


def test_an_incident_pages_once_however_long_it_lasts(lived: House) -> None:
    replayer, steps = replayed(lived)
    [page] = [step.developed.transition for step in steps if step.developed.paged]
    assert replayer.pages == [page]
    assert page is not None
    assert page.incident.level is Level.CRITICAL


def test_a_fork_remembers_the_same_and_goes_its_own_way(lived: House) -> None:
    trunk = replayer_of(lived)
    every = [*days()]
    for interval in every[:8]:
        trunk.step(seen(lived, 1, interval))
    fork = trunk.fork()
    ahead = [fork.step(seen(lived, 1, interval)).verdict for interval in every[8:10]]
    again = [trunk.step(seen(lived, 1, interval)).verdict for interval in every[8:10]]
    assert [answers(v) for v in ahead] == [answers(v) for v in again]
    assert fork.incidents == trunk.incidents


def test_where_rows_are_gone_the_unknown_opens_no_incident(lived: House) -> None:
    kept = dict(lived.predictions.profiles("toy", Interval(toy.FIRST, AFTER)))
    replayer = replayer_of(lived)
    for interval in [*days()][: BROKEN[0]]:
        there, none = seen(lived, 1, interval), np.empty(0)
        gone = Window("toy", interval, there.rows, kept[interval], Outcomes(interval, none, none, 0), None)
        step = replayer.step(gone, rows_gone=True)
        auc = step.verdict.finding("auc:*")
        assert auc is not None
        assert auc.level is Level.UNKNOWN
    assert replayer.incidents == []
