"""Canary against champion: no worse, worse, undecided or unknown; valid however often one looks.

judgement = judge([Evidence(Criterion("loss", 0.01, labelled=True), blocks)], plan)
judgement.outcome, judgement.sentence, judgement.readings
"""

from watchkeeper.judge.evidence import Block, Evidence, Pairs
from watchkeeper.judge.judging import (
    LEAST_BLOCKS,
    confidence_sequence,
    judge,
    log_losses,
    log_t_mixture,
    losses_of,
    row_guardrail,
    scaled_errors,
)

__all__ = [
    "LEAST_BLOCKS",
    "Block",
    "Evidence",
    "Pairs",
    "confidence_sequence",
    "judge",
    "log_losses",
    "log_t_mixture",
    "losses_of",
    "row_guardrail",
    "scaled_errors",
]
