"""The whole loop on the toy model: every flow under a real Prefect server, every channel against its stand-in."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import toy
from tests.flows.conftest import Outside, in_house, outside
from tests.playing import FAULT_DAYS, TURNS_ON_DAY, end_of, play_day
from watchkeeper.domain.causes import Cause
from watchkeeper.domain.followups import Story
from watchkeeper.domain.levels import Level
from watchkeeper.domain.rollouts import RolloutEnd, Verb
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.story.house import House
from watchkeeper.story.retraining import start_model

DAYS = 29


@dataclass(frozen=True)
class Played:
    """A house after its days, and the other side of its channels."""

    house: House
    outside: Outside
    states: Counter[str]


@pytest.fixture(scope="module")
def played(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    from deployments.worker import Worker  # noqa: PLC0415 - Prefect reads its environment when imported

    states: Counter[str] = Counter()
    with outside(tmp_path_factory.mktemp("loop"), "loop") as there, in_house(there.file) as house:
        start_model(house, "toy", toy.FIRST)
        told = lambda run: states.update([f"{run.name.split()[0]} {run.state.name}"])
        with Worker(house, told) as worker:
            for number in range(DAYS):
                play_day(house, worker, number)
        yield Played(house, there, states)


def verdict(played: Played, day: int) -> Verdict:
    return played.house.state.verdicts("toy", end_of(day).replace(microsecond=1), 1)[0]


def test_healthy_windows_stay_silent(played: Played) -> None:
    assert [verdict(played, d).level for d in (1, 2, 6, 7, 8)] == 5 * [Level.OK]
    assert verdict(played, 5).level < Level.CRITICAL  # the labels of the fault's last day are due then


def test_a_unit_change_opens_one_incident_of_its_own_cause_and_resolves_it(played: Played) -> None:
    fault = played.house.state.incidents("toy")[0]
    assert (fault.cause, fault.level) == (Cause.DATA_BUG, Level.CRITICAL)
    assert fault.since == end_of(FAULT_DAYS[0])
    assert fault.detected == end_of(FAULT_DAYS[0])  # a learned limit speaks at once
    assert fault.resolved is not None
    assert end_of(FAULT_DAYS[1]) < fault.resolved <= end_of(8)


def test_a_world_that_turned_opens_an_incident_that_ends_after_the_promotion(played: Played) -> None:
    turned = played.house.state.incidents("toy")[1]
    assert turned.cause is Cause.CONCEPT_DRIFT
    assert turned.since > end_of(TURNS_ON_DAY)
    assert turned.resolved is not None
    [promotion] = [m for r in played.house.state.rollouts() for m in r.history if m.verb is Verb.PROMOTE]
    assert turned.resolved > promotion.at


def test_every_incident_is_paged_once_filed_once_and_resolved_once_everywhere(played: Played) -> None:
    keys = [i.key for i in played.house.state.incidents()]
    assert [i["dedup_key"] for i in played.outside.pagerduty.incidents] == keys
    assert [i["status"] for i in played.outside.pagerduty.incidents] == len(keys) * ["resolved"]
    assert [i["state"] for i in played.outside.github.issues] == len(keys) * ["closed"]
    for key in keys:
        told = Counter(r.channel for r in played.house.state.receipts(key))
        assert told["console"] == told["pagerduty"] == told["github"] == len(played.house.state.transitions(key))


def test_the_vendors_contracts_are_kept(played: Played) -> None:
    assert played.outside.pagerduty.violations == []
    assert played.outside.github.violations == []


def test_each_incident_has_its_report_on_disk_in_the_tracker_and_among_its_links(played: Played) -> None:
    for incident in played.house.state.incidents():
        links = played.house.state.links(incident.key)
        page = Path(links["Evidently report"].removeprefix("file://"))
        assert "Watchkeeper" in page.read_text(encoding="utf-8")
        assert Path(links["W&B run"]).exists()


def test_the_first_candidate_learned_too_little_and_fails_its_trial(played: Played) -> None:
    asked = played.house.state.followups("toy", Story.RETRAIN)
    outcomes = [outcome or "" for _, outcome in asked]
    assert "stays in the registry" in outcomes[0]
    assert "is a candidate in rollout" in outcomes[1]
    assert asked[1][0].at - asked[0][0].at >= played.house.model("toy").response.cooldown


def test_the_second_earns_its_traffic_in_steps_after_a_person_approved(played: Played) -> None:
    [rollout] = played.house.state.rollouts("toy")
    assert rollout.end is RolloutEnd.PROMOTED
    assert [m.verb for m in rollout.history] == [Verb.ASK, Verb.ADVANCE, Verb.ADVANCE, Verb.PROMOTE]
    assert [m.share for m in rollout.history] == [0.0, 0.3, 0.5, 1.0]
    assert played.states["approve Suspended"] == played.states["approve Approved"] == 1


def test_the_promoted_version_answers_and_the_old_champion_is_last_good(played: Played) -> None:
    [rollout] = played.house.state.rollouts("toy")
    pointers = played.house.registry.pointers("toy")
    split = played.house.router.split("toy")
    assert (pointers.champion, pointers.candidate, pointers.last_good) == (rollout.candidate, None, 1)
    assert split is not None
    assert (split.champion, split.canary) == (rollout.candidate, None)


def test_broken_windows_are_not_learned_from(played: Played) -> None:
    [rollout] = played.house.state.rollouts("toy")
    sample = played.house.registry.anchor("toy", rollout.candidate).sample
    assert max(sample["a"].to_pylist()) < 6.0


def test_nothing_is_left_undone(played: Played) -> None:
    assert played.house.state.unacknowledged() == ()
    assert played.house.state.undelivered() == {}
    assert played.house.state.given_up() == {}


def test_no_flow_failed_because_a_model_was_bad(played: Played) -> None:
    assert {state.split()[1] for state in played.states} == {"Completed", "Suspended", "Approved"}


def test_every_change_stands_in_the_audit_trail(played: Played) -> None:
    entries = Counter(e.what for e in played.house.state.audit("toy", 1_000))
    assert entries["incident opened"] == entries["incident resolved"] == 2
    assert entries["promote"] == entries["approve"] == 1
    assert entries["advance"] == 2


def test_the_console_channel_holds_what_was_told(played: Played) -> None:
    lines = (played.house.spec.folder / "alerts.jsonl").read_text().splitlines()
    changes = Counter(json.loads(line)["change"] for line in lines)
    assert changes["opened"] == changes["resolved"] == 2
