"""How much memory a process has had at most."""

import contextlib
import resource
import sys
from pathlib import Path

__all__ = ["forget_peak", "peak_mb"]

STATUS, FORGET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def forget_peak() -> float:
    """Let the peak begin anew at what is in use now, where the system can (Linux); gives it, in MB."""
    with contextlib.suppress(OSError):
        FORGET.write_text("5", encoding="ascii")
    return peak_mb()


def peak_mb() -> float:
    """The most memory that was in use at once since then, in MB.

    Linux tells it as VmHWM, which is `ru_maxrss` without what a process inherits from the one that started it.
    """
    if STATUS.exists():
        lines = STATUS.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_each / 2**20
