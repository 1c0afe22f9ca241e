"""What a spec says of how a canary is judged, in the domain's words."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import DAY
from tests.spec.conftest import Told
from watchkeeper.domain.approvals import Silence
from watchkeeper.domain.business import Direction
from watchkeeper.domain.judgements import Role
from watchkeeper.domain.plans import Newer, Plan, Shadow, Soak
from watchkeeper.spec import read_model


def plan_of(file: Path) -> Plan:
    read = read_model(file)
    return read.rollout.plan(read.labels.delay, read.problem)


def test_what_nobody_says_is_sane(model: Callable[..., Path]) -> None:
    plan = plan_of(model())
    loss, errors, latency = plan.asked
    assert (loss.name, loss.role, loss.labelled, loss.bounds) == (
        "loss",
        Role.GATE,
        True,
        (0.0, pytest.approx(4.605, abs=1e-3)),
    )
    assert (errors.role, errors.margin, latency.role, latency.margin) == (Role.GUARD, 0.005, Role.GUARD, 0.25)
    assert (plan.shadow, plan.soak, plan.newer) == (None, Soak(2 * DAY, 0.05, 0.0), Newer.WAITS)
    assert read_model(model()).rollout.on_silence is Silence.REJECTS


def test_a_soak_lasts_until_its_labels_have_come(model: Callable[..., Path]) -> None:
    tables = '[labels]\ndelay = "7d"\n[rollout]\nsoak = { lasts = "3d", holdout = 0.1, shadow = 0.2 }'
    assert plan_of(model(tables=tables)).soak == Soak(10 * DAY, 0.1, 0.2)
    assert plan_of(model(tables='[rollout]\nsoak = { lasts = "0d" }')).soak is None


def test_everything_of_a_rollout_can_be_said(model: Callable[..., Path]) -> None:
    tables = """
[rollout]
on_silence = "waits"
newer = "supersedes"
matured = 0.8
approvals = ["step", "promotion"]
shadow = { share = 0.5, lasts = "12h", records = 20 }
steps = [{ share = 0.1, lasts = "1d", approval = true }]
[rollout.criteria.temp]
margin = 0.5
role = "gate"
worse = "lower"
bounds = [0, 100]
[rollout.criteria.latency]
enabled = false
"""
    plan, said = plan_of(model(tables=tables)), read_model(model(tables=tables)).rollout
    assert plan.shadow == Shadow(0.5, timedelta(hours=12), 20)
    assert (said.on_silence, plan.newer, plan.steps[0].asks) == (Silence.WAITS, Newer.SUPERSEDES, True)
    loss, errors, temp = plan.asked
    assert (loss.matured, errors.name) == (0.8, "errors")
    assert (temp.name, temp.role, temp.worse, temp.bounds) == ("temp", Role.GATE, Direction.LOWER, (0.0, 100.0))


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ("[rollout.criteria.loss]\nmargin = 1.0", "rollout.criteria.loss: the loss is always a gate; its margin is"),
        ("[rollout.criteria.tmp]\nmargin = 1.0", "tmp is neither errors, latency nor a numeric column; did you mean"),
        ("[rollout.criteria.temp]", "rollout.criteria.temp: say its margin, in the column's own unit"),
        ("[rollout.criteria.temp]\nmargin = 1.0\nbounds = [2, 1]", "bounds name the least value first"),
        (
            '[rollout.criteria.errors]\nworse = "lower"',
            "rollout.criteria.errors: `worse` and `bounds` are known; say its",
        ),
        ("[rollout.criteria.latency]\nbounds = [0, 9]", "rollout.criteria.latency: `worse` and `bounds` are known"),
        ("[rollout]\nsoak = { holdout = 0 }", "a soak sees the old champion: give it a holdout"),
        ('[rollout]\nnewer = "wait"', "'wait' is not known; did you mean `waits`?"),
    ],
)
def test_what_cannot_be_meant_is_told(told: Told, tables: str, line: str) -> None:
    assert any(line in said for said in told(tables=tables)), told(tables=tables)


def test_a_late_column_is_judged_when_labels_are(model: Callable[..., Path]) -> None:
    late = '[late.revenue]\notherwise = 0.5\n[rollout.criteria.revenue]\nmargin = 2.0\nworse = "lower"\n'
    tables = f"{late}[rollout]\nmatured = 0.8\n"
    read = read_model(model(tables=tables))
    plan = read.rollout.plan(read.labels.delay, read.problem, read.otherwise)
    revenue = next(c for c in plan.asked if c.name == "revenue")
    assert (revenue.labelled, revenue.matured, revenue.role, revenue.worse) == (True, 0.8, Role.GUARD, Direction.LOWER)
    assert revenue.otherwise == 0.5
    assert [c.name for c in plan.asked if c.labelled] == ["loss", "revenue"]
    layer = read.recalibration.plan(read.rollout, read.labels.delay, read.problem, read.otherwise)
    assert layer.asked == plan.asked
