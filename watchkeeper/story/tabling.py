"""A backtest in tables and sentences, for a terminal as for a page."""

from collections.abc import Sequence
from datetime import datetime, time
from statistics import median

from watchkeeper.domain.incidents import Incident
from watchkeeper.faults import FAULTS
from watchkeeper.pictures import Rows
from watchkeeper.story.backtesting import Backtest, Track
from watchkeeper.story.trying import Try, lasting

__all__ = ["differences", "incidents_of", "moment", "notes", "planted_of", "summary_of"]

TOLD_MARKS = 3
"""So many findings of an incident are named."""


def summary_of(seen: Backtest) -> Rows:
    """One row a track: how much it paged, and how much of that was for nothing."""
    head = ("who looked", "windows", "incidents", "pages", "in 30 days", "false pages", "false in 30 days")
    rows = []
    for track in seen.tracks:
        windows, incidents = len(track.levels), len(track.incidents)
        counts = [
            cell for n in (track.pages, track.false_pages) for cell in (f"{len(n)}", f"{seen.per_month(len(n)):.2f}")
        ]
        rows.append((track.name, f"{windows:,}", f"{incidents}", *counts))
    return Rows(head, rows, head[1:])


def incidents_of(seen: Backtest) -> Rows:
    """One row an incident and track."""
    head = ("who looked", "since", "paged", "resolved", "level", "cause", "findings")
    rows = [(track.name, *_incident(track, i)) for track in seen.tracks for i in track.incidents]
    return Rows(head, rows)


def _incident(track: Track, incident: Incident) -> tuple[str, ...]:
    paged = next((moment(p.at) for p in track.pages if p.incident.key == incident.key), "-")
    resolved = moment(incident.resolved) if incident.resolved else "open"
    level, cause = str(incident.level), str(incident.cause)
    return moment(incident.since), paged, resolved, level, cause, _marks(incident.marks)


def _marks(marks: Sequence[str]) -> str:
    more = f" and {len(marks) - TOLD_MARKS} more" if len(marks) > TOLD_MARKS else ""
    return ", ".join(marks[:TOLD_MARKS]) + more


def differences(seen: Backtest) -> list[str]:
    """What the last track pages for and the one before does not, and the other way round, a sentence each."""
    before, after = seen.last_two
    lost = [f"only {before.name}: {_when(i)}, {i.cause} ({_marks(i.marks)})" for i in seen.only_before]
    new = [f"only {after.name}: {_when(i)}, {i.cause} ({_marks(i.marks)})" for i in seen.only_after]
    return [*lost, *new] or [f"{after.name} pages for the same as {before.name}."]


def _when(incident: Incident) -> str:
    return f"since {moment(incident.since)}"


def moment(at: datetime) -> str:
    """A day, and the time of it where that is not midnight, in UTC."""
    return f"{at:%Y-%m-%d}" if at.time() == time() else f"{at:%Y-%m-%d %H:%M}"


def planted_of(seen: Backtest, *, explained: bool = False) -> Rows:
    """One row a fault: how often and how soon each spec paged, what it paged for.

    Args:
        explained: with what happens, where there is room for it.
    """
    looked = [track.name for track in seen.tracks[1:]]
    rows = []
    for fault in dict.fromkeys(t.fault for t in seen.tries):
        tries = [t for t in seen.tries if t.fault == fault]
        caught = [_caught([t for t in tries if t.looked == name]) for name in looked]
        told = [t for t in tries if t.looked == looked[-1] and t.cause]
        causes = dict.fromkeys(str(t.cause) for t in told)
        kinds = dict.fromkeys(mark.partition(":")[0] for t in told for mark in t.marks)
        name = f"{fault}: {FAULTS[fault].what}" if explained else fault
        rows.append((name, *caught, ", ".join(causes) or "-", ", ".join(kinds) or "-"))
    return Rows(("planted fault", *looked, "cause given", "seen by"), rows, looked)


def _caught(tries: Sequence[Try]) -> str:
    """How often somebody was paged, and in which window of the fault."""
    caught = [t.paged for t in tries if t.paged is not None]
    after = f", window {median(caught):g}" if caught else ""
    return f"{len(caught)} of {len(tries)}{after}"


def notes(seen: Backtest) -> list[str]:
    """What whoever reads the tables must know."""
    said = ["A page is false when no incident explains it that production paged for and nobody called a false alarm."]
    if seen.rows_gone:
        said.append(
            f"Of {seen.rows_gone} windows only the profile is left: what needs records or labels is UNKNOWN there."
        )
    if seen.tries:
        clean = f"{seen.room} clean stretch{'es' if seen.room > 1 else ''} of up to {lasting(seen.spec)} windows"
        said.append(
            f"Faults were planted into copies of {clean}, each time in another column; the champion of that time "
            "answered the broken features."
        )
    return said
