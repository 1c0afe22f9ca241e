"""What must hold for every check there is, found by looking rather than by listing."""

import dataclasses
import math
import types
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from tests.checks.scenes import baseline, check_for, empty_window, table_with, window, window_for
from watchkeeper.checks import Check, built_in, check_in, examine_all
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Profile
from watchkeeper.window import Baseline, Window

RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"
KINDS = built_in()
KNOWN = {
    "accuracy",
    "auc",
    "business",
    "calibration",
    "constant",
    "drift",
    "estimate",
    "freshness",
    "label_shift",
    "labels",
    "latency",
    "log_loss",
    "losses",
    "mae",
    "missing",
    "prediction_drift",
    "range",
    "schema",
    "swapped",
    "trend",
    "unseen",
    "volume",
}
TOLD_TO_WHO_LOOKS = {"estimate", "trend"}
"""These never open an incident, so that they never say more than OK."""

every_check = pytest.mark.parametrize("kind", KINDS)


def test_every_built_in_check_is_found() -> None:
    assert KINDS.keys() == KNOWN


@every_check
def test_every_check_has_a_runbook_page_of_its_own_that_says_what_to_do(kind: str) -> None:
    assert KINDS[kind].runbook == f"{kind}.md"
    page = (RUNBOOKS / KINDS[kind].runbook).read_text()
    for heading in (
        "## What it means",
        "## Look first at",
        "## What to do",
        "## Tune or silence",
        "## When it resolves",
    ):
        assert heading in page
    assert f"[checks.{kind}]" in page


@every_check
def test_a_runbook_names_only_words_that_the_check_knows(kind: str) -> None:
    block = (RUNBOOKS / f"{kind}.md").read_text().split("```toml")[1].split("```")[0]
    words = {line.split("=")[0].strip() for line in block.splitlines() if "=" in line and not line.startswith("#")}
    assert words <= {f.name for f in dataclasses.fields(KINDS[kind])} | {"enabled", "confirm"}
    assert "critical" in words


@every_check
def test_every_check_is_quiet_when_nothing_has_changed(kind: str) -> None:
    findings = check_for(kind).examine(baseline(), window_for(KINDS[kind]))
    assert findings
    assert {f.level for f in findings} == {Level.OK}, [f.sentence for f in findings]


@every_check
def test_every_finding_is_one_sentence_and_names_its_check_family_and_runbook(kind: str) -> None:
    check = check_for(kind)
    for finding in (*check.examine(baseline(), window_for(KINDS[kind])), *check.examine(baseline(), empty_window())):
        assert (finding.check, finding.family, finding.runbook) == (kind, check.family, check.runbook)
        assert finding.sentence.endswith(".")
        assert "\n" not in finding.sentence
        assert "nan" not in finding.sentence


@every_check
def test_no_check_says_all_is_well_of_an_empty_window(kind: str) -> None:
    worst = max(f.level for f in check_for(kind).examine(baseline(), empty_window()))
    assert (worst >= Level.UNKNOWN) is (kind not in TOLD_TO_WHO_LOOKS)


@every_check
def test_no_check_alarms_when_there_is_neither_baseline_nor_record(kind: str) -> None:
    nothing = Baseline(1, "", Profile(), None, {}, {})
    levels = [f.level for f in check_for(kind).examine(nothing, dataclasses.replace(empty_window(), profile=Profile()))]
    assert max(levels, default=Level.UNKNOWN) <= Level.UNKNOWN


@every_check
def test_measures_carry_the_windows_end_and_finite_numbers(kind: str) -> None:
    for finding in check_for(kind).examine(baseline(), window_for(KINDS[kind])):
        for measure in finding.measures:
            assert (measure.check, measure.at) == (kind, window().interval.end)
            assert math.isfinite(measure.value)


@every_check
def test_the_same_question_has_the_same_answer(kind: str) -> None:
    first, again = (check_for(kind).examine(baseline(), window_for(KINDS[kind])) for _ in range(2))
    assert repr(first) == repr(again)


@every_check
def test_a_spec_may_set_the_limits_and_no_word_that_is_not_known(kind: str) -> None:
    adapter = TypeAdapter(KINDS[kind])
    assert adapter.validate_python({"critical": 0.5, "warning": 0.2}).limit.warning == 0.2
    with pytest.raises(ValidationError, match="critcal"):
        adapter.validate_python({"critcal": 0.5})


@every_check
def test_warnings_begin_at_ninety_percent_of_critical(kind: str) -> None:
    limit = KINDS[kind](critical=0.4).limit
    assert limit.warning == pytest.approx(0.9 * limit.critical)
    assert limit.level(limit.warning) is Level.WARNING
    assert limit.level(limit.critical) is Level.CRITICAL


@pytest.mark.parametrize("wrong", [{"critical": 0.0}, {"critical": math.nan}, {"warning": 0.0}, {"warning": 9.0}])
def test_limits_that_cannot_be_meant_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="critical"):
        KINDS["missing"](**wrong)


def test_a_check_without_a_runbook_does_not_load() -> None:
    with pytest.raises(TypeError, match="Nameless names no runbook"):

        class Nameless(Check):
            family: ClassVar[Family] = Family.DRIFT

    with pytest.raises(TypeError, match="Inherits names no runbook"):

        class Inherits(KINDS["drift"]):
            """A runbook is not inherited."""


def test_a_module_without_exactly_one_check_is_never_skipped_silently() -> None:
    module = types.ModuleType("watchkeeper.checks.nothing")
    with pytest.raises(TypeError, match="defines 0 checks"):
        check_in(module)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Broken(Check):
    """A check that raises."""

    family: ClassVar[Family] = Family.DRIFT
    runbook: ClassVar[str] = "broken.md"
    critical: float = 1.0

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:
        raise ZeroDivisionError(f"nothing to divide {window.model} of v{baseline.version} by")


def test_a_check_that_raises_is_one_unknown_and_costs_the_others_nothing() -> None:
    others = [kind() for kind in KINDS.values()]
    alone = examine_all(others, baseline(), window())
    findings = examine_all([others[0], Broken(), *others[1:]], baseline(), window())
    broken = [f for f in findings if f.check == Broken().kind]
    assert [(f.subject, f.level, math.isnan(f.value)) for f in broken] == [("*", Level.UNKNOWN, True)]
    assert "ZeroDivisionError: nothing to divide flights of v3 by" in broken[0].sentence
    assert sorted(repr(f) for f in findings if f not in broken) == sorted(map(repr, alone))


def test_a_check_that_works_again_answers_for_the_window_as_a_whole() -> None:
    findings = {f.mark: f for f in examine_all([KINDS["missing"]()], baseline(), window())}
    assert findings["missing:*"].level is Level.OK
    assert findings["missing:*"].sentence == "missing: answered for 4 subjects."


def test_of_two_answers_about_one_subject_the_worse_is_heard() -> None:
    strict, lax = KINDS["missing"](critical=0.01), KINDS["missing"]()
    seen = window(table_with(temp=np.where(np.arange(600) < 40, math.nan, 15.0)))
    for pair in ([strict, lax], [lax, strict]):
        found = [f for f in examine_all(pair, baseline(), seen) if f.mark == "missing:temp"]
        assert [f.level for f in found] == [Level.CRITICAL]
