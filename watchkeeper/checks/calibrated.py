"""What checks have in common whose limit follows from history and from the budget of false alarms."""

from dataclasses import dataclass

from watchkeeper.checks.base import Check

__all__ = ["Calibrated"]


@dataclass(frozen=True, kw_only=True)
class Calibrated(Check, asks=False):
    """Speaks when a window is so unusual among earlier ones that it would be so by chance only as often as is allowed.

    Attributes:
        critical: a fixed limit on the check's own value, for who has a business requirement; None calibrates.
        false_alarms: expected false pages a window that this check may cause, over all its subjects together; a spec
            gives every calibrated check its share of the model's budget.
    """

    critical: float | None = None
    false_alarms: float = 1 / 150

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.false_alarms < 1:
            raise ValueError(f"false_alarms is the chance of a false page a window, not {self.false_alarms}")
