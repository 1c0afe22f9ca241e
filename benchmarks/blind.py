"""A store is taken away in mid-canary, and comes back: nothing moves, one incident is told, then it goes on.

Once it is the prediction store, once the state store. The real flows run on a real Prefect server; PagerDuty and GitHub
are stand-ins on loopback that hold clients to their contracts. A day is a window and has its look; while the store is
away there are three more, six hours apart. Labels are a day late. Each house plays until its canary is promoted, kept.
"""

import argparse
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.canary_house import DAY, FIRST, GOOD, answer, build, candidate, label
from benchmarks.machine import machine
from benchmarks.releasing import TOLD, Outside, in_house, outside, with_prefect
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.rollouts import Verb
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout

__all__ = ["main"]

ROWS = 600
DARK_DAY = 4
"""The day in which the store is away: the canary has had traffic for so long."""

DAYS = 16


def main(arguments: Sequence[str] | None = None) -> None:
    """Take either store away, and print what was done and told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.blind", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the prediction store alone")
    asked = parser.parse_args(arguments)
    stores = ["predictions"] if asked.quick else ["predictions", "state"]
    with tempfile.TemporaryDirectory(prefix="watchkeeper-blind-") as place, with_prefect(Path(place)):
        found = {store: _blinded(Path(place), store) for store in stores}
    print(json.dumps({"stores": found, "machine": machine()}))


def _blinded(place: Path, store: str) -> dict[str, object]:
    with outside(build(place / store, [GOOD], delay="1d", house=TOLD)) as there, in_house(there.file) as house:
        open_rollout(house, candidate(house, GOOD, FIRST), FIRST, who="benchmark", because="a benchmark")
        before, during = (_play(house, store, days) for days in (range(DARK_DAY), range(DARK_DAY, DARK_DAY + 1)))
        afterwards = _play(house, store, range(DARK_DAY + 1, DAYS))
        return _told(house, there, before, during, afterwards)


def _play(house: House, store: str, days: range) -> dict[str, int]:
    """Every day answered, labelled and looked at; what was done in these days, by verb."""
    from deployments.worker import Worker  # noqa: PLC0415 - Prefect reads its environment when imported

    seen = _done(house)
    with Worker(house) as worker:
        for number in days:
            day = FIRST + DAY * number
            with gone(house, store) if number == DARK_DAY else _nothing_gone():
                for quarter in (1, 2, 3) if number == DARK_DAY else ():
                    _look(worker.run, day + DAY * quarter / 4)
            answer(house, GOOD, Interval(day, day + DAY), ROWS)
            label(house, GOOD, Interval(day, day + DAY), ROWS, DAY)
            _look(worker.run, day + DAY)
            worker.work()
    return dict(_done(house) - seen)


def _look(run: Callable[..., object], at: datetime) -> None:
    from tasks.house import NOW  # noqa: PLC0415 - the same

    os.environ[NOW] = at.isoformat()
    run("promote", at=at.isoformat())


def _done(house: House) -> Counter[str]:
    return Counter(str(move.verb) for rollout in house.state.rollouts(GOOD) for move in rollout.history)


@contextmanager
def gone(house: House, store: str) -> Iterator[None]:
    """The files of a store are elsewhere while the block runs; what was made in their place meanwhile is dropped."""
    folder = house.spec.folder
    names = [p.name for p in folder.iterdir() if p.name.startswith("state" if store == "state" else "records")]
    away = folder.with_name("away")
    away.mkdir()
    for name in names:
        (folder / name).rename(away / name)
    yield
    for made in [p for p in folder.iterdir() if p.name.startswith("state") and store == "state"]:
        made.unlink()
    for name in names:
        (away / name).rename(folder / name)
    away.rmdir()


@contextmanager
def _nothing_gone() -> Iterator[None]:
    yield


def _told(
    house: House, there: Outside, before: dict[str, int], during: dict[str, int], afterwards: dict[str, int]
) -> dict[str, object]:
    blind = [i for i in house.state.incidents() if i.about]
    pages = [i for i in there.pagerduty.incidents if "blind" in i["dedup_key"]]
    last = house.state.rollouts(GOOD)[-1]
    lines = (house.spec.folder / "alerts.jsonl").read_text().splitlines()
    return {
        "advances_before": before.get(Verb.ADVANCE, 0),
        "promotions_in_the_dark": during.get(Verb.PROMOTE, 0),
        "rollbacks_in_the_dark": during.get(Verb.ROLL_BACK, 0),
        "blind_incidents": len(blind),
        "resolved": sum(not i.is_open for i in blind),
        "pages": [i["status"] for i in pages],
        "issues": [i["state"] for i in there.github.issues],
        "console_lines": sum("blind" in line for line in lines),
        "contract_violations": len(there.pagerduty.violations) + len(there.github.violations),
        "afterwards": afterwards,
        "ended": str(last.end),
    }


if __name__ == "__main__":
    main()
