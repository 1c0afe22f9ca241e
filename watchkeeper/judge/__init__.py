"""Canary against champion: no worse, worse, undecided or unknown; valid however often one looks.

Example: `judge([Evidence(Criterion("loss", 0.01, labelled=True), blocks)], plan).sentence`
"""

from watchkeeper.judge.evidence import Block, Evidence, Pairs
from watchkeeper.judge.judging import judge
from watchkeeper.judge.losses import bounds_of, log_losses, losses_of, scaled_errors
from watchkeeper.judge.reading import LEAST_BLOCKS

__all__ = [
    "LEAST_BLOCKS",
    "Block",
    "Evidence",
    "Pairs",
    "bounds_of",
    "judge",
    "log_losses",
    "losses_of",
    "scaled_errors",
]
