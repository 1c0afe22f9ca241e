"""The command line: `watchkeeper --help` teaches it."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; an error of ours is one sentence, not a traceback."""
    try:
        from watchkeeper.cli.app import app  # noqa: PLC0415 - serving hosts have no typer
    except ModuleNotFoundError as error:
        sys.exit(f'The command line needs {error.name}: pip install "watchkeeper[flows]"')
    from watchkeeper.errors import WatchkeeperError  # noqa: PLC0415 - nothing is imported before typer is known

    try:
        app()
    except WatchkeeperError as error:
        sys.exit(f"watchkeeper: {error}")
