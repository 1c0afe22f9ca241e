"""One look at one window: read, check, settle, and write down all that follows, in one transaction."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, partial

from watchkeeper.domain.alerts import Alert, Link, alerts_for
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.intervals import Interval, interval_ending, window_id
from watchkeeper.domain.responses import Asked, follow_ups
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.errors import NotThere
from watchkeeper.ports import Anchor, Look, Settlement
from watchkeeper.spec import ModelSpec
from watchkeeper.story.anchors import grids_of
from watchkeeper.story.baselines import Broken, broken_intervals, recall_anchor, recall_baseline
from watchkeeper.story.deciding import Developed, Recall, answer, decide, follow, look_back
from watchkeeper.story.estimating import with_estimates
from watchkeeper.story.house import House
from watchkeeper.story.metering import metered_by_records, reading
from watchkeeper.story.outcomes import with_enough_labels
from watchkeeper.window import Window

__all__ = ["MOST_CAUGHT_UP", "due_windows", "look", "read_window", "watch"]

MOST_CAUGHT_UP = 100
"""After an outage at most this many missed windows of a model are looked at; older ones are history."""


def due_windows(house: House, model: str, at: datetime) -> tuple[Interval, ...]:
    """The windows that have ended by `at` and have no verdict yet, oldest first.

    Before the first verdict only the newest is due; after it none is skipped, up to `MOST_CAUGHT_UP`.
    """
    spec = house.model(model)
    newest = interval_ending(at, spec.every)
    last = house.state.outlines(model, newest.end + timedelta(microseconds=1), 1)
    if not last:
        return (newest,)
    missed = min((newest.end - last[0].interval.end) // spec.every, MOST_CAUGHT_UP)
    return tuple(newest.shifted(-spec.every * i) for i in range(missed - 1, -1, -1))


def watch(house: House, model: str, at: datetime) -> Verdict:
    """Every window of a model that is due by `at`; the verdict on the newest. Safe to run twice."""
    for window in due_windows(house, model, at):
        look(house, house.model(model), window)
    newest = interval_ending(at, house.model(model).every)
    verdict = house.state.verdict(window_id(model, newest.end))
    if verdict is None:
        raise NotThere(f"{window_id(model, newest.end)} has no verdict: newer windows have been judged already")
    return verdict


def look(house: House, spec: ModelSpec, interval: Interval) -> Verdict:
    """The settled opinion on one window, written down with everything that follows from it."""
    champion = house.registry.pointers(spec.model).champion
    if champion is None:
        raise NotThere(f"{spec.model} has no champion yet: train one with `watchkeeper train {spec.model}`")
    anchor = recall_anchor(house, spec, champion, interval)
    window = read_window(house, spec, champion, anchor, interval)
    baseline = recall_baseline(house, spec, house.registry.version(spec.model, champion), anchor, interval)
    recall: Recall = cache(lambda most: house.state.verdicts(spec.model, interval.end, most))
    verdict = decide(spec, baseline, window, recall)
    house.predictions.keep_profile(spec.model, interval, window.profile)
    is_first = house.state.settle(_settlement(house, spec, verdict, recall))
    return verdict if is_first else house.state.verdict(verdict.id) or verdict


def read_window(
    house: House, spec: ModelSpec, champion: int, anchor: Anchor, interval: Interval, broken: Broken | None = None
) -> Window:
    """The window of one interval, counted on the model's bins.

    Outcomes are those of the champion alone, on sound records: a version that was replaced is judged no more, and what
    a broken window does to the answers is that incident's harm, not the model's.

    Args:
        broken: gives the broken windows, where a replay has found others than production.
    """
    due, without = spec.outcomes(interval), broken or partial(broken_intervals, house, spec)
    grids, problem, classes = grids_of(anchor.profile), spec.problem, spec.classes
    segments = spec.segments_of(anchor.profile)
    asked = Look(spec.model, interval, spec.columns, grids, due, champion, without(due), problem, classes, segments)
    window = with_enough_labels(house, spec, asked, house.predictions.window(asked), without)
    window = with_estimates(house, spec, asked, anchor.expectation, window)
    return replace(window, metrics=metered_by_records(spec, segments, interval, reading(house, spec, segments)))


def _settlement(house: House, spec: ModelSpec, verdict: Verdict, recall: Recall) -> Settlement:
    """All that follows from a verdict: incident, transition, alerts, follow-ups."""
    seen = (verdict, *recall(look_back(spec, verdict.findings)))
    now = follow(house.spec.env, spec, _last_incident(house, spec.model), seen)
    return Settlement(
        verdict=verdict,
        measures=tuple(m for f in verdict.findings for m in f.measures),
        incident=now.incident,
        transition=now.transition,
        alerts=_alerts(house, verdict, now.transition, now.confirmed),
        followups=_follow_ups(house, spec, verdict, now),
        entries=_entries(now.transition),
    )


def _last_incident(house: House, model: str) -> Incident | None:
    """The one that is open, else the one that was resolved last."""
    opened = house.state.open_incident(model)
    return opened or next(reversed(house.state.incidents(model)), None)


def _alerts(
    house: House, verdict: Verdict, transition: Transition | None, confirmed: tuple[Finding, ...]
) -> tuple[Alert, ...]:
    if transition is None:
        return ()
    told = confirmed or tuple(f for mark in transition.incident.marks if (f := verdict.finding(mark)))
    pages = dict.fromkeys(f.runbook for f in told)
    links = tuple(Link(f"Runbook: {page.removesuffix('.md')}", house.runbook(page)) for page in pages)
    links += (Link("Prefect UI", house.spec.pages),)
    return alerts_for(transition, told, house.routes, links)


def _follow_ups(house: House, spec: ModelSpec, verdict: Verdict, now: Developed) -> tuple[FollowUp, ...]:
    """What must run next; while a rollout is under way nothing is retrained, and a critical window asks its judge."""
    rollout = house.state.open_rollout(spec.model)
    response = answer(spec, verdict, now, _asked(house, spec, verdict.version, rollout))
    return follow_ups(verdict, now.incident, now.transition, response, rollout)


def _asked(house: House, spec: ModelSpec, champion: int, rollout: Rollout | None) -> Asked:
    """What the model's incidents have asked for, and what of it is not over."""
    asked = {story: house.state.followups(spec.model, story) for story in (Story.RECALIBRATE, Story.RETRAIN)}
    under_way = [f"rollout {rollout.id}"] if rollout else []
    under_way += [f.id for followups in asked.values() for f, outcome in followups if outcome is None]
    last = {story: followups[-1][0].at for story, followups in asked.items() if followups}
    trained = house.registry.version(spec.model, champion).trained_on.end if spec.response.refresh else None
    return Asked(last, ", ".join(under_way), trained)


def _entries(transition: Transition | None) -> tuple[Entry, ...]:
    if transition is None:
        return ()
    incident = transition.incident
    what = f"incident {transition.change}"
    return (Entry(transition.id, transition.at, "monitor", what, incident.model, incident.key, transition.sentence),)
