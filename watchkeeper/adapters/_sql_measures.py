"""What checks measured in earlier windows, in SQL: one row a check and window, for there are hundreds in each."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from watchkeeper.adapters._sql_codec import EPOCH, micros
from watchkeeper.adapters._sql_tables import MEASURES
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.window import History

__all__ = ["history_of", "put_measures"]


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
    found: dict[tuple[str, str, str], list[tuple[datetime, float]]] = defaultdict(list)
    for check, windows in most.items():
        mine = select(at, MEASURES.c.names, MEASURES.c.body)
        mine = mine.where(MEASURES.c.model == model, MEASURES.c.asked_by == check)
        newest = mine.where(at >= since, at < before).order_by(at.desc(), MEASURES.c.seq.desc()).limit(windows)
        series, known = [], ""
        for ended, names, body in reversed(connection.execute(newest).all()):
            if names != known:  # they hardly ever change, and reading them takes longest
                series, known = [found[check, subject, name] for subject, name in json.loads(names)], names
            moment = EPOCH + timedelta(microseconds=ended)
            for values, value in zip(series, json.loads(body), strict=True):
                values.append((moment, value))
    return {key: tuple(values) for key, values in found.items()}
