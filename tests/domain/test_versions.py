"""Trained artifacts, and the trial between two of them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, DIGEST, NOON
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Pointers, Trial, TrialRule, Version, judge_trial

OVER = Interval(NOON - 7 * DAY, NOON)
losses = st.floats(0, 10)


def trial(mine: float, theirs: float, rows: int = 1_000, rule: TrialRule | None = None) -> Trial:
    return judge_trial({"log_loss": mine}, {"log_loss": theirs}, rows, OVER, rule or TrialRule())


@given(losses, losses, st.floats(0, 1))
def test_a_candidate_passes_when_it_is_better_by_the_margin(mine: float, theirs: float, margin: float) -> None:
    assert trial(mine, theirs, rule=TrialRule(margin=margin)).passed == (mine <= theirs - margin)


@given(losses, losses, st.integers(0, 2_000))
def test_too_few_records_pass_nobody(mine: float, theirs: float, rows: int) -> None:
    judged = trial(mine, theirs, rows)
    if rows < 500:
        assert not judged.passed
        assert judged.sentence.startswith("Too few records: log_loss")


@given(losses)
def test_what_cannot_be_measured_does_not_pass(loss: float) -> None:
    for judged in (trial(math.nan, loss), trial(loss, math.nan), judge_trial({}, {}, 1_000, OVER, TrialRule())):
        assert not judged.passed
        assert judged.sentence.startswith("Not measurable: log_loss")


def test_a_trial_says_both_numbers_and_how_many_records_there_were() -> None:
    assert trial(0.41, 0.44).sentence == (
        "Passed: log_loss 0.4100 against the champion's 0.4400 on 1,000 labelled records."
    )
    assert trial(0.45, 0.44).sentence.startswith("Not better by enough: ")
    assert trial(0.44, 0.44).passed


def test_another_loss_can_decide() -> None:
    rule = TrialRule(metric="brier", least_rows=1)
    judged = judge_trial({"brier": 0.1, "log_loss": 9.0}, {"brier": 0.2, "log_loss": 0.1}, 1, OVER, rule)
    assert judged.passed
    assert (judged.rows, judged.over) == (1, OVER)


def test_a_version_is_called_as_people_call_it() -> None:
    version = Version("flights", 3, DIGEST, NOON, OVER, "Asked for by hand.")
    assert version.name == "flights v3"
    assert version.metrics == {}


def test_a_model_starts_with_nobody_in_any_part() -> None:
    assert Pointers() == Pointers(champion=None, candidate=None, last_good=None)
