"""The labels that a window's performance is measured on."""

from dataclasses import replace

from watchkeeper.ports import Look
from watchkeeper.spec import ModelSpec
from watchkeeper.story.baselines import Broken
from watchkeeper.story.blocks import has_enough
from watchkeeper.story.house import House
from watchkeeper.window import Window

__all__ = ["with_enough_labels"]


def with_enough_labels(house: House, spec: ModelSpec, look: Look, window: Window, broken: Broken) -> Window:
    """The window with outcomes of as many windows before it as it takes for enough labels; as it is when none does.

    Args:
        broken: gives the windows that do not count.
    """
    fewest = spec.fewest_labels
    if has_enough(window.outcomes, fewest):
        return window
    for due in spec.labels.blocks(look.interval)[1:]:
        wider = replace(look, outcomes=due, without=broken(due))
        outcomes = house.predictions.outcomes(wider, fewest[0])
        if has_enough(outcomes, fewest):
            return replace(window, outcomes=outcomes)
    return window
