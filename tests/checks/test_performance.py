"""What the labels tell."""

import math
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from tests.checks.scenes import (
    DAY,
    MONDAY,
    TODAY,
    ask,
    baseline,
    empty_window,
    labelled,
    outcomes,
    window,
)
from watchkeeper.checks import seed_outcomes
from watchkeeper.checks.accuracy import Accuracy
from watchkeeper.checks.auc import Auc
from watchkeeper.checks.calibration import Calibration
from watchkeeper.checks.labels import Labels
from watchkeeper.checks.log_loss import LogLoss
from watchkeeper.checks.mae import Mae
from watchkeeper.checks.outcomes import OutcomeCheck
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Profile
from watchkeeper.window import Baseline, Outcomes, Window

with_labels = pytest.mark.parametrize("check", [Auc(), LogLoss(), Calibration()])


class Watch:
    """One check over many windows, remembering what production would remember.

    Args:
        check: the one that asks.
        problem: of the model.
        every: length of a window and, but for `blocks`, of a block of labels.
        blocks: windows in a block.
        seeds: blocks of training.
    """

    def __init__(
        self,
        check: OutcomeCheck,
        problem: Problem = Problem.BINARY,
        every: timedelta = DAY,
        blocks: int = 1,
        seeds: int = 56,
    ) -> None:
        self.check, self.problem, self.every, self.blocks = check, problem, every, blocks
        self.history: dict[tuple[str, str, str], list] = {}
        self.version, self.place = 1, 0
        self.train(seeds)

    def train(self, seeds: int) -> None:
        """Forget what was seeded, and seed anew: a version has its own."""
        self.history = {key: values for key, values in self.history.items() if key[1] != "*"}
        first = MONDAY + self.place * self.every - seeds * self.blocks * self.every
        blocks = [self._outcomes(first + (i + 1) * self.blocks * self.every, -i - 1, 0.0) for i in range(seeds)]
        self._remember(seed_outcomes([self.check], blocks, self.every))

    def look(self, harm: float = 0.0) -> Finding:
        """The next window, of which a share of labels does not agree with the answers."""
        interval = Interval(MONDAY + self.place * self.every, MONDAY + (self.place + 1) * self.every)
        seen = Window("m", interval, 0, Profile(), self._outcomes(interval.end, self.place, harm), None)
        base = Baseline(self.version, "", Profile(), None, self.history, {})
        [finding] = self.check.examine(base, seen)
        self._remember(finding.measures)
        self.place += 1
        return finding

    def looks(self, many: int, harm: float = 0.0) -> list[Level]:
        """The levels of the next windows."""
        return [self.look(harm).level for _ in range(many)]

    def _outcomes(self, end: object, place: int, harm: float) -> Outcomes:
        return labelled(self.problem, Interval(end - self.blocks * self.every, end), 10_000 + place, harm=harm)

    def _remember(self, measures: object) -> None:
        for m in measures:
            self.history.setdefault((m.check, m.subject, m.name), []).append((m.at, m.value))


ASKED: Mapping[str, tuple[OutcomeCheck, Problem]] = {
    "auc": (Auc(), Problem.BINARY),
    "auc of classes": (Auc(), Problem.MULTICLASS),
    "log-loss": (LogLoss(), Problem.BINARY),
    "log-loss of classes": (LogLoss(), Problem.MULTICLASS),
    "calibration": (Calibration(), Problem.BINARY),
    "calibration of classes": (Calibration(), Problem.MULTICLASS),
    "bias": (Calibration(), Problem.REGRESSION),
    "accuracy": (Accuracy(), Problem.MULTICLASS),
    "error": (Mae(), Problem.REGRESSION),
}
every_metric = pytest.mark.parametrize(("check", "problem"), ASKED.values(), ids=ASKED)
that_see_wrong_labels = pytest.mark.parametrize(
    ("check", "problem"),
    [pair for name, pair in ASKED.items() if name != "bias"],
    ids=[n for n in ASKED if n != "bias"],
)


class TestCharts:
    @every_metric
    def test_nothing_is_told_while_nothing_is_wrong(self, check: OutcomeCheck, problem: Problem) -> None:
        assert Watch(check, problem).looks(60).count(Level.CRITICAL) <= 3

    @that_see_wrong_labels
    def test_wrong_labels_are_found_and_stay_found_until_they_are_mended(
        self, check: OutcomeCheck, problem: Problem
    ) -> None:
        watch = Watch(check, problem)
        watch.looks(20)
        found = watch.looks(40, harm=0.3)
        assert Level.CRITICAL in found[:4]
        assert set(found[4:]) == {Level.CRITICAL}
        mended = watch.looks(12)
        assert [Level.OK] * 3 in [mended[n : n + 3] for n in range(10)]

    @pytest.mark.parametrize("way", [1, -1])
    def test_a_gap_is_found_in_either_direction(self, way: int) -> None:
        watch = Watch(Calibration(), Problem.REGRESSION)
        shift = 0.3 * way
        for level in _shifted(watch, 20, shift):
            last = level
        assert last.level is Level.CRITICAL
        assert f"says {abs(shift):.1f}"[:7] in last.sentence or "than comes true on average" in last.sentence
        assert ("higher" if way > 0 else "lower") in last.sentence

    def test_a_better_model_is_nothing_to_be_told_of(self) -> None:
        watch = Watch(Mae(), Problem.REGRESSION)
        levels = [f.level for f in _closer(watch, 30)]
        assert set(levels) == {Level.OK}

    def test_what_lasts_does_not_become_the_rule_however_long_it_lasts(self) -> None:
        watch = Watch(Auc())
        assert set(watch.looks(400, harm=0.3)[4:]) == {Level.CRITICAL}

    def test_not_even_when_the_time_before_it_is_forgotten(self) -> None:
        watch = Watch(Auc())
        watch.looks(30, harm=0.3)
        since = MONDAY + 25 * DAY
        watch.history = {
            key: [(at, value) for at, value in values if at > since] for key, values in watch.history.items()
        }
        assert set(watch.looks(30, harm=0.3)) == {Level.CRITICAL}

    def test_another_version_starts_with_charts_of_its_own(self) -> None:
        watch = Watch(Auc())
        watch.looks(20, harm=0.3)
        watch.version = 2
        watch.train(56)
        assert watch.looks(1) == [Level.OK]
        assert set(watch.looks(30)) == {Level.OK}

    def test_the_version_before_finds_its_own_past_again(self) -> None:
        watch = Watch(Auc())
        watch.looks(20, harm=0.3)
        watch.version = 2
        watch.looks(5)
        watch.version = 1
        assert watch.looks(1, harm=0.3) == [Level.CRITICAL]

    def test_a_worse_version_is_not_judged_by_what_the_better_one_did(self) -> None:
        watch = Watch(Auc(), seeds=0)
        watch.looks(40)
        watch.version = 2
        assert set(watch.looks(40, harm=0.1)) == {Level.OK}

    def test_one_very_bad_block_speaks_at_once_and_says_so(self) -> None:
        watch = Watch(Auc(false_alarms=0.002))
        watch.looks(20)
        finding = watch.look(harm=0.35)
        assert finding.level is Level.CRITICAL
        assert "worse" in finding.sentence
        assert "at most 1 false page in 500 windows" in finding.sentence

    def test_little_by_little_speaks_after_some_blocks_and_says_since_when(self) -> None:
        watch = Watch(Auc())
        watch.looks(20)
        found = [watch.look(harm=0.03) for _ in range(12)]
        first = next(n for n, f in enumerate(found) if f.level is Level.CRITICAL)
        lasted = re.search(r"worse than usual for (\d+) windows: CUSUM", found[first].sentence)
        assert lasted
        assert int(lasted[1]) >= first > 0

    def test_a_finding_says_what_is_usual(self) -> None:
        watch = Watch(Auc())
        usually = float(watch.look().sentence.split("usually ")[1].split(";")[0])
        seeded = [value for _, value in watch.history["auc", "*", "auc"]]
        assert usually == pytest.approx(np.median(seeded), abs=0.02)

    def test_a_value_at_ninety_percent_of_its_limit_is_a_warning(self) -> None:
        watch = Watch(Auc())
        found = [watch.look(harm=0.03) for _ in range(12)]
        for f in found:
            wanted = Level.CRITICAL if f.value >= f.limit else Level.WARNING if f.value >= 0.9 * f.limit else Level.OK
            assert f.level is wanted

    def test_while_it_learns_it_is_ok_without_a_value_and_remembers(self) -> None:
        watch = Watch(Auc(), seeds=0)
        for blocks in range(7):
            finding = watch.look()
            assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)
            assert f"still learning what is usual, {blocks} of 7 blocks of labels." in finding.sentence
            assert len(finding.measures) == 1
        assert not math.isnan(watch.look().value)

    def test_fewer_labels_are_noisier_and_surprise_less(self) -> None:
        watch = Watch(Calibration())
        few, many = (
            Outcomes(TODAY, np.full(rows, 0.25), np.repeat([0.0, 1.0], [rows * 2 // 3, rows - rows * 2 // 3]), rows)
            for rows in (120, 12_000)
        )
        found = [_asked_of(watch, seen).value for seen in (few, many)]
        assert found[0] < found[1]


class TestBlocks:
    def test_labels_count_once_however_many_windows_see_them(self) -> None:
        watch = Watch(Auc(), blocks=7, seeds=8)
        watch.looks(70)
        ends = [at for at, _ in watch.history["auc", "v1", "auc"]]
        assert len(ends) == 10
        assert set(np.diff(ends)) == {7 * DAY}

    def test_a_fault_is_found_while_its_block_still_fills(self) -> None:
        watch = Watch(Auc(), every=timedelta(hours=1), blocks=6, seeds=30)
        watch.looks(30)
        assert Level.CRITICAL in watch.looks(12, harm=0.3)

    def test_blocks_that_are_longer_than_windows_speak_falsely_no_more_often(self) -> None:
        check = Calibration(false_alarms=0.02)
        watch = Watch(check, Problem.REGRESSION, blocks=4, seeds=40)
        found = watch.looks(400)
        opened = sum(a < Level.CRITICAL <= b for a, b in pairwise(found))
        assert opened <= 400 * 0.02 + 3 * math.sqrt(400 * 0.02)

    def test_the_sentence_counts_blocks(self) -> None:
        watch = Watch(Auc(), blocks=3, seeds=30)
        sentences = [watch.look(harm=0.05).sentence for _ in range(9)]
        assert any(re.search(r"for \d blocks: CUSUM", sentence) for sentence in sentences)
        assert not any("windows: CUSUM" in sentence for sentence in sentences)


class TestUnknown:
    @with_labels
    def test_too_few_labels_are_unknown_and_say_how_many(self, check: OutcomeCheck) -> None:
        finding = ask(check, seen=window(outcomes=outcomes(99)))["*"]
        assert (finding.level, finding.measures) == (Level.UNKNOWN, ())
        assert finding.sentence == "Only 99 labelled records are due; 100 are needed to know the quality."

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
        answers = np.where(np.arange(150) < 75, math.nan, 0.3)
        truth = np.tile([0.0, 1.0], 75)
        assert ask(check, seen=window(outcomes=Outcomes(TODAY, answers, truth, 150)))["*"].level is Level.UNKNOWN

    def test_a_metric_of_other_models_is_unknown(self) -> None:
        seen = window(outcomes=labelled(Problem.REGRESSION, TODAY, 1))
        finding = ask(Auc(), seen=seen)["*"]
        assert (finding.level, finding.sentence) == (Level.UNKNOWN, "auc is not asked of regression models.")

    def test_a_number_needs_no_rarer_label(self) -> None:
        answers = np.linspace(0, 1, 200)
        seen = window(outcomes=Outcomes(TODAY, answers, np.full(200, 0.5), 200, Problem.REGRESSION))
        assert ask(Mae(), seen=seen)["*"].level is not Level.UNKNOWN


class TestFixedLimits:
    def test_answers_that_no_longer_rank_are_critical(self) -> None:
        finding = ask(Auc(critical=0.05), seen=window(outcomes=outcomes(slope=0.0)))["*"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.PERFORMANCE)
        assert finding.value == pytest.approx(0.25, abs=0.06)
        assert "; it was 0.750 when version 3 was trained." in finding.sentence

    def test_a_better_auc_is_no_drop(self) -> None:
        assert ask(Auc(critical=0.05), seen=window(outcomes=outcomes(slope=8.0)))["*"].value < 0

    def test_answers_worth_less_than_in_training_are_critical(self) -> None:
        finding = ask(LogLoss(critical=0.05), seen=window(outcomes=outcomes(slope=-4.0)))["*"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.PERFORMANCE)

    def test_answers_that_say_too_little_are_a_gap(self) -> None:
        finding = ask(Calibration(critical=0.08), seen=window(outcomes=outcomes(gap=0.15)))["*"]
        assert (finding.level, finding.family) == (Level.CRITICAL, Family.CALIBRATION)
        assert "on average where" in finding.sentence
        assert [m.name for m in finding.measures] == ["calibration_gap"]
        assert finding.measures[0].value < 0

    def test_a_gap_of_nine_tenths_of_the_limit_is_a_warning(self) -> None:
        truth = np.repeat([0.0, 1.0], [700, 300])
        seen = window(outcomes=Outcomes(TODAY, np.full(1000, 0.375), truth, 1000))
        assert ask(Calibration(critical=0.08), seen=seen)["*"].level is Level.WARNING

    @pytest.mark.parametrize(("harm", "level"), [(0.0, Level.OK), (0.5, Level.CRITICAL)])
    def test_errors_are_compared_by_share_and_accuracies_by_points(self, harm: float, level: Level) -> None:
        then = baseline(metrics={"mae": 1.6, "accuracy": 0.68})
        numbers, classes = (labelled(p, TODAY, 3, harm=harm) for p in (Problem.REGRESSION, Problem.MULTICLASS))
        error, accuracy = Mae(critical=0.2), Accuracy(critical=0.1)
        assert ask(error, then, window(outcomes=numbers))["*"].level is level
        assert ask(accuracy, then, window(outcomes=classes))["*"].level is level
        assert ask(error, then, window(outcomes=numbers))["*"].value == pytest.approx(numbers.metrics["mae"] / 1.6 - 1)

    def test_a_version_without_metrics_is_unknown_but_remembered(self) -> None:
        for check in (Auc(critical=0.05), LogLoss(critical=0.05)):
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


def _asked_of(watch: Watch, seen: Outcomes) -> Finding:
    base = Baseline(1, "", Profile(), None, watch.history, {})
    return watch.check.examine(base, Window("m", TODAY, 0, Profile(), seen, None))[0]


def _shifted(watch: Watch, many: int, by: float) -> Iterator[Finding]:
    """Windows in which a regression model says so much more than comes true."""
    usual = watch._outcomes  # noqa: SLF001 - the test's own
    watch._outcomes = lambda *a: _replaced(usual(*a), by)  # noqa: SLF001 - the same
    yield from (watch.look() for _ in range(many))


def _closer(watch: Watch, many: int) -> Iterator[Finding]:
    """Windows in which a regression model is twice as near to the truth as before."""
    usual = watch._outcomes  # noqa: SLF001 - the test's own
    watch._outcomes = lambda *a: _halved(usual(*a))  # noqa: SLF001 - the same
    yield from (watch.look() for _ in range(many))


def _replaced(seen: Outcomes, by: float) -> Outcomes:
    return Outcomes(seen.interval, seen.predictions + by, seen.labels, seen.expected, seen.problem)


def _halved(seen: Outcomes) -> Outcomes:
    nearer = seen.labels + (seen.predictions - seen.labels) / 2
    return Outcomes(seen.interval, nearer, seen.labels, seen.expected, seen.problem)
