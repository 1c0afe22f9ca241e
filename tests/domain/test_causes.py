"""Why a window is bad, read from its findings."""

import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_finding, a_measure
from tests.domain.strategies import levels
from watchkeeper.domain.causes import CAUSES_OF, Cause, Diagnosis, diagnose
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
KINDS = [(family, check) for family, checks in CHECKS.items() for check in checks]


def seen(mark: str, level: Level = Level.CRITICAL, value: float = 0.4, js: float = 0.1) -> Finding:
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


def test_an_input_half_way_to_its_limit_may_explain_answers_that_moved() -> None:
    half_way = seen("drift:temp", Level.OK, value=0.2, js=0.3)
    assert cause(seen("prediction_drift", js=0.2), window=[half_way]) is not Cause.SERVING_FAULT
    assert cause(seen("prediction_drift", js=0.2), window=quiet("drift:temp")) is Cause.SERVING_FAULT


def test_an_input_that_moves_no_answer_is_not_blamed_for_a_loss() -> None:
    assert cause("drift:temp", "auc", window=quiet("prediction_drift")) is Cause.CONCEPT_DRIFT


@pytest.mark.parametrize("also", [[], ["log_loss"]])
def test_a_gap_while_the_ranking_is_as_good_as_ever_is_calibration_drift(also: list[str]) -> None:
    assert cause("calibration", *also, window=quiet("auc")) is Cause.CALIBRATION_DRIFT
    suffers = seen("auc", Level.WARNING)
    assert cause("calibration", *also, window=[suffers]) is Cause.CONCEPT_DRIFT


def test_a_log_loss_that_grows_without_the_ranking_is_off_in_its_probabilities() -> None:
    assert cause("log_loss", window=quiet("auc", "calibration")) is Cause.CALIBRATION_DRIFT
    assert cause("log_loss", window=quiet("auc", value=0.2)) is Cause.CONCEPT_DRIFT


def test_a_loss_on_labels_of_which_many_are_missing_is_not_believed() -> None:
    assert cause("calibration", window=quiet("labels", value=0.2)) is Cause.LABEL_FEED_FAULT
    assert cause("calibration", window=quiet("labels", value=0.05)) is Cause.CALIBRATION_DRIFT


def test_a_gap_right_after_trouble_with_labels_comes_from_it() -> None:
    assert cause("calibration", earlier=[seen("labels")]) is Cause.LABEL_FEED_FAULT
    assert cause("calibration", earlier=quiet("labels")) is Cause.CALIBRATION_DRIFT


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
