"""How many false pages people are willing to get."""

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["Budget"]


@dataclass(frozen=True, slots=True)
class Budget:
    """So many pages in so much time when nothing is wrong; the calibrated checks of a model share it."""

    pages: float = 1.0
    over: timedelta = timedelta(days=30)

    def __post_init__(self) -> None:
        if not (self.pages > 0 and self.over > timedelta(0)):
            raise ValueError(f"a budget is some pages in some time, not {self.pages} in {self.over}")

    def per_window(self, length: timedelta) -> float:
        """Expected false pages in one window of this length; at most one in ten, which is as often as one can look."""
        return min(self.pages * (length / self.over), 0.1)

    def __str__(self) -> str:
        days, seconds = divmod(self.over.total_seconds(), 86_400)
        return f"{self.pages:g} in {days:.0f}d" if not seconds else f"{self.pages:g} in {self.over}"
