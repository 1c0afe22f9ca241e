"""How calibrated checks share a model's budget of false pages."""

from collections.abc import Mapping

from watchkeeper.checks.calibrated import Calibrated
from watchkeeper.domain.findings import Family

__all__ = ["shares"]


def shares(checks: Mapping[str, Calibrated], columns: int) -> dict[str, float]:
    """The part of the budget that each check gets; together they are 1.

    What needs no label (drift) gets one half, what needs labels or is asked by the business the other; where only one
    of them asks, it gets all. Within drift every question gets the same: that about the answers as much as that about
    one input, so that the model's one answer does not page at a trifle that any of its many inputs is forgiven.

    Args:
        checks: that share, by kind.
        columns: of the model.
    """
    weights = {k: columns if c.of_every_column else 1 for k, c in checks.items()}
    halves = [[k for k, c in checks.items() if (c.family is Family.DRIFT) == drifts] for drifts in (True, False)]
    asking = [half for half in halves if half]
    return {k: weights[k] / sum(weights[other] for other in half) / len(asking) for half in asking for k in half}
