"""One of the processes that keep a house of `late_labels`: `python -m benchmarks.late_label_keeper NAME DAYS`.

Each waits for the others by what they have left on disk, so that any of them may be killed at any time: a day is
answered when the flows have looked at the one before, and looked at when it is answered and its labels have come.
"""

import os
import sys
import time
from collections.abc import Callable

from benchmarks.canary_house import BAD, DAY, FIRST, GOOD, answer, label
from benchmarks.late_labels import LATE, ROWS, is_done, mark_done
from watchkeeper.domain.intervals import Interval
from watchkeeper.story.house import House
from watchkeeper.wiring import house_file, open_house

__all__ = ["main"]


def main(name: str, days: int) -> None:
    """Do one's part of every day that is not done yet."""
    house = open_house(house_file())
    if name == "flows":
        _run_flows(house, days)
    elif name == "host":
        _each_day(house, "host", days, "flows", -1, lambda number: _answer(house, number))
    else:
        _each_day(house, "labels", days, "host", 0, lambda number: _label(house, number))


def _each_day(house: House, name: str, days: int, after: str, lag: int, work: Callable[[int], None]) -> None:
    """Every day in turn, once another process has done its part of it, or of the day before (`lag` -1)."""
    for number in range(days):
        while not is_done(house, after, number + lag):
            time.sleep(0.01)
        if not is_done(house, name, number):
            work(number)
            mark_done(house, name, number)


def _answer(house: House, number: int) -> None:
    for model in (GOOD, BAD):
        answer(house, model, _day(number), ROWS)


def _label(house: House, number: int) -> None:
    for model in (GOOD, BAD):
        if number >= LATE:
            label(house, model, _day(number - LATE), ROWS, DAY * LATE)


def _day(number: int) -> Interval:
    return Interval(FIRST + DAY * number, FIRST + DAY * (number + 1))


def _run_flows(house: House, days: int) -> None:
    from deployments.worker import Worker  # noqa: PLC0415 - Prefect takes seconds to import
    from tasks.house import NOW  # noqa: PLC0415 - the same

    def look(number: int) -> None:
        at = (FIRST + DAY * (number + 1)).isoformat()
        os.environ[NOW] = at
        worker.run("promote", at=at)
        worker.work()

    os.environ[NOW] = FIRST.isoformat()
    with Worker(house) as worker:
        if not is_done(house, "flows", -1):
            worker.run("promote", at=FIRST.isoformat())
            worker.work()
            mark_done(house, "flows", -1)
        _each_day(house, "flows", days, "labels", 0, look)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
