"""Keeping records in order."""

from datetime import datetime

from tasks.house import the_house
from tasks.kind import computing, outside
from tasks.watching import EVERY
from watchkeeper.story import keeping
from watchkeeper.story.keeping import Kept

__all__ = ["keep_in_order", "models_kept"]


@computing()
def models_kept(model: str) -> list[str]:
    """The models whose records to put in order: the one named, or every one whose spec can be read."""
    house = the_house()
    return [house.model(model).model] if model != EVERY else sorted(house.models)


@outside("keep {model}")
def keep_in_order(model: str, at: datetime) -> Kept:
    """Remove the rows of one model that nothing needs any more, and compact the files of its closed days."""
    return keeping.keep_in_order(the_house(), model, at)
