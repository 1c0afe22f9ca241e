"""What a metric will probably turn out to be, before the labels are known."""

from dataclasses import dataclass

__all__ = ["Estimate"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """The expected value of one metric.

    It assumes that the same features and answers still mean the same labels; where that has changed it is wrong, and
    nothing in it says so. So it is information, and decides nothing.

    Attributes:
        metric: as `metrics_of` calls it.
        value: what it is expected to be; NaN when nothing can be expected.
        error: the standard deviation of the metric around that, from the chance in the labels alone.
        rows: the answers that were looked at.
    """

    metric: str
    value: float
    error: float
    rows: int
