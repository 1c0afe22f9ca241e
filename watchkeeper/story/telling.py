"""Getting things out: alerts to channels, metrics and reports to the tracker."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta

from watchkeeper.domain.alerts import Alert, Receipt
from watchkeeper.domain.audit import Entry, Heartbeat
from watchkeeper.domain.findings import Family
from watchkeeper.domain.intervals import stamp
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere, OutsideError
from watchkeeper.ports import Drawn, Tracked
from watchkeeper.serving.answers import with_named_answers
from watchkeeper.story.house import House
from watchkeeper.window import kinds_of_answers

__all__ = ["deliver_alerts", "draw_report", "publish_verdicts"]

LONGEST_WAIT = 900.0
"""Seconds between two tries at most; an alert is never too old to be tried again."""

MOST_PUBLISHED = 500
"""Windows logged at once; after a longer outage of the tracker the older ones stay in the state store."""

PICTURED = 5_000
"""Records of a window that a report is drawn from."""


def deliver_alerts(house: House, channel: str, now: datetime) -> tuple[Receipt, ...]:
    """Send everything that is due on one channel, in order; what fails waits, and holds back only its own incident."""
    sent: list[Receipt] = []
    while due := [a for a in house.state.due_alerts(now) if a.channel == channel]:
        sent += [receipt for alert in due if (receipt := _deliver(house, alert, now))]
    return tuple(sent)


def _deliver(house: House, alert: Alert, now: datetime) -> Receipt | None:
    try:
        reference = house.channels[alert.channel].deliver(alert)
    except KeyError:
        error = OutsideError(alert.channel, "is not in house.toml any more", permanent=True)
        _not_delivered(house, alert, error, now)
        return None
    except OutsideError as error:
        _not_delivered(house, alert, error, now)
        return None
    receipt = Receipt(alert.id, alert.channel, reference, now)
    house.state.delivered(receipt)
    return receipt


def _not_delivered(house: House, alert: Alert, error: OutsideError, now: datetime) -> None:
    """A permanent refusal is given up and stands in the audit trail; anything else is tried again, later and later."""
    if error.permanent:
        house.state.give_up(alert.id, str(error))
        house.state.note(Entry(f"given up:{alert.id}", now, "outbox", "give up", alert.model, alert.id, str(error)))
        return
    waiting = house.state.undelivered().get(alert.id)
    tries = waiting[1].attempts if waiting else 0
    wait = max(error.after or 0.0, min(LONGEST_WAIT, 2.0 * 2 ** min(tries, 16)) * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
    house.state.postpone(alert.id, str(error), now + timedelta(seconds=wait))


def draw_report(house: House, model: str, incident: str | None, at: datetime) -> Tracked:
    """The Evidently report of the newest window judged by `at`: on disk, in the tracker, linked from the incident."""
    verdicts = house.state.verdicts(model, at + timedelta(microseconds=1), 1)
    if not verdicts:
        raise NotThere(f"{model} has no judged window by {stamp(at)} to draw")
    verdict = verdicts[0]
    drawn = _draw(house, verdict)
    _link(house, incident, {"Evidently report": drawn.file.as_uri()})
    about: dict[str, str | float] = {"window": str(verdict.interval), "rows": verdict.rows, "cause": str(verdict.cause)}
    about |= {"incident": incident} if incident else {}
    tracked = house.tracker.log_report(model, drawn.file.stem, drawn.file, about)
    _link(house, incident, {"W&B run": tracked.run, "W&B artifact": tracked.artifact})
    return tracked


def _draw(house: House, verdict: Verdict) -> Drawn:
    """The picture on disk: bounded samples, with the scores and limits of the verdict."""
    model, spec = verdict.model, house.model(verdict.model)
    kinds, columns = spec.columns | kinds_of_answers(spec.problem), [*spec.columns, *spec.answer_columns]
    drift = [f for f in verdict.findings if f.family is Family.DRIFT and f.subject in kinds]
    before = house.registry.anchor(model, verdict.version).sample
    now = house.predictions.sample(model, verdict.interval, columns, PICTURED)
    return house.reporter.draw(
        with_named_answers(before, spec.problem, spec.classes),
        with_named_answers(now, spec.problem, spec.classes),
        kinds,
        {f.subject: f.value for f in drift},
        {f.subject: f.limit for f in drift},
        house.evidence / model / f"report-{model}-{stamp(verdict.interval.end).replace(':', '')}.html",
    )


def _link(house: House, incident: str | None, pages: Mapping[str, str]) -> None:
    for name, url in pages.items():
        if incident:
            house.state.link(incident, name, url)


def publish_verdicts(house: House, model: str, at: datetime, *, whole: bool = False) -> str | None:
    """Log the verdicts up to `at` that the tracker has not seen; None while there are fewer than a batch.

    Args:
        whole: log them even when they are fewer.
    """
    name = f"tracker:{model}"
    last = {h.name: h.at for h in house.state.heartbeats()}.get(name)
    unseen = house.state.verdicts(model, at + timedelta(microseconds=1), MOST_PUBLISHED, after=last)[::-1]
    if not unseen or (len(unseen) < house.spec.tracker.batch and not whole):
        return None
    run = house.tracker.log_verdicts(model, unseen)
    house.state.beat(Heartbeat(name, unseen[-1].interval.end, run))
    return run
