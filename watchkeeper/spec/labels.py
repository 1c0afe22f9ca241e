"""When the truth is known, and over how much of it performance is measured."""

from datetime import timedelta

from watchkeeper.domain.intervals import Interval
from watchkeeper.spec.words import Duration, Length, Strict

__all__ = ["LabelSpec"]

WIDEST = timedelta(days=28)
"""Labels older than the trailing baseline say nothing of now."""

MOST_WINDOWS = 1_440
"""As many minutes as a day has: no look reads more windows than this."""


class LabelSpec(Strict):
    """When the truth is known: `delay` after the prediction.

    Performance is measured over `over`; without it over one window, and over more of them where one has too few labels.
    """

    delay: Duration = timedelta(0)
    over: Length | None = None

    def blocks(self, window: Interval) -> tuple[Interval, ...]:
        """The intervals whose labels are due by the end of a window, each twice as long as the one before it.

        Performance is measured over the first that has enough labels. There is one alone where `over` says how long it
        is.
        """
        end, every = window.end - self.delay, window.length
        longest = max(min(WIDEST // every, MOST_WINDOWS), 1)
        doublings = [2**n for n in range(longest.bit_length()) if 2**n < longest]
        lengths = [self.over] if self.over else [every * n for n in (*doublings, longest)]
        return tuple(Interval(end - length, end) for length in lengths)
