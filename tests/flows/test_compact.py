"""The night's housekeeping as a run."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests import toy
from watchkeeper.story.house import House

pytestmark = pytest.mark.usefixtures("prefect_api")


def test_a_run_puts_every_model_in_order_and_says_what_it_did(house: Callable[..., House]) -> None:
    from flows.compact import compact  # noqa: PLC0415 - Prefect reads its environment when imported
    from watchkeeper.story.retraining import start_model  # noqa: PLC0415 - scikit-learn takes a second to import

    opened = house(("toy", "other"))
    start_model(opened, "toy", toy.FIRST)
    for part in range(2):
        toy.serve(opened, "toy", toy.traffic(toy.FIRST, 20).slice(10 * part, 10))
    state = compact(at=toy.FIRST + timedelta(days=3), return_state=True)
    assert state.is_completed()
    assert state.name == "Completed"
    assert "toy: 4 files became 2 (40 rows" in str(state.message)
    assert "other: Nothing to compact." in str(state.message)
    assert [beat.detail for beat in opened.state.heartbeats() if beat.name == "compact"] == [
        "2 models put in order, 0 could not be"
    ]
