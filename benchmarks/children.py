"""Fresh processes, so that nothing measured before weighs on what is measured now."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["PROJECT", "last_line"]

PROJECT = Path(__file__).resolve().parent.parent


def last_line(script: str, *arguments: object, python: str | Path = sys.executable) -> str:
    """What a script of `benchmarks` says last; ends the program when the script fails."""
    command = [str(python), "-m", f"benchmarks.{script}", *map(str, arguments)]
    quiet = os.environ | {"DO_NOT_TRACK": "1", "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=quiet, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"benchmarks.{script} ended with code {done.returncode}")
    return (done.stdout.strip().splitlines() or [""])[-1]
