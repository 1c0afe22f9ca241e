"""What the labels tell, and the number that the business looks at."""

import math

import numpy as np
import pyarrow as pa
import pytest

from tests.checks.scenes import (
    DAY,
    MONDAY,
    ROWS,
    TODAY,
    ask,
    baseline,
    empty_window,
    outcomes,
    table_with,
    values,
    window,
)
from watchkeeper.checks.auc import Auc
from watchkeeper.checks.business import Business
from watchkeeper.checks.calibration import Calibration
from watchkeeper.checks.labels import Labels
from watchkeeper.checks.log_loss import LogLoss
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.findings import Family
from watchkeeper.domain.levels import Level
from watchkeeper.window import Outcomes

with_labels = pytest.mark.parametrize("check", [Auc(), LogLoss(), Calibration()])


class TestQuality:
    def test_answers_that_no_longer_rank_are_critical(self) -> None:
        finding = ask(Auc(), seen=window(outcomes=outcomes(slope=0.0)))["*"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.PERFORMANCE)
        assert finding.value == pytest.approx(0.25, abs=0.06)
        assert "; it was 0.750 when version 3 was trained." in finding.sentence

    def test_a_better_auc_is_no_drop(self) -> None:
        assert ask(Auc(), seen=window(outcomes=outcomes(slope=8.0)))["*"].value < 0

    def test_answers_worth_less_than_in_training_are_critical(self) -> None:
        finding = ask(LogLoss(), seen=window(outcomes=outcomes(slope=-4.0)))["*"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.PERFORMANCE)

    def test_answers_that_say_too_little_are_a_gap(self) -> None:
        finding = ask(Calibration(), seen=window(outcomes=outcomes(gap=0.15)))["*"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.CALIBRATION)
        assert "on average where" in finding.sentence
        assert [m.name for m in finding.measures] == ["calibration_gap"]
        assert finding.measures[0].value < 0

    def test_a_gap_of_nine_tenths_of_the_limit_is_a_warning(self) -> None:
        truth = np.repeat([0.0, 1.0], [700, 300])
        seen = window(outcomes=Outcomes(TODAY, np.full(1000, 0.375), truth, 1000))
        assert ask(Calibration(), seen=seen)["*"].level is Level.WARNING

    @with_labels
    def test_too_few_labels_are_unknown_and_say_how_many(self, check: OutcomeCheck) -> None:
        finding = ask(check, seen=window(outcomes=outcomes(199)))["*"]
        assert (finding.level, finding.measures) == (Level.UNKNOWN, ())
        assert finding.sentence == "Only 199 labelled records are due; 200 are needed to know the quality."

    @with_labels
    def test_too_few_of_one_label_are_unknown(self, check: OutcomeCheck) -> None:
        truth = np.repeat([0.0, 1.0], [981, 19])
        finding = ask(check, seen=window(outcomes=Outcomes(TODAY, np.full(1000, 0.2), truth, 1000)))["*"]
        assert finding.level is Level.UNKNOWN
        assert "Only 19 of 1,000" in finding.sentence

    @with_labels
    @pytest.mark.parametrize(("answer", "label"), [(3.0, 1.0), (0.5, 7.5)])
    def test_values_are_not_judged_as_probabilities(self, check: OutcomeCheck, answer: float, label: float) -> None:
        seen = window(outcomes=Outcomes(TODAY, np.full(500, answer), np.full(500, label), 500))
        finding = ask(check, seen=seen)["*"]
        assert finding.level is Level.UNKNOWN
        assert "probabilities of labels 0 and 1" in finding.sentence

    @with_labels
    def test_answers_that_are_missing_do_not_count(self, check: OutcomeCheck) -> None:
        answers = np.where(np.arange(300) < 150, math.nan, 0.3)
        truth = np.tile([0.0, 1.0], 150)
        assert ask(check, seen=window(outcomes=Outcomes(TODAY, answers, truth, 300)))["*"].level is Level.UNKNOWN

    def test_a_version_without_metrics_is_unknown_but_remembered(self) -> None:
        for check in (Auc(), LogLoss()):
            finding = ask(check, baseline(metrics={}))["*"]
            assert finding.level is Level.UNKNOWN
            assert "it is not known what it was when version 3 was trained" in finding.sentence
            assert len(finding.measures) == 1


class TestLabels:
    def test_labels_that_do_not_come_are_critical(self) -> None:
        finding = ask(Labels(), seen=window(outcomes=outcomes(300, expected=1000)))["*"]
        assert (finding.level, finding.value, finding.family) == (Level.CRITICAL, 0.7, Family.LABELS)
        assert finding.sentence == "300 of 1,000 labels that are due have come; 70 % are missing."

    def test_nearly_half_of_them_missing_is_a_warning(self) -> None:
        assert ask(Labels(), seen=window(outcomes=outcomes(540, expected=1000)))["*"].level is Level.WARNING

    def test_when_none_is_due_it_is_unknown(self) -> None:
        assert ask(Labels(), seen=empty_window())["*"].level is Level.UNKNOWN


class TestBusiness:
    def test_a_mean_that_doubles_is_critical(self) -> None:
        finding = ask(Business(), seen=window(table_with(prediction=values("prediction") * 2)))["prediction"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.BUSINESS)
        assert finding.value == pytest.approx(1.0, abs=0.1)
        assert "off the last 28 days'" in finding.sentence

    def test_a_mean_that_falls_by_nine_tenths_of_the_limit_is_a_warning(self) -> None:
        trailing = baseline().trailing.columns["prediction"]
        usual = trailing.total / trailing.finite
        seen = window(table_with(prediction=np.full(ROWS, usual * 0.77)))
        assert ask(Business(), seen=seen)["prediction"].level is Level.WARNING

    def test_a_change_that_is_common_is_quiet_unless_the_limit_alone_judges(self) -> None:
        wild = {("business", "temp", "change"): tuple((MONDAY - i * DAY, 0.4) for i in range(30, -1, -1))}
        seen = window(table_with(temp=values("temp") * 1.5))
        base = baseline(history=wild)
        assert ask(Business(column="temp"), base, seen)["temp"].level is Level.OK
        assert ask(Business(column="temp", spreads=0), base, seen)["temp"].level is Level.CRITICAL
        assert ask(Business(column="temp"), baseline(history={}), seen)["temp"].level is Level.CRITICAL

    def test_without_numbers_now_it_is_unknown_and_before_not_judged(self) -> None:
        assert ask(Business(column="carrier"))["carrier"].level is Level.UNKNOWN
        assert ask(Business(column="nowhere"))["nowhere"].level is Level.UNKNOWN
        assert ask(Business(), baseline(trailing=None))["prediction"].level is Level.OK

    def test_a_change_from_nothing_has_no_size(self) -> None:
        still = window(table_with(prediction=pa.array(np.zeros(ROWS)))).profile
        finding = ask(Business(), baseline(trailing=still))["prediction"]
        assert (finding.level, math.isnan(finding.value)) == (Level.UNKNOWN, True)
