"""A fresh process that looks at windows: `python -m benchmarks.looking FOLDER WINDOWS` prints what that cost."""

import json
import sys
import time
from pathlib import Path

from benchmarks.houses import MODEL, house_in, window_of
from benchmarks.memory import forget_peak, peak_mb
from watchkeeper.story.watching import look

__all__ = ["measure"]


def measure(folder: Path, windows: int) -> dict[str, object]:
    """Seconds of every look, and by how many MB memory grew beyond what it was before the first."""
    house = house_in(folder)
    spec = house.model(MODEL)
    seconds, levels, before = [], [], forget_peak()
    for number in range(windows):
        began = time.perf_counter()
        verdict = look(house, spec, window_of(number))
        seconds.append(time.perf_counter() - began)
        levels.append(verdict.level.name)
    return {"seconds": seconds, "peak_mb": peak_mb() - before, "findings": len(verdict.findings), "levels": levels}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
