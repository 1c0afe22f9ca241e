"""Which models the promote flow looks at when one of them cannot be read: it fails alone, and is not passed over."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from tasks.house import the_house
from tasks.releasing import grope, models_releasing
from tests import toy
from tests.flows.conftest import in_house
from tests.story.test_releasing import second
from watchkeeper.story.house import House
from watchkeeper.story.releasing import advance, open_rollout, roll_back
from watchkeeper.story.retraining import register, request_of, start_model

AT = toy.FIRST
FREE = toy.SPEC.replace('approvals = ["canary"]', "approvals = []")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A canary of `toy`, and a rollout of `zoo` that is over."""
    with in_house(toy.build(tmp_path, ("toy", "zoo"), FREE)) as opened:
        open_rollout(opened, second(opened), AT, who="sam", because="a test")
        advance(opened, "toy", AT)
        start_model(opened, "zoo", AT)
        request = request_of(opened, "zoo", AT, "a test").request
        version = register(opened, request, toy.train(request, pa.table({})), AT)
        open_rollout(opened, version, AT, who="sam", because="a test")
        roll_back(opened, "zoo", AT, who="dana", because="a test")
        yield opened


def test_a_model_whose_rollout_is_over_is_not_looked_at(house: House) -> None:
    assert house.state.open_rollout("zoo") is None
    assert models_releasing.fn("*") == ["toy"]


@pytest.mark.parametrize("unreadable", ["**/zoo/pointers.json", "traffic/zoo.json"])
def test_what_one_model_has_that_cannot_be_read_stops_no_other_one(house: House, unreadable: str) -> None:
    (file,) = house.spec.folder.glob(unreadable)
    file.write_text("{broken")
    assert grope.fn(AT) == ""
    assert models_releasing.fn("*") == ["toy", "zoo"]
    assert models_releasing.fn("toy") == ["toy"]


def test_a_model_whose_file_breaks_is_still_looked_at(house: House) -> None:
    file = Path(house.spec.models) / "toy.toml"
    file.write_text(file.read_text() + "\nnonsense = 1\n")
    assert "toy" in the_house().broken
    assert models_releasing.fn("*") == ["toy"]
