"""Labels that have not come: whether the canary's are missing more often than the champion's."""

import numpy as np

from watchkeeper.judge import betting
from watchkeeper.judge.evidence import Block, Evidence, Pairs
from watchkeeper.window import Floats

__all__ = ["labels_lost"]

ALLOWED = 0.02
"""So many more of the canary's due labels may be missing, as a share, before its loss is mistrusted."""


def labels_lost(evidence: Evidence) -> float:
    """Log evidence, at its highest so far, that labels of the canary's records are lost more often.

    A version whose bad answers get no label looks good by the labels that come.
    """
    entries: list[Block | Pairs] = [*evidence.blocks, *evidence.pairs]
    told = betting.worse([_missing(entry) for entry in entries], ALLOWED)
    return float(told.max(initial=0.0))


def _missing(entry: Block | Pairs) -> Block:
    """1 for every record whose label is due and has not come, 0 for the others."""
    canary, champion = entry.unlabelled
    return Block(_ones(entry.canary.size, canary), _ones(entry.champion.size, champion))


def _ones(known: int, missing: int) -> Floats:
    return np.repeat([0.0, 1.0], [known, missing])
