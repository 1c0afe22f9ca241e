"""After a promotion: the old champion keeps a holdout, and answers again when the new version is shown worse."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests import toy
from tests.story.test_releasing import second
from watchkeeper.domain.actions import Action
from watchkeeper.domain.judgements import Outcome
from watchkeeper.domain.rollouts import Rollout, RolloutEnd, Verb
from watchkeeper.domain.traffic import assigned
from watchkeeper.domain.versions import Pointers
from watchkeeper.errors import Conflict
from watchkeeper.story.house import House
from watchkeeper.story.judging import judge_canary
from watchkeeper.story.releasing import act, advance, needs_a_look, open_rollout, roll_back
from watchkeeper.wiring import open_house

AT = toy.FIRST
SOAKED = toy.SPEC.replace('approvals = ["canary"]', "approvals = []").replace(
    'soak = { lasts = "0d" }',
    'soak = { lasts = "2d", holdout = 0.2, shadow = 0.5 }\nshadow = { lasts = "1d", records = 50 }',
)


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., House]:
    def build(**changes: str) -> House:
        spec = SOAKED
        for old, new in changes.values():
            spec = spec.replace(old, new)
        return open_house(toy.build(tmp_path, spec=spec))

    return build


def look(house: House, day: float) -> Rollout:
    found = advance(house, "toy", AT + toy.DAY * day)
    assert found is not None
    return found.rollout


def promoted(house: House) -> Rollout:
    """A rollout that soaks from the fourth day on; what was seen before is not what this is about."""
    rollout = open_rollout(house, second(house), AT, who="sam", because="a test")
    seen = judge_canary(house, rollout, AT)
    for number, verb in enumerate((Verb.SHADOW, Verb.ADVANCE, Verb.ADVANCE, Verb.PROMOTE)):
        rollout = act(house, rollout, seen, Action(verb, "a test"), AT + toy.DAY * number)
    return rollout


def answer(house: House, day: int, *, worse: bool = False) -> None:
    """A day of requests; the new version may be wrong about every one."""
    requests, split = toy.traffic(AT + toy.DAY * day, 1_000), house.router.split("toy")
    assert split is not None
    versions = np.array([assigned(key, split) for key in requests["_key"].to_pylist()])
    labels = requests["_label"].to_numpy()
    answers = np.where((versions == 2) & worse, 0.95 - 0.9 * labels, 0.3 + 0.4 * labels)
    logged = requests.drop_columns(["_label"]).append_column("_version", pa.array(versions))
    logged = logged.append_column("_prediction", pa.array(answers))
    house.predictions.append("toy", logged.append_column("_latency_ms", pa.array(np.ones(len(answers)))))
    known = pa.array([at + toy.DAY for at in requests["_at"].to_pylist()], pa.timestamp("us", "UTC"))
    house.predictions.append_labels(
        "toy", pa.table({"_id": requests["_id"], "_label": requests["_label"], "_at": known})
    )


def test_a_shadow_comes_before_the_first_step_and_nobody_gets_its_answers(opened: Callable[..., House]) -> None:
    house = opened()
    open_rollout(house, second(house), AT, who="sam", because="a test")
    rollout = look(house, 0)
    split = house.router.split("toy")
    assert split is not None
    assert rollout.is_shadowing
    assert (split.canary, split.share, split.shadow, split.shadow_share) == (None, 0.0, 2, 1.0)
    assert {assigned(str(n), split) for n in range(50)} == {1}


def test_a_promotion_leaves_the_old_champion_its_holdout_with_its_own_keys(opened: Callable[..., House]) -> None:
    house = opened()
    keys = [str(n) for n in range(2_000)]
    rollout = promoted(house)
    split = house.router.split("toy")
    assert split is not None
    assert (rollout.is_soaking, rollout.share, rollout.is_open) == (True, 0.8, True)
    assert house.registry.pointers("toy") == Pointers(champion=2, candidate=None, last_good=1)
    held = [key for key in keys if assigned(key, split) == 1]
    assert len(held) == pytest.approx(400, abs=80)
    assert (split.champion, split.shadow, split.shadow_share) == (1, 1, 0.5)


def test_a_promoted_version_that_is_no_worse_is_kept_when_its_labels_have_come(opened: Callable[..., House]) -> None:
    house = opened()
    promoted(house)
    for day in range(3, 6):
        answer(house, day)
        rollout = look(house, day + 1)
    assert [m.verb for m in rollout.history][-2:] == [Verb.PROMOTE, Verb.KEEP]
    split = house.router.split("toy")
    assert split is not None
    assert (split.champion, split.canary, split.shadow) == (2, None, None)
    assert house.state.rollouts("toy")[-1].end is RolloutEnd.PROMOTED


def test_a_promoted_version_that_is_shown_worse_is_rolled_back_to_the_old_champion(
    opened: Callable[..., House],
) -> None:
    house = opened()
    promoted(house)
    for day in range(3, 5):
        answer(house, day, worse=True)
        rollout = look(house, day + 1)
    assert rollout.end is RolloutEnd.ROLLED_BACK
    split = house.router.split("toy")
    assert split is not None
    assert (split.champion, split.canary) == (1, None)
    assert house.registry.pointers("toy") == Pointers(champion=1, candidate=None, last_good=1)


def test_a_person_may_break_a_soak_off(opened: Callable[..., House]) -> None:
    house = opened()
    promoted(house)
    roll_back(house, "toy", AT + toy.DAY * 4, who="dana", because="I do not like it")
    assert house.registry.pointers("toy").champion == 1


def test_a_newer_candidate_waits_and_is_let_in_when_the_rollout_is_over(opened: Callable[..., House]) -> None:
    house = opened()
    version = second(house)
    first = open_rollout(house, house.registry.version("toy", 1), AT, who="sam", because="a test")
    waits = open_rollout(house, version, AT + toy.DAY, who="ada", because="newer")
    assert (waits.id, waits.waiting) == (first.id, 2)
    with pytest.raises(Conflict, match="under way already"):
        open_rollout(house, house.registry.version("toy", 1), AT + toy.DAY, who="ada", because="again")
    roll_back(house, "toy", AT + toy.DAY, who="dana", because="make way")
    assert needs_a_look(house, "toy")
    assert advance(house, "toy", AT + 2 * toy.DAY) is None
    assert [(r.candidate, r.is_open) for r in house.state.rollouts("toy")] == [(1, False), (2, True)]


def test_a_newer_candidate_supersedes_where_the_spec_says_so(opened: Callable[..., House]) -> None:
    house = opened(newer=("deadline =", 'newer = "supersedes"\ndeadline ='))
    version = second(house)
    open_rollout(house, house.registry.version("toy", 1), AT, who="sam", because="a test")
    second_rollout = open_rollout(house, version, AT + toy.DAY, who="ada", because="newer")
    assert second_rollout.candidate == 2
    (first, last) = house.state.rollouts("toy")
    assert (first.end, first.because) == (RolloutEnd.ROLLED_BACK, "toy v2 takes its place.")
    assert last.is_open


def test_a_soak_is_waited_for_even_by_what_supersedes(opened: Callable[..., House]) -> None:
    house = opened(newer=("deadline =", 'newer = "supersedes"\ndeadline ='))
    promoted(house)
    waits = open_rollout(house, house.registry.version("toy", 1), AT + toy.DAY * 4, who="ada", because="newer")
    assert (waits.is_soaking, waits.waiting) == (True, 1)


def test_what_a_kill_left_undone_after_the_record_is_done_at_the_next_look(opened: Callable[..., House]) -> None:
    house = opened()
    rollout = promoted(house)
    before = house.router.split("toy")
    judgement = judge_canary(house, rollout, AT)
    act(house, rollout, judgement, Action(Verb.KEEP, "a test"), AT + toy.DAY * 9)
    assert before is not None
    house.router.set_split("toy", before)  # what a process killed between record and traffic leaves behind
    assert needs_a_look(house, "toy")
    assert advance(house, "toy", AT + toy.DAY * 10) is None
    after = house.router.split("toy")
    assert after is not None
    assert (after.champion, after.canary) == (2, None)
    assert not needs_a_look(house, "toy")


def test_who_comes_second_gives_nobody_traffic(opened: Callable[..., House]) -> None:
    house = opened()
    rollout = open_rollout(house, second(house), AT, who="sam", because="a test")
    judgement = judge_canary(house, rollout, AT)
    roll_back(house, "toy", AT, who="dana", because="faster")
    with pytest.raises(Conflict):
        act(house, rollout, judgement, Action(Verb.ADVANCE, "slower"), AT)
    split = house.router.split("toy")
    assert split is not None
    assert split.canary is None
    assert judgement.outcome is Outcome.UNKNOWN
