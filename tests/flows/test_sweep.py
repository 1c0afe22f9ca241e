"""One run over many models: those that are broken are named, and cost the others nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests import toy
from tests.flows.conftest import in_house
from watchkeeper.domain.intervals import window_id
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Pointers
from watchkeeper.ports import TrainingRequest
from watchkeeper.story.house import House
from watchkeeper.story.retraining import register

WELL = tuple(f"well-{number:02d}" for number in range(12))
UNREADABLE, TYPO = "unreadable", "typo"
END = toy.FIRST + toy.DAY

BATCHED = """
[tracker]
batch = 7
"""


@dataclass(frozen=True)
class Swept:
    """A house after its sweep, and how the run ended."""

    house: House
    state: str
    message: str


@pytest.fixture(scope="module")
def swept(prefect_api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    from flows.monitor import monitor  # noqa: PLC0415 - Prefect reads its environment when imported

    folder = tmp_path_factory.mktemp("sweep")
    file = toy.build(folder, (*WELL, UNREADABLE), house=toy.HOUSE.replace('"test"', '"sweep"') + BATCHED)
    (folder / "models" / f"{TYPO}.toml").write_text(toy.SPEC.replace("NAME", TYPO).replace("holdout", "houldout"))
    with in_house(file) as house:
        furnish(house)
        ended = monitor(at=END, return_state=True)
        yield Swept(house, ended.name, ended.message)


def furnish(house: House) -> None:
    """One champion for all, the same day of traffic for each, and a file where a folder should be."""
    request = TrainingRequest("first", WELL[0], toy.FIRST, "The first version.")
    trained = toy.train(request, toy.traffic(toy.FIRST, 0))
    version = register(house, request, trained, toy.FIRST)
    anchor = house.registry.anchor(WELL[0], 1)
    for name in (*WELL, UNREADABLE):
        house.registry.register(replace(version, model=name), trained.estimator, anchor, "first")
        house.registry.point(name, Pointers(champion=1), instead_of=Pointers())
        house.router.set_split(name, Split(1, None, 0.0, "first", toy.FIRST))
    for name in WELL:
        toy.serve(house, name, toy.traffic(toy.FIRST))
    (house.spec.folder / "records" / UNREADABLE).write_text("a file")


def verdicts(swept: Swept, name: str) -> tuple[Verdict, ...]:
    return swept.house.state.verdicts(name, END + toy.DAY, 9)


def test_every_model_has_its_verdict_as_if_the_broken_ones_were_not_there(swept: Swept) -> None:
    found = [verdicts(swept, name) for name in WELL]
    assert [[v.id for v in of_one] for of_one in found] == [[window_id(name, END)] for name in WELL]
    answers = [[(f.mark, f.level) for f in of_one[0].findings] for of_one in found]
    assert answers == len(WELL) * [answers[0]]
    assert {of_one[0].rows for of_one in found} == {toy.ROWS}


def test_the_run_names_the_broken_ones_with_the_reason(swept: Swept) -> None:
    assert swept.state == "Incomplete"
    summary, *broken = swept.message.splitlines()
    assert summary == "12 models judged"
    told = "\n".join(broken)
    assert "unreadable: " in told
    assert "Not a directory" in told
    assert "typo: " in told
    assert "training.houldout: there is no such word; did you mean `holdout`?" in told


def test_what_is_broken_has_no_verdict(swept: Swept) -> None:
    assert verdicts(swept, UNREADABLE) == verdicts(swept, TYPO) == ()


def test_the_sweep_left_its_heartbeat(swept: Swept) -> None:
    [beat] = [h for h in swept.house.state.heartbeats() if h.name == "monitor"]
    assert (beat.at, beat.detail) == (END, "12 judged, 2 could not be")
