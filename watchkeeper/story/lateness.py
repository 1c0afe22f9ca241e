"""Numbers of the business that come later than the records they belong to."""

import numpy as np

from watchkeeper.story.saying import Integers
from watchkeeper.window import Floats

__all__ = ["with_otherwise"]


def with_otherwise(values: Floats, blocks: Integers, otherwise: float | None) -> Floats:
    """Values, shape (n,), with `otherwise` for those that have not come, in every block of which some have.

    A block of which none has come tells nothing: its import may be late itself.

    Args:
        blocks: in which block each lies, shape (n,).
    """
    if otherwise is None:
        return values
    known = np.isfinite(values)
    filled: Floats = np.where(known | ~np.isin(blocks, blocks[known]), values, otherwise)
    return filled
