"""How others judge a canary by its counts, for many streams at once; each rule may look after every block.

Counts are cumulated arrays of shape (streams, looks): `n`, `failed` of the canary, `m`, `usual` of the champion. A rule
gives, for every stream, what it decided (-1 rolled back, 1 promoted, 0 nothing) and after how many looks.

* z, one look: the textbook's test of two shares, at the end alone; z, peeking: the same at every look.
* O'Brien-Fleming: z against c / sqrt(share of the looks), so that all looks together are as often wrong as one.
* Kayenta: the rule of `NetflixACAJudge` (MannWhitneyClassifier.scala: the confidence interval of the shift of the
  canary's values, 98 %, above a quarter of the estimated shift) on the share of failures of each block, as it is used:
  at every twentieth look over all blocks so far, and promoted if it never failed.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = ["RULES", "Counts", "decided"]

Table = npt.NDArray[np.float64]
Decided = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]

Z = 1.6449
"""One-sided, 5 %."""

CONFIDENCE_Z, FRACTION, EVERY = 2.3263, 0.25, 20
"""Of Kayenta: 98 % on both sides, the share of the estimate, looks between its judgements."""


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Records and failures by block, shapes (streams, looks)."""

    canary: Table
    canary_failed: Table
    champion: Table
    champion_failed: Table

    def first(self, streams: int) -> "Counts":
        """Those of the first streams alone."""
        sides = (self.canary, self.canary_failed, self.champion, self.champion_failed)
        return Counts(*(side[:streams] for side in sides))

    @property
    def shares(self) -> tuple[Table, Table]:
        """The share of failures of both up to every look."""
        return (
            np.cumsum(self.canary_failed, 1) / np.maximum(np.cumsum(self.canary, 1), 1),
            np.cumsum(self.champion_failed, 1) / np.maximum(np.cumsum(self.champion, 1), 1),
        )

    @property
    def harm(self) -> tuple[Table, Table]:
        """The difference of shares up to every look, and its standard error."""
        ours, theirs = self.shares
        n, m = np.maximum(np.cumsum(self.canary, 1), 1), np.maximum(np.cumsum(self.champion, 1), 1)
        variance = np.maximum(ours * (1 - ours), 1 / n) / n + np.maximum(theirs * (1 - theirs), 1 / m) / m
        return ours - theirs, np.sqrt(variance)


def decided(worse: npt.NDArray[np.bool_], no_worse: npt.NDArray[np.bool_]) -> Decided:
    """The first decision of every stream; worse comes first."""
    looks = worse.shape[1]
    bad, good = (np.where(side.any(1), side.argmax(1), looks) for side in (worse, no_worse))
    what = np.where((bad <= good) & (bad < looks), -1, np.where(good < looks, 1, 0))
    return what, np.minimum(np.minimum(bad, good) + 1, looks)


def once(counts: Counts, margin: float) -> Decided:
    """One look, at the end."""
    worse, no_worse = _beyond(counts, margin, np.full(counts.canary.shape[1], Z))
    worse[:, :-1] = no_worse[:, :-1] = False
    return decided(worse, no_worse)


def peeking(counts: Counts, margin: float) -> Decided:
    """The same test at every look but the first."""
    worse, no_worse = _beyond(counts, margin, np.full(counts.canary.shape[1], Z))
    worse[:, 0] = no_worse[:, 0] = False
    return decided(worse, no_worse)


def obrien_fleming(counts: Counts, margin: float) -> Decided:
    """A bound that is high at first, spent so that all looks together are wrong in 5 %."""
    looks = counts.canary.shape[1]
    return decided(*_beyond(counts, margin, _constant(looks) / np.sqrt(np.arange(1, looks + 1) / looks)))


def kayenta(counts: Counts, margin: float) -> Decided:
    """`NetflixACAJudge` at every twentieth look; it knows no margin."""
    del margin
    ours = counts.canary_failed / np.maximum(counts.canary, 1)
    theirs = counts.champion_failed / np.maximum(counts.champion, 1)
    looks = ours.shape[1]
    failed = [_first_failed(a, b) for a, b in zip(ours, theirs, strict=True)]
    return np.array([1 if look is None else -1 for look in failed]), np.array([look or looks for look in failed])


def _beyond(counts: Counts, margin: float, bound: Table) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    harm, error = counts.harm
    return harm / error > bound, (harm - margin) / error < -bound


@cache
def _constant(looks: int) -> float:
    """What a Brownian motion over that many looks exceeds in 5 % of its paths."""
    draw = np.random.default_rng(0)
    paths = np.cumsum(draw.normal(size=(20_000, looks)), axis=1) / math.sqrt(looks)
    return float(np.quantile(paths.max(axis=1), 0.95))


def _first_failed(ours: Table, theirs: Table) -> int | None:
    for look in range(EVERY, ours.size + 1, EVERY):
        if _is_high(ours[:look], theirs[:look]):
            return look
    return None


def _is_high(ours: Table, theirs: Table) -> bool:
    """Whether the Mann-Whitney interval of the shift lies above a quarter of its estimate (Hodges-Lehmann)."""
    n = ours.size
    shifts = np.sort(np.subtract.outer(ours, theirs).ravel())
    half = CONFIDENCE_Z * math.sqrt(n * n * (2 * n + 1) / 12)
    lowest = shifts[max(0, math.floor(n * n / 2 - half))]
    return bool(lowest > FRACTION * abs(float(np.median(shifts))))


RULES: dict[str, Callable[[Counts, float], Decided]] = {
    "z, one look": once,
    "z, peeking": peeking,
    "O'Brien-Fleming": obrien_fleming,
    "Kayenta": kayenta,
}
