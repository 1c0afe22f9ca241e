"""One sentence that a tired person can read at 3 a.m."""

import math
from dataclasses import replace

from watchkeeper.domain.judgements import ERRORS, LATENCY, Criterion, Outcome, Reading, Role

__all__ = ["amount", "sentence_of", "silence_of"]


def silence_of(criterion: Criterion) -> str:
    """Why there is nothing to be said."""
    what = "labelled records" if criterion.labelled else "records"
    name = "" if criterion.name == "loss" else f" with {criterion.name}"
    return f"No block has {what} of both versions{name} yet."


def sentence_of(reading: Reading, least_blocks: int, *, lost: bool) -> Reading:
    """The reading with its sentence.

    Args:
        lost: whether labels of the canary's records are missing more often than the champion's.
    """
    why = _why(reading, least_blocks, lost=lost)
    harm = amount(reading.criterion, reading.harm)
    over = f"over {reading.blocks} {'block' if reading.blocks == 1 else 'blocks'} and {_records(reading)}"
    told = f"{reading.outcome.capitalize()}: {why}; {reading.criterion.name} {harm} against the champion's {over}."
    return replace(reading, sentence=told)


def amount(criterion: Criterion, harm: float) -> str:
    """A difference of the criterion with its sign, in its unit."""
    if not math.isfinite(harm):
        return "unknown"
    if criterion.name == ERRORS:
        return f"{harm:+.2%} of requests"
    return f"{harm:+.1%}" if criterion.name == LATENCY else f"{harm:+.4f}"


def _why(reading: Reading, least_blocks: int, *, lost: bool) -> str:
    if reading.outcome is Outcome.WORSE:
        beyond = f" by more than {_margin(reading)}" if reading.criterion.role is Role.GUARD else ""
        return f"e-value {reading.e_worse:.3g} of {reading.needed_worse:.0f}{beyond}"
    if lost:
        return "labels of the canary's records are missing more often than the champion's"
    if reading.outcome is Outcome.NO_WORSE:
        return f"e-value {reading.e_no_worse:.3g} of {reading.needed_no_worse:.0f} against a harm of {_margin(reading)}"
    if reading.blocks < least_blocks:
        return f"{reading.blocks} of {least_blocks} blocks"
    return f"e-value {reading.e_no_worse:.3g} of {reading.needed_no_worse:.0f} against a harm of {_margin(reading)}"


def _margin(reading: Reading) -> str:
    return f"{reading.criterion.margin:.3g}"


def _records(reading: Reading) -> str:
    told = [f"{reading.records:,} canary records"] if reading.records or not reading.pairs else []
    return " and ".join([*told, *([f"{reading.pairs:,} pairs of the shadow"] if reading.pairs else [])])
