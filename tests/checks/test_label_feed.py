"""Labels that look like a fault of their feed, told from a world that has changed."""

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.checks.scenes import DAY, TODAY, ask, baseline, window
from watchkeeper.checks.label_shift import LabelShift
from watchkeeper.checks.suspecting import Labels, flipped, one_sided
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level, Limit
from watchkeeper.profiles.metrics import classification_metrics
from watchkeeper.window import Outcomes

ROWS = 3_000
QUIET = 3 * [Level.OK]
BLOCK = TODAY.shifted(-DAY)


def world(seed: int = 0, rows: int = ROWS, rate: float = -1.5, weight: float = 1.5) -> tuple[np.ndarray, np.ndarray]:
    """Calibrated answers of a model that knows a good deal, and what came true."""
    draw = np.random.default_rng(seed)
    answers = 1 / (1 + np.exp(-(rate + weight * draw.normal(size=rows))))
    return answers, (draw.random(rows) < answers).astype(float)


def turned(labels: np.ndarray, share: float, seed: int = 1) -> np.ndarray:
    hit = np.random.default_rng(seed).random(labels.size) < share
    return np.where(hit, 1 - labels, labels)


def told(answers: np.ndarray, labels: np.ndarray, **changes: object) -> dict[str, Finding]:
    """What the check says of a block, of a model whose training was the same world."""
    trained = classification_metrics(*world(99, 20_000))
    base = baseline(metrics=trained, **changes)
    return dict(ask(LabelShift(), base, window(outcomes=Outcomes(BLOCK, answers, labels, labels.size))))


def levels(found: dict[str, Finding]) -> list[Level]:
    return [found[subject].level for subject in ("base rate", "flipped", "one-sided")]


@pytest.mark.parametrize("seed", range(5))
def test_labels_as_the_answers_expect_them_are_quiet(seed: int) -> None:
    assert levels(told(*world(seed))) == QUIET


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_turned_labels_are_found_with_their_share(share: float, seed: int) -> None:
    answers, labels = world(seed)
    finding = told(answers, turned(labels, share))["flipped"]
    assert finding.level is Level.CRITICAL
    assert finding.value == pytest.approx(share, abs=0.07)
    assert "a world that has turned round as far would look the same" in finding.sentence


@pytest.mark.parametrize("seed", range(5))
def test_a_world_that_lost_its_relation_has_not_turned_its_labels(seed: int) -> None:
    answers, _ = world(seed)
    chance = np.random.default_rng(seed + 50).random(ROWS) < answers.mean()
    assert told(answers, chance.astype(float))["flipped"].level is Level.OK


@pytest.mark.parametrize("seed", range(5))
def test_a_base_rate_that_drifts_with_the_ranking_kept_has_not_either(seed: int) -> None:
    answers, _ = world(seed)
    odds = np.log(answers / (1 - answers)) + 0.8
    truth = np.random.default_rng(seed + 50).random(ROWS) < 1 / (1 + np.exp(-odds))
    assert levels(told(answers, truth.astype(float))) == QUIET


@pytest.mark.parametrize("label", [0.0, 1.0])
def test_one_label_alone_is_critical(label: float) -> None:
    answers, _ = world()
    found = told(answers, np.full(ROWS, label))
    assert levels(found) == [Level.CRITICAL, Level.OK, Level.OK]
    assert f"{100 * label:.3g} % of 3,000 labels are 1" in found["base rate"].sentence


def test_where_both_labels_are_as_frequent_only_all_turned_ones_are_told_from_a_changed_world() -> None:
    answers, labels = world(rate=0.0)
    trained = classification_metrics(*world(7, 20_000, rate=0.0))
    for share, level in ((1.0, Level.CRITICAL), (0.5, Level.OK), (0.3, Level.OK)):
        seen = window(outcomes=Outcomes(BLOCK, answers, turned(labels, share), ROWS))
        assert ask(LabelShift(), baseline(metrics=trained), seen)["flipped"].level is level


def test_a_rare_label_that_is_missing_by_chance_says_nothing() -> None:
    answers = np.full(200, 0.005)
    assert told(answers, np.zeros(200))["base rate"].level is Level.OK


@pytest.mark.parametrize("rows", [0, 99])
def test_too_few_labels_are_unknown(rows: int) -> None:
    answers, labels = world(rows=rows)
    assert levels(told(answers, labels)) == 3 * [Level.UNKNOWN]


def test_numbers_that_are_no_probabilities_are_unknown() -> None:
    answers, labels = world()
    assert levels(told(100 * answers, labels)) == 3 * [Level.UNKNOWN]


def test_a_version_that_is_known_to_say_too_much_is_judged_by_what_it_usually_says() -> None:
    answers, labels = world()
    too_much = np.clip(answers + 0.4, 0, 1)
    usual = {
        ("label_shift", "v3", name): [(TODAY.end - n * DAY, value) for n in range(9, 0, -1)]
        for name, value in (("auc", 0.8), ("calibration_gap", 0.38))
    }
    assert told(too_much, labels)["base rate"].level is Level.CRITICAL
    assert told(too_much, labels, history=usual)["base rate"].level is Level.OK


def test_wrong_labels_are_a_warning_as_long_as_they_count() -> None:
    answers, labels = world()
    week = dataclasses.replace(BLOCK, start=BLOCK.end - 7 * DAY)
    seen = window(outcomes=Outcomes(week, answers, labels, ROWS))
    for ago, level in ((6, Level.WARNING), (7, Level.OK)):
        wrong = {("label_shift", "flipped", "score"): [(TODAY.end - ago * DAY, 3.0)]}
        found = ask(LabelShift(), baseline(metrics=classification_metrics(*world(99)), history=wrong), seen)
        assert found["flipped"].level is level
        assert ("still count" in found["flipped"].sentence) is (level is Level.WARNING)


def test_without_anything_known_of_training_no_share_is_claimed() -> None:
    answers, labels = world()
    seen = window(outcomes=Outcomes(BLOCK, answers, 1 - labels, ROWS))
    found = ask(LabelShift(), baseline(metrics={}, history={}), seen)
    assert found["flipped"].level is Level.OK


LIMIT = Limit.at(0.05)
shares = st.floats(0, 1)


@settings(max_examples=200)
@given(st.integers(1, 10_000), shares, shares, st.one_of(st.just(math.nan), shares), shares)
def test_a_share_is_a_share_whatever_was_measured(
    count: int, rate: float, expected: float, auc: float, usual: float
) -> None:
    assert 0 <= flipped(Labels(count, rate, expected, auc, usual), LIMIT).value <= 1


@given(st.integers(1, 10_000), shares, st.floats(0.5, 1))
def test_a_ranking_that_is_as_good_as_ever_speaks_for_no_turned_label(count: int, rate: float, auc: float) -> None:
    assert flipped(Labels(count, rate, 0.2, auc, auc), LIMIT).value == 0


def one_kind(answers: np.ndarray, labels: np.ndarray, kind: float, share: float) -> Outcomes:
    """The labels without a share of those of one kind."""
    lost = (labels == kind) & (np.random.default_rng(8).random(labels.size) < share)
    return Outcomes(BLOCK, answers[~lost], labels[~lost], labels.size)


@pytest.mark.parametrize(("kind", "share"), [(1.0, 0.5), (1.0, 0.9), (0.0, 0.5)])
def test_labels_of_one_kind_that_have_not_come_explain_the_base_rate(kind: float, share: float) -> None:
    answers, labels = world()
    base = baseline(metrics=classification_metrics(*world(99, 20_000)))
    found = ask(LabelShift(), base, window(outcomes=one_kind(answers, labels, kind, share)))
    assert found["one-sided"].level is Level.CRITICAL
    lost = share * (labels == kind).mean()
    assert 0.6 * lost < found["one-sided"].value <= lost + 0.02
    assert f"were they labels {kind:.0f}." in found["one-sided"].sentence


def test_labels_of_both_kinds_that_have_not_come_explain_nothing() -> None:
    answers, labels = world()
    base = baseline(metrics=classification_metrics(*world(99, 20_000)))
    seen = window(outcomes=Outcomes(BLOCK, answers[::2], labels[::2], labels.size))
    assert ask(LabelShift(), base, seen)["one-sided"].level is Level.OK


def test_labels_that_never_come_are_not_blamed_for_a_base_rate_that_moves() -> None:
    answers, labels = world()
    usual = {("label_shift", "v3", "missing"): [(TODAY.end - n * DAY, 0.5) for n in range(9, 0, -1)]}
    base = baseline(metrics=classification_metrics(*world(99, 20_000)), history=usual)
    lost = one_kind(answers, labels, 1.0, 0.6)
    for expected, level in ((labels.size, Level.OK), (3 * labels.size, Level.CRITICAL)):
        seen = window(outcomes=dataclasses.replace(lost, expected=expected))
        assert ask(LabelShift(), base, seen)["one-sided"].level is level


@given(st.integers(1, 10_000), shares, shares, shares)
def test_what_must_be_missing_is_a_share_and_never_more_than_is(
    count: int, rate: float, expected: float, missing: float
) -> None:
    needed = one_sided(Labels(count, rate, expected, 0.7, 0.7, missing), LIMIT).value
    assert 0 <= needed <= 1
    assert needed <= missing / 0.8 + 1e-9


def test_the_side_on_which_something_moved_is_remembered() -> None:
    answers, labels = world()
    usual = {
        ("label_shift", "v3", name): [(TODAY.end - n * DAY, labels.mean()) for n in range(9, 0, -1)]
        for name in ("answers", "truth")
    }
    seen = window(outcomes=Outcomes(BLOCK, np.clip(answers + 0.1, 0, 1), labels, labels.size))
    finding = ask(LabelShift(), baseline(history=usual), seen)["base rate"]
    moved = {m.name: m.value for m in finding.measures}
    assert moved["answers_z"] > 10
    assert abs(moved["truth_z"]) < 1
