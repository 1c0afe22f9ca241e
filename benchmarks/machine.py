"""What a benchmark ran on."""

import os
import platform
from importlib.metadata import version

__all__ = ["machine"]

PACKAGES = ("numpy", "pyarrow", "pandas", "sqlalchemy", "evidently")


def machine() -> dict[str, str | int]:
    """Cores, Python and packages."""
    versions = {name: version(name) for name in PACKAGES}
    return {"cores": os.cpu_count() or 1, "python": platform.python_version(), **versions}
