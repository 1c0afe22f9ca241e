"""Other projects to be measured beside, each in an environment of its own, since no two of them agree on numpy."""

import os
import subprocess
import sys
import venv
from pathlib import Path

__all__ = ["environment_of"]

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
ENVIRONMENTS = PROJECT / ".venv-peers"


def environment_of(peer: str) -> Path:
    """The Python of a peer's environment, made from `benchmarks/peers/<peer>.txt` when it is not there yet.

    Raises:
        FileNotFoundError: there is no such list of packages.
        subprocess.CalledProcessError: the packages cannot be installed.
    """
    wanted = (HERE / f"{peer}.txt").read_text(encoding="utf-8")
    folder = ENVIRONMENTS / peer
    python, done = folder / "bin" / "python", folder / ".installed"
    if not (done.exists() and done.read_text(encoding="utf-8") == wanted):
        print(f"Installing {peer} beside the project, once ...", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        quiet = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        command = [str(python), "-m", "pip", "install", "--quiet", "-r", str(HERE / f"{peer}.txt")]
        subprocess.run(command, check=True, env=quiet)
        done.write_text(wanted, encoding="utf-8")
    return python
