"""How many of 21 planted faults the data channel finds, in a year of flights and in a second stream.

A version is trained on January and February; the ten months after it are watched by the checks that look at inputs.

* One day: each fault is planted in each clean day alone. The largest z of the day is held against the limit that two
  percent of the clean days reach, found afterwards: "drift" alone; and "channel" with the integrity checks, whose
  critical findings count on both sides of the ledger.
* Lasting: from every seventh day on a fault stays for three days. It is found when the whole policy, with its own
  limits and its own confirmation, pages within them, where it pages on none of them without the fault; pages of clean
  days without a fault are its false alarms.

Clean are days on which the weather feed was silent for at most 2 % of the records, which is one hour at one of three
airports; holidays are clean, and an alarm on them is false. `prediction_drift` is not asked, as no model answers.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.table import Table

from benchmarks.channel import INTEGRITY, day, replayer, spec_of, window_of
from benchmarks.planting import Fault, planted
from benchmarks.streams import FLIGHTS, Stream, deliveries, flights
from watchkeeper.checks import examine_all
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.profiles import Profile, profile_batches
from watchkeeper.story.replaying import Replayer
from watchkeeper.window import Baseline

__all__ = ["Figures", "main", "measure"]

BUDGET = "0.3 in 30d"
"""Below the target: three of the false pages are holidays, which no budget learned from other days expects."""

MATCHED = 0.02
"""False alarms a day at which one-day faults are compared."""

LASTS, EVERY = 3, 7
TARGETS = {"one_day": 0.55, "lasting": 0.65, "false_per_30_days": 0.5}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a day's inputs say: the largest z of each column, and whether an integrity check is critical."""

    drift: dict[str, float]
    integrity: bool

    @property
    def top(self) -> float:
        """The largest z of all columns."""
        return max(self.drift.values(), default=-np.inf)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured on one stream; shares by name of the fault.

    Attributes:
        drift, channel: found on one day at matched false alarms.
        own: found on one day at the channel's own limits.
        lasting: paged within three days.
        clean_days: on which nothing is known to be wrong.
        own_rate: share of clean days that reach the channel's own limits.
        false_per_30_days: pages of clean days without a fault.
        pages: the first words of every page without a fault, unclean days included.
    """

    drift: dict[str, float]
    channel: dict[str, float]
    own: dict[str, float]
    lasting: dict[str, float]
    clean_days: int
    own_rate: float
    false_per_30_days: float
    pages: tuple[str, ...]

    @property
    def means(self) -> dict[str, float]:
        """Mean detection over all faults."""
        shares = {"drift": self.drift, "one_day": self.channel, "own": self.own, "lasting": self.lasting}
        return {name: round(fmean(found.values()), 3) for name, found in shares.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both streams, show every fault, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    parser.add_argument("--flights", type=Path, default=FLIGHTS, help="the folder of the cached flights")
    parser.add_argument("--quick", action="store_true", help="plant lasting faults every fourth week instead of weekly")
    asked = parser.parse_args(arguments)
    progress = Console(stderr=True)
    streams = (flights(asked.flights), deliveries())
    measured = {s.name: measure(s, 4 * EVERY if asked.quick else EVERY, progress) for s in streams}
    Console(width=110).print(_shown(measured))
    first, second = (_told(found) for found in measured.values())
    met = all(first[k] >= v for k, v in TARGETS.items() if k != "false_per_30_days")
    met = met and first["false_per_30_days"] <= TARGETS["false_per_30_days"]
    print(json.dumps({**first, "target": TARGETS, "met": met, "second_stream": second}))


def measure(stream: Stream, every: int, progress: Console) -> Figures:
    """All figures of one stream.

    Args:
        every: days between the starts of lasting faults.
    """
    progress.print(f"{stream.name}: profiles ...")
    watched = _Watched(stream)
    clean = [n for n in stream.serving if stream.is_clean(n)]
    progress.print(f"{stream.name}: {len(watched.faults)} faults on each of {len(clean)} clean days ...")
    seen = watched.each_day()
    progress.print(f"{stream.name}: faults that last, from every {every}th day ...")
    plain = watched.plain()
    lasting = watched.lasting(every, plain)
    drift_limit = _matched([seen[n][""] for n in clean], integrity=False)
    limit = _matched([seen[n][""] for n in clean], integrity=True)
    rules: tuple[Callable[[int, Seen], bool], ...] = (
        lambda _, s: s.top > drift_limit,
        lambda _, s: s.integrity or s.top > limit,
        lambda n, s: s.integrity or s.top >= watched.limits[n],
    )
    names = [fault.name for fault in watched.faults]
    drift, channel, own = ({f: fmean(rule(n, seen[n][f]) for n in clean) for f in names} for rule in rules)
    false = [t for t in plain.pages if stream.is_clean((t.at - day(0).end).days)]
    return Figures(
        drift=drift,
        channel=channel,
        own=own,
        lasting=lasting,
        clean_days=len(clean),
        own_rate=fmean(rules[2](n, seen[n][""]) for n in clean),
        false_per_30_days=30 * len(false) / len(clean),
        pages=tuple(f"{t.at - day(0).length:%b %d} {t.incident.because.partition(';')[0]}" for t in plain.pages),
    )


class _Watched:
    """One stream under the data channel, with every fault's column of every day counted once."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.faults = stream, planted(stream.parts)
        self.spec = spec_of(stream.kinds, BUDGET, ignored=stream.ignored)
        self.limits: dict[int, float] = {}
        self._counted = {(n, f.name): self._faulted(n, f, i) for n in stream.serving for i, f in enumerate(self.faults)}

    def _faulted(self, number: int, fault: Fault, chance: int) -> Profile:
        """The day with the fault; only its column is counted again."""
        changed = fault.change(self.stream.days[number], np.random.default_rng([number, chance]))
        kinds = {fault.column: self.stream.kinds[fault.column]}
        column = profile_batches([pa.table({fault.column: changed})], kinds, self.stream.grids).columns
        whole = self.stream.windows[number][1]
        return replace(whole, columns={**whole.columns, **column})

    def _trained(self) -> Replayer:
        return replayer(self.spec, [self.stream.windows[n] for n in self.stream.training])

    def each_day(self) -> dict[int, dict[str, Seen]]:
        """Of every day what it says as it was, under the name "", and what it says with each fault in it."""
        replay, seen = self._trained(), {}
        for n in self.stream.serving:
            baseline = replay.baseline(day(n))
            faulted = {fault.name: self._column(n, fault, baseline) for fault in self.faults}
            step = replay.step(window_of(*self.stream.windows[n]))
            plain = _seen(step.verdict.findings)
            found = step.verdict.finding("drift:*")
            self.limits[n] = found.limit if found else np.inf
            seen[n] = {"": plain} | {name: _instead(plain, one) for name, one in faulted.items()}
        return seen

    def _column(self, number: int, fault: Fault, baseline: Baseline) -> Seen:
        """What the faulted column alone says."""
        faulted = _narrow(self._counted[number, fault.name], fault.column)
        anchor, trailing = (_narrow(p, fault.column) for p in (baseline.anchor, baseline.trailing) if p)
        narrow = replace(baseline, anchor=anchor, trailing=trailing)
        return _seen(examine_all(self.spec.asked, narrow, window_of(day(number), faulted)))

    def plain(self) -> Replayer:
        """The year without any fault."""
        replay = self._trained()
        for n in self.stream.serving:
            replay.step(window_of(*self.stream.windows[n]))
        return replay

    def lasting(self, every: int, plain: Replayer) -> dict[str, float]:
        """Of each fault how often it pages within three days, none of which pages without it."""
        paging = {(page.at - day(0).end).days for page in plain.pages}
        replay, paged = self._trained(), {fault.name: [] for fault in self.faults}
        for n in self.stream.serving:
            days = range(n, n + LASTS)
            usable = all(d in self.stream.serving and self.stream.is_clean(d) and d not in paging for d in days)
            if (n - self.stream.serving.start) % every == 0 and usable and not _is_open(replay):
                for fault in self.faults:
                    paged[fault.name].append(self._pages(replay.fork(), fault, days))
            replay.step(window_of(*self.stream.windows[n]))
        return {name: fmean(found) for name, found in paged.items()}

    def _pages(self, replay: Replayer, fault: Fault, days: range) -> bool:
        steps = (replay.step(window_of(day(n), self._counted[n, fault.name])) for n in days)
        return any(step.developed.paged for step in steps)


def _narrow(profile: Profile, column: str) -> Profile:
    return Profile(profile.rows, {column: profile.columns[column]}, profile.absent)


def _seen(findings: Sequence[Finding]) -> Seen:
    drift = {f.subject: f.value for f in findings if f.check == "drift" and f.subject != "*" and np.isfinite(f.value)}
    return Seen(drift, any(f.check in INTEGRITY and f.level is Level.CRITICAL for f in findings))


def _instead(plain: Seen, column: Seen) -> Seen:
    return Seen({**plain.drift, **column.drift}, plain.integrity or column.integrity)


def _is_open(replay: Replayer) -> bool:
    return bool(replay.incidents) and replay.incidents[-1].is_open


def _matched(days: Sequence[Seen], *, integrity: bool) -> float:
    """The limit beyond which so many days lie that at most two percent alarm, those of integrity checks among them."""
    allowed = int(MATCHED * len(days))
    if integrity:
        allowed -= sum(d.integrity for d in days)
        days = [d for d in days if not d.integrity]
    return sorted((d.top for d in days), reverse=True)[allowed] if allowed >= 0 else np.inf


def _told(found: Figures) -> dict[str, object]:
    return {
        **found.means,
        "false_per_30_days": round(found.false_per_30_days, 3),
        "clean_days": found.clean_days,
        "own_rate": round(found.own_rate, 4),
        "pages": found.pages,
        "by_fault": {
            name: [round(d[name], 2) for d in (found.drift, found.channel, found.lasting)] for name in found.own
        },
    }


def _shown(measured: dict[str, Figures]) -> Table:
    table = Table(title="Planted faults found: on one day by drift alone and by the whole channel; paged within 3 days")
    table.add_column("fault")
    for name in measured:
        for what in ("drift", "one day", "3 days"):
            table.add_column(f"{name}\n{what}", justify="right")
    for fault in next(iter(measured.values())).own:
        shares = [(f.drift[fault], f.channel[fault], f.lasting[fault]) for f in measured.values()]
        table.add_row(fault, *(f"{share:.2f}" for three in shares for share in three))
    means = [(f.means["drift"], f.means["one_day"], f.means["lasting"]) for f in measured.values()]
    table.add_row("mean", *(f"{share:.2f}" for three in means for share in three), style="bold")
    told = (f"{name}: {f.false_per_30_days:.2f} false pages in 30 days" for name, f in measured.items())
    table.caption = "; ".join(told)
    return table


if __name__ == "__main__":
    main()
