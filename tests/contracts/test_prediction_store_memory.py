"""A window may be larger than memory: it is read and counted in pieces."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contracts.large_window import DAYS, FEW, NUMBERS, ROWS

MOST_MB = 64.0


def child(*arguments: str) -> str:
    command = [sys.executable, "-m", "tests.contracts.large_window", *arguments]
    return subprocess.run(command, cwd=Path(__file__).parents[2], check=True, capture_output=True, text=True).stdout


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux lets a peak of memory begin anew")
def test_memory_does_not_grow_with_the_window(tmp_path: Path) -> None:
    child(str(tmp_path), "write")
    (few, small), (many, large) = json.loads(child(str(tmp_path), "read"))
    assert (few, many) == (FEW * ROWS, DAYS * ROWS)
    assert many * NUMBERS * 8 / 2**20 > MOST_MB
    assert large < MOST_MB
    assert large < 1.5 * small
