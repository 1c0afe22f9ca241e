"""What checks measured in earlier windows, in SQL: one row a check and window, for there are hundreds in each."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, Row, Select, select

from watchkeeper.adapters._sql_codec import EPOCH, micros
from watchkeeper.adapters._sql_tables import MEASURES
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.window import History

__all__ = ["history_of", "measured_at", "put_measures"]

MOST_PARAMETERS = 30_000
"""So many values stand in one statement; SQLite takes 32,766, PostgreSQL twice as many."""

Found = defaultdict[tuple[str, str, str], list[tuple[datetime, float]]]


def put_measures(connection: Connection, verdict: Verdict, measures: Iterable[Measure]) -> None:
    """Insert what was measured in the window of a verdict."""
    together: dict[tuple[str, datetime], list[Measure]] = defaultdict(list)
    for m in measures:
        together[m.check, m.at].append(m)
    rows = [
        {
            "verdict": verdict.id,
            "model": verdict.model,
            "asked_by": check,
            "at": micros(at),
            "names": json.dumps([(m.subject, m.name) for m in measured]),
            "body": json.dumps([float(m.value) for m in measured]),
        }
        for (check, at), measured in together.items()
    ]
    if rows:
        connection.execute(MEASURES.insert(), rows)


def history_of(
    connection: Connection, model: str, within: tuple[datetime, datetime], most: Mapping[str, int | None]
) -> History:
    """The measures of each check in its newest windows within a half-open time, oldest first."""
    at, since, before = MEASURES.c.at, *map(micros, within)
    found: Found = defaultdict(list)
    for check, windows in most.items():
        newest = _of_check(model, check).where(at >= since, at < before)
        newest = newest.order_by(at.desc(), MEASURES.c.seq.desc()).limit(windows)
        _gather(found, check, reversed(connection.execute(newest).all()))
    return {key: tuple(values) for key, values in found.items()}


def measured_at(connection: Connection, model: str, moments: Collection[datetime], checks: Collection[str]) -> History:
    """The measures of each check in the windows that ended at these moments, oldest first."""
    at, ends = MEASURES.c.at, sorted(map(micros, moments))
    found: Found = defaultdict(list)
    for check in checks:
        for first in range(0, len(ends), MOST_PARAMETERS):
            some = at.in_(ends[first : first + MOST_PARAMETERS])
            these = _of_check(model, check).where(some).order_by(at, MEASURES.c.seq)
            _gather(found, check, connection.execute(these).all())
    return {key: tuple(values) for key, values in found.items()}


def _of_check(model: str, check: str) -> Select[tuple[int, str, str]]:
    columns = select(MEASURES.c.at, MEASURES.c.names, MEASURES.c.body)
    return columns.where(MEASURES.c.model == model, MEASURES.c.asked_by == check)


def _gather(found: Found, check: str, rows: Iterable[Row[tuple[int, str, str]]]) -> None:
    """Add the measures of one check's windows, which come oldest first."""
    series, known = [], ""
    for ended, names, body in rows:
        if names != known:  # they hardly ever change, and reading them takes longest
            series, known = [found[check, subject, name] for subject, name in json.loads(names)], names
        moment = EPOCH + timedelta(microseconds=ended)
        for values, value in zip(series, json.loads(body), strict=True):
            values.append((moment, value))
