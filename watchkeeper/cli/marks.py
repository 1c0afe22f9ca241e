"""How levels and moments look in a terminal."""

from datetime import datetime

from watchkeeper.domain.levels import Level

__all__ = ["SIGNS", "moment"]

SIGNS = {
    Level.OK: "[green]●[/green]",
    Level.UNKNOWN: "[white]○[/white]",
    Level.WARNING: "[yellow]▲[/yellow]",
    Level.CRITICAL: "[red]■[/red]",
}


def moment(at: datetime) -> str:
    """Day and minute, in UTC."""
    return f"{at:%Y-%m-%d %H:%M}"
