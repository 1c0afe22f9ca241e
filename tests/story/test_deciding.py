"""What follows from the newest verdict, the same in production and in a replay."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests import toy
from tests.builders import DAY, NOON, a_finding, a_settlement, a_verdict, an_incident
from tests.checks.scenes import baseline, window
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.followups import Story
from watchkeeper.domain.forecasts import LOOKS_BACK
from watchkeeper.domain.incidents import Incident
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.responses import Asked
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.spec import ModelSpec
from watchkeeper.story.baselines import broken_intervals, clean_intervals
from watchkeeper.story.deciding import answer, decide, follow
from watchkeeper.wiring import open_house

SPEC = ModelSpec.model_validate(
    {
        "model": "flights",
        "features": {"numeric": ["temp", "weekday"], "categorical": ["carrier"]},
        "labels": {"delay": "1d"},
        "training": {"function": "tests.toy:train"},
    }
)


def changed(**said: object) -> ModelSpec:
    return ModelSpec.model_validate({**SPEC.model_dump(exclude_unset=True), **said})


def loss(level: Level = Level.CRITICAL, value: float = 5.0) -> Finding:
    return a_finding(check="auc", subject="*", family=Family.PERFORMANCE, level=level, value=value, limit=3.0)


def days(*findings: Sequence[Finding]) -> list[Verdict]:
    """Verdicts of the last days, newest first."""
    return [a_verdict(end=NOON - n * DAY, findings=found) for n, found in enumerate(findings)]


def test_a_mark_is_asked_about_while_its_check_asks_and_its_column_is_watched() -> None:
    assert all(map(SPEC.asks, ("missing:temp", "missing:*", "range:prediction", "auc:*", "volume:too few", "schema:*")))
    assert not any(map(SPEC.asks, ("missing:dewp", "auk:*", "missing:temp [origin=JFK]")))
    without = changed(checks={"auc": {"enabled": False}}, features={"numeric": ["weekday"]})
    assert [without.asks(mark) for mark in ("auc:*", "missing:temp", "missing:weekday")] == [False, False, True]


def test_of_a_column_that_the_spec_dropped_nothing_is_said_though_the_anchor_has_it() -> None:
    fewer = changed(features={"numeric": ["weekday"], "categorical": ["carrier"]})
    marks = {f.mark for f in decide(fewer, baseline(), window()).findings}
    assert "missing:carrier" in marks
    assert not any(mark.endswith(":temp") for mark in marks)


def test_an_incident_ends_when_the_spec_no_longer_asks_what_it_waits_for() -> None:
    quiet = days([a_finding(subject="temp", level=Level.OK, value=0.0)])
    open_one = an_incident(since=NOON - 2 * DAY, marks=("auc:*",))
    assert follow("test", SPEC, open_one, quiet).transition is None
    ended = follow("test", changed(checks={"auc": {"enabled": False}}), open_one, quiet)
    assert ended.transition is not None
    assert ended.transition.sentence == "flights: The spec no longer asks about auc:*."


def test_more_of_the_past_is_read_only_where_something_is_bad() -> None:
    asked: list[int] = []

    def recall(most: int) -> Sequence[Verdict]:
        asked.append(most)
        return ()

    decide(SPEC, baseline(history={}), window(), recall)
    decide(SPEC, baseline(history={}), window(newest=window().interval.start), recall)
    assert asked == [SPEC.confirmation.reach, LOOKS_BACK]


def test_a_warning_that_rises_is_forecast_in_the_verdict() -> None:
    slow = changed(checks={"freshness": {"critical": 0.9}})
    past = [
        a_verdict(
            end=window().interval.end - n * DAY,
            findings=[a_finding(check="freshness", subject="*", value=0.85 - 0.02 * n, limit=0.9)],
        )
        for n in range(1, 12)
    ]
    seen = window(newest=window().interval.end - 0.85 * DAY)
    said = decide(slow, baseline(), seen, lambda most: past[:most]).finding("freshness:*")
    assert said is not None
    assert said.level is Level.WARNING
    assert said.sentence.endswith("At this pace critical in about 2 days.")


@pytest.mark.parametrize(
    ("before", "story"),
    [([loss()], Story.RETRAIN), ([loss(Level.WARNING)], Story.RETRAIN), ([loss(Level.OK)], None), ([], None)],
)
def test_one_bad_window_alone_retrains_nothing(before: list[Finding], story: Story | None) -> None:
    verdicts = days([loss()], before)
    now = follow("test", SPEC, None, verdicts)
    assert now.incident is not None
    assert now.diagnosis.cause is Cause.CONCEPT_DRIFT
    assert answer(SPEC, verdicts[0], now, Asked()).story is story


def test_an_incident_carries_the_evidence_of_its_cause() -> None:
    now = follow("test", SPEC, None, days([loss()], [loss()]))
    assert isinstance(now.incident, Incident)
    assert now.incident.evidence == now.diagnosis.evidence
    assert now.incident.evidence.startswith("Answers are worse (auc) although the inputs are what they were")


def test_a_loss_that_a_fault_left_behind_retrains_nothing() -> None:
    fault = a_finding(check="missing", subject="temp")
    verdicts = days([loss()], [loss()], [fault, loss()])
    now = follow("test", SPEC, None, verdicts)
    assert (now.diagnosis.cause, now.diagnosis.is_over) == (Cause.DATA_BUG, True)
    assert answer(SPEC, verdicts[0], now, Asked()).story is None


def test_what_broken_windows_and_labels_are_of_is_nothing_to_learn_from(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path))
    spec = house.model("toy")
    end = toy.FIRST + 20 * DAY
    for n, cause in ((10, Cause.DATA_BUG), (5, Cause.LABEL_FEED_FAULT), (2, Cause.CONCEPT_DRIFT)):
        at = Interval(end - n * DAY, end - (n - 1) * DAY)
        verdict = replace(a_verdict("toy", at.end, cause=cause), interval=at)
        quiet = {"incident": None, "transition": None, "alerts": (), "followups": (), "entries": ()}
        house.state.settle(a_settlement(verdict, measures=(), **quiet))
    judged = spec.outcomes(Interval(end - 5 * DAY, end - 4 * DAY))
    within = Interval(toy.FIRST, end)
    assert broken_intervals(house, spec, within) == (Interval(end - 10 * DAY, end - 9 * DAY),)
    clean = clean_intervals(house, spec, within)
    assert [(i.start, i.end) for i in clean] == [
        (toy.FIRST, end - 10 * DAY),
        (end - 9 * DAY, judged.start),
        (judged.end, end),
    ]
