"""A process that scores windows as it is told: `python -m benchmarks.drift_worker MODULE CLASS`, a line of JSON a turn.

`{"reference": path, "window": path}` reads and prepares two frames; `{}` scores the window once cold and once warm and
answers with the seconds. Whatever a contender prints goes to nobody, so that answers stay readable.
"""

import gc
import importlib
import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.drift_frames import frame_of

__all__ = ["main"]


def main(module: str, name: str) -> None:
    """Answer until standard input ends."""
    warnings.simplefilter("ignore")
    with os.fdopen(os.dup(1), "w") as answers:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        contender = getattr(importlib.import_module(f"benchmarks.contenders.{module}"), name)()
        frames: dict[str, Any] = {}
        for line in sys.stdin:
            paths = json.loads(line)
            if paths:
                frames.clear()
                gc.collect()
                frames |= {side: contender.prepare(frame_of(Path(path))) for side, path in paths.items()}
            print(json.dumps({} if paths else _timed(contender, **frames)), file=answers, flush=True)


def _timed(contender: Any, reference: Any, window: Any) -> dict[str, float]:  # noqa: ANN401 - each its own types
    gc.collect()
    start = time.perf_counter()
    fitted = contender.fit(reference)
    middle = time.perf_counter()
    found = contender.score(fitted, window)
    warm = time.perf_counter() - middle
    if not found:
        raise SystemExit("the contender found nothing to score")
    return {"cold": middle - start + warm, "warm": warm}


if __name__ == "__main__":
    main(*sys.argv[1:])
