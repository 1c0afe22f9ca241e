"""A model that the spec refreshes is retrained by its age, with nothing wrong at all."""

from pathlib import Path

from tests import toy
from watchkeeper.domain.followups import Story
from watchkeeper.domain.intervals import window_id
from watchkeeper.story.house import House
from watchkeeper.story.retraining import start_model
from watchkeeper.story.watching import watch
from watchkeeper.wiring import open_house

AGE = 4


def asked_for(house: House, days: int) -> list[tuple[str, str]]:
    start_model(house, "toy", toy.FIRST)
    for day in range(days):
        toy.serve(house, "toy", toy.traffic(toy.FIRST + toy.DAY * day))
        watch(house, "toy", toy.FIRST + toy.DAY * (day + 1))
    return [(f.subject, f.because) for f, _ in house.state.followups("toy", Story.RETRAIN)]


def test_a_retraining_is_asked_for_when_the_last_is_old_and_not_again_while_it_runs(tmp_path: Path) -> None:
    spec = toy.SPEC.replace('cooldown = "4d"', f'cooldown = "{AGE}d"\nrefresh = "{AGE}d"')
    house = open_house(toy.build(tmp_path, spec=spec))
    due = toy.FIRST + toy.DAY * AGE
    because = "The champion has learned until 2024-03-01 00:00: that is older than the spec wants it."
    assert asked_for(house, 2 * AGE + 1) == [(window_id("toy", due), because)]
    assert house.state.incidents("toy") == ()


def test_a_spec_that_names_no_age_asks_for_nothing(tmp_path: Path) -> None:
    assert asked_for(open_house(toy.build(tmp_path)), AGE + 1) == []
