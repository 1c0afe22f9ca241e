"""A fresh process that logs with one contender: `python -m benchmarks.logger_worker NAME RECORDS RATE SECONDS`.

Prints nanoseconds of its calls and microseconds of processor a record, its children and threads included. The first
thousand calls count for nothing: they load what is loaded once.
"""

import json
import os
import random
import sys
import time

from benchmarks.logging_contenders import Log, Row, opened

FEATURES = tuple(f"n{i:02d}" for i in range(16)), tuple(f"c{i}" for i in range(4))
ROWS, LEVELS, WARM, BURST = 2_000, 20, 1_000, 1_000


def rows() -> list[Row]:
    """Records of 16 numbers and 4 texts."""
    draw = random.Random(1)  # noqa: S311 - traffic
    numbers, texts = FEATURES
    return [
        {name: draw.gauss(0, 1) for name in numbers} | {name: f"level {draw.randrange(LEVELS)}" for name in texts}
        for _ in range(ROWS)
    ]


def calls(log: Log, asked: list[Row], records: int, rate: float, longest: float) -> list[int]:
    """Nanoseconds of every call, offered in small bursts at a rate, for so many seconds at most."""
    clock, spent, began = time.perf_counter_ns, [], time.perf_counter()
    for n in range(records):
        row, name = asked[n % ROWS], f"request-{n:09d}"
        before = clock()
        log(name, row, 0.5)
        spent.append(clock() - before)
        if n % BURST == BURST - 1:
            passed = time.perf_counter() - began
            time.sleep(max(0.0, n / rate - passed))
            if passed > longest:
                break
    return spent


def processor() -> float:
    """Seconds of processor of this process and of children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measure(name: str, records: int, rate: float, longest: float) -> dict[str, float]:
    """What a call and a record cost."""
    asked = rows()
    with opened(name) as log:
        calls(log, asked, WARM, rate, longest)
        time.sleep(11 if name == "watchkeeper" else 1)  # until what waits is written, and what is loaded once is there
        before = processor()
        spent = sorted(calls(log, asked, records, rate, longest))
    used = processor() - before
    return {
        "records": len(spent),
        "p50_ns": spent[len(spent) // 2],
        "p99_ns": spent[int(len(spent) * 0.99)],
        "p999_ns": spent[int(len(spent) * 0.999)],
        "cpu_us": used / len(spent) * 1e6,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))))
