"""Why a window is bad, read from its findings."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_finding, a_measure
from tests.domain.strategies import levels
from watchkeeper.domain.causes import AFTERMATH, CAUSES_OF, FAULTS, Cause, Diagnosis, diagnose, explains_more
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level
from watchkeeper.domain.scenes import ANSWERS
from watchkeeper.window import CONFIDENCE, PREDICTION

CHECKS = {
    Family.INTEGRITY: ("missing", "volume", "schema"),
    Family.SERVING: ("latency",),
    Family.LABELS: ("labels", "label_shift"),
    Family.DRIFT: ("drift", "prediction_drift"),
    Family.PERFORMANCE: ("auc", "log_loss"),
    Family.CALIBRATION: ("calibration",),
    Family.BUSINESS: ("business",),
}
OK, CRITICAL = Level.OK, Level.CRITICAL
KINDS = [(family, check) for family, checks in CHECKS.items() for check in checks]


def seen(mark: str, level: Level = Level.CRITICAL, value: float = 0.4, js: float = 0.3) -> Finding:
    """What a check says: `drift:temp`, `auc`."""
    check, _, subject = mark.partition(":")
    family = next(family for family, name in KINDS if name == check)
    subject = subject or (PREDICTION if check == "prediction_drift" else "*")
    measures = (a_measure(check=check, subject=subject, name="js", value=js),) if family is Family.DRIFT else ()
    sentence = f"{check} of {subject} is {level}."
    return a_finding(
        check=check,
        subject=subject,
        family=family,
        level=level,
        value=value,
        limit=0.3,
        sentence=sentence,
        measures=measures,
    )


def quiet(*marks: str, value: float = 0.05) -> list[Finding]:
    return [seen(mark, Level.OK, value) for mark in marks]


def cause(*bad: str | Finding, window: Sequence[Finding] = (), earlier: Sequence[Finding] = ()) -> Cause:
    findings = [seen(f) if isinstance(f, str) else f for f in bad]
    return diagnose(findings, [*window, *findings], [earlier]).cause


findings = st.builds(
    lambda kind, subject, level, value, js: seen(f"{kind[1]}:{subject}", level, value, js),
    st.sampled_from(KINDS),
    st.sampled_from(["temp", "dewp", "wind", *ANSWERS]),
    levels,
    st.sampled_from([0.01, 0.2, 0.4]),
    st.sampled_from([0.05, 0.2, 0.7]),
)
several = st.lists(findings, max_size=8, unique_by=lambda f: f.mark)


def test_the_answers_go_by_the_names_of_the_window() -> None:
    assert ANSWERS == (PREDICTION, CONFIDENCE)


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ([], Cause.UNKNOWN),
        (["business:fare"], Cause.UNKNOWN),
        (["missing:temp", "drift:temp", "auc"], Cause.DATA_BUG),
        (["schema:temp", "volume:too few"], Cause.DATA_BUG),
        (["missing:prediction"], Cause.SERVING_FAULT),
        (["volume:too few"], Cause.SERVING_FAULT),
        (["prediction_drift"], Cause.SERVING_FAULT),
        (["prediction_drift", "auc", "calibration"], Cause.SERVING_FAULT),
        (["latency"], Cause.SERVING_FAULT),
        (["latency", "auc"], Cause.CONCEPT_DRIFT),
        (["labels", "auc"], Cause.LABEL_FEED_FAULT),
        (["label_shift:flipped", "auc", "calibration"], Cause.LABEL_FEED_FAULT),
        (["label_shift:flipped", "drift:temp", "auc"], Cause.HARMFUL_SHIFT),
        (["label_shift:base rate", "drift:temp", "auc"], Cause.LABEL_FEED_FAULT),
        (["drift:temp"], Cause.COVARIATE_SHIFT),
        (["drift:temp", "business:fare"], Cause.COVARIATE_SHIFT),
        (["drift:temp", "prediction_drift"], Cause.COVARIATE_SHIFT),
        (["drift:temp", "prediction_drift", "auc"], Cause.HARMFUL_SHIFT),
        (["drift:temp", "calibration"], Cause.HARMFUL_SHIFT),
        (["auc"], Cause.CONCEPT_DRIFT),
        (["auc", "calibration", "log_loss"], Cause.CONCEPT_DRIFT),
        (["calibration"], Cause.CALIBRATION_DRIFT),
    ],
)
def test_the_cause_is_read_from_what_is_bad_together(bad: list[str], expected: Cause) -> None:
    assert cause(*bad) is expected


def test_one_input_that_left_all_it_was_alone_is_a_data_bug() -> None:
    jumped, others = seen("drift:temp", js=0.7), quiet("drift:dewp", "drift:wind")
    assert cause(jumped, window=others) is Cause.DATA_BUG
    assert cause(jumped, "prediction_drift", "auc", window=others) is Cause.DATA_BUG
    assert cause(seen("drift:temp", js=0.3), window=others) is Cause.COVARIATE_SHIFT


def test_inputs_that_jump_together_are_another_world() -> None:
    assert cause(*(seen(f"drift:{name}", js=0.7) for name in ("temp", "dewp")), window=quiet("drift:wind")) is (
        Cause.COVARIATE_SHIFT
    )


def test_answers_that_moved_further_than_all_inputs_together_are_a_serving_fault() -> None:
    inputs = [seen("drift:temp", js=0.2), seen("drift:dewp", js=0.2)]
    assert cause(seen("prediction_drift", js=0.27), *inputs) is Cause.COVARIATE_SHIFT
    assert cause(seen("prediction_drift", js=0.30), *inputs) is Cause.SERVING_FAULT


def test_inputs_explain_answers_however_quiet_they_are() -> None:
    near, far = (seen("drift:temp", OK, 0.1, js=js) for js in (0.1, 0.25))
    assert cause(seen("prediction_drift", js=0.2), window=[far]) is not Cause.SERVING_FAULT
    assert cause(seen("prediction_drift", js=0.2), window=[near]) is Cause.SERVING_FAULT


def test_what_answers_usually_are_away_is_left_out_and_inputs_that_always_move_may_explain_any_answers() -> None:
    before = [[seen("drift:temp", OK, 0.1, js=0.2), seen("prediction_drift", OK, 0.1, js=0.15)]] * 6
    near, far = (seen("drift:temp", OK, 0.1, js=js) for js in (0.1, 0.2))
    answers = seen("prediction_drift", js=0.22)  # 0.16 beyond what is usual
    assert diagnose([answers], [near, answers], before).cause is Cause.SERVING_FAULT
    assert diagnose([answers], [far, answers], before).cause is Cause.COVARIATE_SHIFT
    assert diagnose([answers], [far, answers], before[:3]).cause is Cause.SERVING_FAULT


def test_answers_that_were_restless_for_two_windows_explain_a_loss() -> None:
    loss, inputs = seen("auc"), seen("drift:temp", OK, 0.01, js=0.02)
    restless, calm = seen("prediction_drift", OK, 0.2), seen("prediction_drift", OK, 0.05)
    for before, expected in (([restless], Cause.SERVING_FAULT), ([calm], Cause.CONCEPT_DRIFT)):
        assert diagnose([loss], [loss, inputs, restless], [before]).cause is expected


def test_inputs_that_hardly_moved_are_not_blamed_for_a_loss() -> None:
    for js, expected in ((0.14, Cause.CONCEPT_DRIFT), (0.16, Cause.HARMFUL_SHIFT)):
        assert cause("auc", seen("drift:temp", js=js)) is expected


def leapt(*js: float, others: float = 0.05) -> Cause:
    """The cause when one input is so far from the last weeks, the newest window first, and another stays."""
    windows = [[seen("drift:temp", CRITICAL, js=far), seen("drift:dewp", OK, 0.01, js=others)] for far in js]
    return diagnose(windows[0], windows[0], windows[1:]).cause


def test_one_input_that_leaps_alone_from_one_window_to_the_next_is_a_data_bug() -> None:
    assert leapt(0.3, 0.05) is Cause.DATA_BUG
    assert leapt(0.3, 0.29, 0.31, 0.28, 0.06) is Cause.DATA_BUG


def test_an_input_that_passes_through_what_lies_between_is_the_world() -> None:
    assert leapt(0.3, 0.2, 0.1, 0.05) is Cause.COVARIATE_SHIFT
    assert leapt(0.3, 0.29, 0.15, 0.05) is Cause.COVARIATE_SHIFT


def test_without_a_window_before_it_nothing_is_known_to_have_leapt() -> None:
    assert leapt(0.3) is leapt(0.3, 0.3, 0.3) is Cause.COVARIATE_SHIFT


def test_a_small_leap_may_be_weather() -> None:
    assert leapt(0.19, 0.03) is Cause.COVARIATE_SHIFT


def test_two_inputs_that_leap_together_are_the_world() -> None:
    now = [seen("drift:temp", js=0.3), seen("drift:dewp", js=0.2)]
    before = quiet("drift:temp", "drift:dewp")
    assert diagnose(now, now, [before]).cause is Cause.COVARIATE_SHIFT


def gap(answers: float, truth: float, *also: Finding) -> Cause:
    """The cause of a gap when the answers moved by so many spreads, and what comes true by so many."""
    sides = {"answers_z": answers, "truth_z": truth}
    measures = tuple(a_measure(check="label_shift", subject="v3", name=name, value=z) for name, z in sides.items())
    told = replace(seen("label_shift:base rate", OK, 0.0), measures=measures)
    return cause("calibration", window=[told, *quiet("auc"), *also])


@pytest.mark.parametrize(
    ("answers", "truth", "expected"),
    [
        (5.0, 0.5, Cause.SERVING_FAULT),
        (-5.0, 0.5, Cause.SERVING_FAULT),
        (0.5, 5.0, Cause.CALIBRATION_DRIFT),
        (5.0, 4.0, Cause.CALIBRATION_DRIFT),
        (2.0, 0.0, Cause.CALIBRATION_DRIFT),
        (math.nan, math.nan, Cause.CALIBRATION_DRIFT),
    ],
)
def test_a_gap_that_opens_on_the_side_of_the_answers_is_a_serving_fault(
    answers: float, truth: float, expected: Cause
) -> None:
    assert gap(answers, truth) is expected


def test_answers_may_leave_the_truth_where_inputs_moved() -> None:
    assert gap(5.0, 0.5, seen("drift:temp", Level.WARNING)) is Cause.HARMFUL_SHIFT


def test_the_slow_channel_explains_nothing() -> None:
    far = [replace(seen("drift:temp", OK, 0.4, js=0.8), check="trend")]
    assert cause("auc", window=far) is Cause.CONCEPT_DRIFT
    assert cause("prediction_drift", window=far) is Cause.SERVING_FAULT


def test_what_is_seen_once_explains_a_column_that_drifts_at_once() -> None:
    missing = seen("missing:temp", Level.WARNING)
    drifting = seen("drift:temp", js=0.1)
    assert diagnose([drifting], [drifting, missing]).cause is Cause.DATA_BUG
    elsewhere = seen("missing:dewp", Level.WARNING)
    assert diagnose([drifting], [drifting, elsewhere]).cause is Cause.COVARIATE_SHIFT


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("missing:temp", Cause.DATA_BUG),
        ("prediction_drift", Cause.SERVING_FAULT),
        ("label_shift:flipped", Cause.LABEL_FEED_FAULT),
        ("volume:too few", Cause.CONCEPT_DRIFT),
        ("latency", Cause.CONCEPT_DRIFT),
        ("drift:temp", Cause.HARMFUL_SHIFT),
    ],
)
def test_a_loss_right_after_a_fault_may_be_left_over_from_it(before: str, expected: Cause) -> None:
    fault, loss = [seen(before)], [seen("auc")]
    found = diagnose(loss, loss, [[], fault])
    assert (found.cause, found.is_over) == (expected, expected in FAULTS)
    if found.is_over:
        assert found.evidence.startswith(f"The loss is measured 2 windows after a {expected}, and may be left over")


def test_what_is_left_over_is_nothing_that_more_can_be_left_over_from() -> None:
    fault, loss = [seen("prediction_drift")], [seen("auc")]
    for ago in range(12):
        expected = Cause.SERVING_FAULT if ago < AFTERMATH else Cause.CONCEPT_DRIFT
        assert diagnose(loss, loss, [*[loss] * ago, fault]).cause is expected


def test_a_fault_that_lasts_is_not_over() -> None:
    bad = [seen("missing:temp"), seen("auc")]
    assert not diagnose(bad, bad, [bad]).is_over


@pytest.mark.parametrize("also", [[], ["log_loss"]])
def test_a_gap_while_the_ranking_is_as_good_as_ever_is_calibration_drift(also: list[str]) -> None:
    assert cause("calibration", *also, window=quiet("auc")) is Cause.CALIBRATION_DRIFT
    suffers = seen("auc", Level.WARNING)
    assert cause("calibration", *also, window=[suffers]) is Cause.CONCEPT_DRIFT


@pytest.mark.parametrize(("lost", "expected"), [(0.05, Cause.CALIBRATION_DRIFT), (0.15, Cause.CONCEPT_DRIFT)])
def test_beside_a_gap_it_matters_how_much_of_the_ranking_is_lost(lost: float, expected: Cause) -> None:
    measures = (a_measure(check="label_shift", subject="v3", name="auc_lost", value=lost),)
    told = replace(seen("label_shift:base rate", OK, 0.0), measures=measures)
    assert cause("calibration", "auc", window=[told]) is expected
    assert cause("auc", window=[told]) is Cause.CONCEPT_DRIFT


def test_a_log_loss_that_grows_without_the_ranking_is_off_in_its_probabilities() -> None:
    assert cause("log_loss", window=quiet("auc", "calibration")) is Cause.CALIBRATION_DRIFT
    assert cause("log_loss", window=quiet("auc", value=0.2)) is Cause.CONCEPT_DRIFT


def test_a_loss_on_labels_of_which_many_are_missing_is_not_believed() -> None:
    assert cause("calibration", window=quiet("labels", value=0.2)) is Cause.LABEL_FEED_FAULT
    assert cause("calibration", window=quiet("labels", value=0.05)) is Cause.CALIBRATION_DRIFT


def test_a_value_that_its_check_excuses_has_not_moved() -> None:
    assert cause("calibration", window=quiet("labels", value=0.4)) is Cause.CALIBRATION_DRIFT


def test_a_shift_says_whether_a_loss_is_known() -> None:
    drifting = seen("drift:temp")
    assert "as good as before" in diagnose([drifting], [drifting, *quiet("auc")]).evidence
    unknown = seen("auc", Level.UNKNOWN)
    assert "is not known" in diagnose([drifting], [drifting, unknown]).evidence


def test_the_evidence_names_what_it_was_read_from() -> None:
    bad = [seen(f"missing:{name}") for name in ("temp", "dewp", "wind", "rain")]
    assert diagnose(bad) == Diagnosis(
        Cause.DATA_BUG,
        "The records themselves are broken, whatever else moved: dewp (missing), rain (missing), temp (missing) and 1 "
        "more.",
    )


@given(several)
def test_broken_records_are_believed_first(found: list[Finding]) -> None:
    assert cause(*[f for f in found if f.mark != "missing:temp"], "missing:temp") is Cause.DATA_BUG


@given(several, findings)
def test_what_is_not_bad_is_nothing_to_explain(found: list[Finding], other: Finding) -> None:
    if other.level < Level.WARNING and other.mark not in {f.mark for f in found}:
        assert diagnose([*found, other], found) == diagnose(found, found)


@given(several, several, st.randoms())
def test_the_diagnosis_does_not_depend_on_the_order(
    bad: list[Finding], window: list[Finding], chance: random.Random
) -> None:
    shuffled = chance.sample(bad, len(bad)), chance.sample(window, len(window))
    assert diagnose(*shuffled) == diagnose(bad, window)


@given(several, several)
def test_every_diagnosis_has_one_sentence_of_evidence(bad: list[Finding], window: list[Finding]) -> None:
    evidence = diagnose(bad, window).evidence
    assert evidence.endswith(".")
    assert "\n" not in evidence


@given(several, several)
def test_a_cause_is_one_that_a_family_of_the_findings_can_lead_to(bad: list[Finding], window: list[Finding]) -> None:
    spoke = [f for f in bad if f.level >= Level.WARNING]
    found = diagnose(bad, window).cause
    assert found in {c for f in spoke for c in CAUSES_OF[f.family]} | {Cause.UNKNOWN}


@given(several)
def test_no_cause_is_named_where_nothing_is_bad(found: list[Finding]) -> None:
    assert cause(*[f for f in found if f.level < Level.WARNING]) is Cause.UNKNOWN


@given(st.sampled_from(Cause), st.sampled_from(Cause))
def test_of_two_causes_one_explains_more_or_both_are_faults_or_the_first_stays(one: Cause, other: Cause) -> None:
    if explains_more(one, other) and explains_more(other, one):
        assert {one, other} <= set(FAULTS)
    assert explains_more(one, Cause.UNKNOWN) or one is Cause.UNKNOWN
    assert one in FAULTS or not explains_more(one, Cause.DATA_BUG)


def test_a_harmless_shift_that_comes_later_explains_no_loss_that_was_there() -> None:
    assert not explains_more(Cause.COVARIATE_SHIFT, Cause.CONCEPT_DRIFT)
    assert not explains_more(Cause.HARMFUL_SHIFT, Cause.CALIBRATION_DRIFT)
    assert explains_more(Cause.CONCEPT_DRIFT, Cause.CALIBRATION_DRIFT)
    assert explains_more(Cause.HARMFUL_SHIFT, Cause.COVARIATE_SHIFT)
