"""What a spec means, in the domain's words."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import DAY, HOUR, NOON
from watchkeeper.checks import built_in
from watchkeeper.domain.confirmations import NOfM
from watchkeeper.domain.findings import Family
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level
from watchkeeper.domain.plans import Gate, Step
from watchkeeper.domain.problems import Problem
from watchkeeper.profiles import Kind
from watchkeeper.spec import ChannelSpec, ModelSpec, read_house, read_model
from watchkeeper.spec.labels import LabelSpec

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "watchkeeper/cli/new_model.toml"

SPEC = {"model": "flights", "features": {"numeric": ["temp"]}, "training": {"function": "a.b:c"}}


def spec(**more: object) -> ModelSpec:
    return ModelSpec.model_validate(SPEC | more)


@given(st.integers(1, 500), st.sampled_from([("m", 60), ("h", 3_600), ("d", 86_400), ("w", 604_800)]))
def test_times_are_written_as_people_write_them(number: int, unit: tuple[str, int]) -> None:
    letter, seconds = unit
    assert spec(labels={"over": f"{number}{letter}"}).labels.over == timedelta(seconds=number * seconds)


@given(st.integers(1, 20), st.integers(1, 20))
def test_counts_are_written_as_people_say_them(one: int, other: int) -> None:
    n, m = sorted((one, other))
    assert spec(confirm={"opens": f"{n} of {m}"}).confirmation.opens == NOfM(n, m)


def test_the_template_for_a_new_model_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "churn.toml"
    file.write_text(TEMPLATE.read_text(encoding="utf-8").replace("NAME", "churn"), encoding="utf-8")
    read = read_model(file)
    assert read.model == "churn"
    assert read.columns == {"age": Kind.NUMERIC, "country": Kind.CATEGORICAL}


def test_the_template_says_the_defaults(tmp_path: Path) -> None:
    """What stands there as a comment is what holds when nothing is said, but for checks, which show other settings."""
    text = TEMPLATE.read_text(encoding="utf-8").replace("NAME", "churn")
    said, _, defaults = text.partition("# Everything below has a default")
    _, _, after_checks = defaults.partition("# [confirm]")
    uncommented = "\n".join(line.removeprefix("# ") for line in ("# [confirm]" + after_checks).splitlines())
    short, long = tmp_path / "short.toml", tmp_path / "long.toml"
    short.write_text(said, encoding="utf-8")
    long.write_text(said + uncommented, encoding="utf-8")
    assert read_model(long) == read_model(short)


def test_every_built_in_check_asks_unless_it_is_switched_off() -> None:
    fitting = {kind for kind, check in built_in().items() if Problem.BINARY in check.problems}
    assert {c.kind for c in spec().asked} == fitting
    quiet = spec(checks={"auc": {"enabled": False}, "missing": {"critical": 0.5}})
    assert {c.kind for c in quiet.asked} == fitting - {"auc"}
    assert next(c for c in quiet.asked if c.kind == "missing").critical == 0.5


def test_a_check_may_be_confirmed_by_another_number_of_windows() -> None:
    rule = spec(confirm={"opens": "2 of 3"}, checks={"schema": {"confirm": "1 of 1"}}).confirmation
    assert (rule.of("schema"), rule.of("drift")) == (NOfM(1, 1), NOfM(2, 3))


def test_features_come_before_logged_columns_in_the_order_of_the_file() -> None:
    read = spec(features={"categorical": ["carrier"], "numeric": ["temp", "dewp"]}, logged={"numeric": ["fare"]})
    assert list(read.columns) == ["carrier", "temp", "dewp", "fare"]
    assert list(read.feature_kinds) == ["carrier", "temp", "dewp"]


@pytest.mark.parametrize("column", ["_id", "a/b", "a:b", ""])
def test_names_that_are_ours_or_would_break_an_id_are_no_columns(column: str) -> None:
    with pytest.raises(ValueError, match="String should match pattern"):
        spec(features={"numeric": [column]})


def test_outcomes_lie_back_by_the_labels_delay() -> None:
    read = spec(labels={"delay": "1d", "over": "7d"})
    assert read.outcomes(Interval(NOON - HOUR, NOON)) == Interval(NOON - 8 * DAY, NOON - DAY)


def test_without_a_length_outcomes_are_of_one_window_and_of_ever_more_where_labels_are_few() -> None:
    window = Interval(NOON - HOUR, NOON)
    read = spec(every="1h", labels={"delay": "1d"})
    assert read.outcomes(window) == window.shifted(-DAY)
    lengths = [block.length for block in read.labels.blocks(window)]
    assert lengths[:4] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    assert lengths[-1] == 28 * DAY
    assert {block.end for block in read.labels.blocks(window)} == {NOON - DAY}
    assert [b.length for b in spec(labels={"over": "7d"}).labels.blocks(window)] == [7 * DAY]


def test_a_minute_is_widened_to_a_day_and_a_month_not_at_all() -> None:
    labels = LabelSpec()
    assert labels.blocks(Interval(NOON - HOUR / 60, NOON))[-1].length == DAY
    assert [b.length for b in labels.blocks(Interval(NOON - 30 * DAY, NOON))] == [30 * DAY]


def test_performance_is_measured_on_as_many_labels_as_its_checks_need() -> None:
    assert spec().fewest_labels == (100, 20)
    assert spec(checks={"auc": {"least": 500}, "log_loss": {"least_of_each": 50}}).fewest_labels == (500, 50)
    off = {kind: {"enabled": False} for kind in ("auc", "log_loss", "calibration")}
    assert spec(checks=off).fewest_labels == (0, 0)


def test_a_rollout_becomes_a_plan() -> None:
    steps = [{"share": 0.1, "lasts": "1d", "records": 50}, {"share": 0.5, "lasts": "12h"}]
    plan = spec(rollout={"steps": steps, "approvals": ["promotion"], "margin": 0.02, "alpha": 0.1}).rollout.plan(
        DAY, Problem.BINARY
    )
    assert plan.steps == (Step(0.1, DAY, 50), Step(0.5, DAY / 2, 100))
    assert (plan.gates, plan.margin, plan.alpha, plan.deadline) == ((Gate.PROMOTION,), 0.02, 0.1, 30 * DAY)


def test_response_and_trial_become_rules() -> None:
    read = spec(response={"retrain": False, "cooldown": "2d", "on": ["business"]}, trial={"margin": 0.01})
    assert read.response_rule.retrains is False
    assert (read.response_rule.cooldown, read.response_rule.on) == (2 * DAY, (Family.BUSINESS,))
    assert (read.trial_rule.metric, read.trial_rule.margin, read.trial_rule.least_rows) == ("log_loss", 0.01, 500)


def test_paths_of_a_house_are_relative_to_its_file(tmp_path: Path) -> None:
    (tmp_path / "deployments").mkdir()
    file = tmp_path / "deployments" / "house.toml"
    file.write_text('env = "prod"')
    read = read_house(file)
    assert (read.folder, read.models) == (tmp_path / ".watchkeeper", tmp_path / "deployments" / "models")
    assert [c.kind for c in read.channels] == ["console"]


def test_the_house_of_the_checkout_can_be_read() -> None:
    assert read_house(ROOT / "deployments/house.toml").env == "local"


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ({"kind": "console"}, None),
        ({"kind": "pagerduty"}, "WATCHKEEPER_PAGERDUTY_KEY"),
        ({"kind": "github", "repo": "owner/name"}, "WATCHKEEPER_GITHUB_TOKEN"),
        ({"kind": "pagerduty", "secret": "TEAM_B_KEY"}, "TEAM_B_KEY"),
    ],
)
def test_a_channel_says_which_secret_it_needs(said: dict[str, str], secret: str | None) -> None:
    channel = ChannelSpec.model_validate(said)
    assert channel.secret_name == secret
    assert channel.least_level is Level.WARNING


@pytest.mark.parametrize("model", [spec, lambda: spec(checks={"auc": {"enabled": False}})])
def test_the_same_words_mean_the_same(model: Callable[[], ModelSpec]) -> None:
    asked = model()
    assert asked.asked == model().asked
    assert asked == model()


def test_a_spec_may_be_written_in_python_too() -> None:
    assert spec(every=DAY, confirm={"opens": NOfM(2, 5)}) == spec(every="1d", confirm={"opens": "2 of 5"})
