"""When the truth is known, over how much of it performance is measured, and how long rows are kept."""

from datetime import timedelta

from watchkeeper.domain.intervals import Interval
from watchkeeper.spec.words import Duration, Length, Strict

__all__ = ["LabelSpec", "RecordsSpec"]

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


class RecordsSpec(Strict):
    """How long records and labels are kept one by one; profiles are kept for ever.

    They are kept longer while something needs them: a retraining (`training.history`), an open incident or rollout, a
    window that has no profile yet.
    """

    keep: Length = timedelta(days=180)
