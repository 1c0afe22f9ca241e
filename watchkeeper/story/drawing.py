"""A rollout as one page: where it stands, what each criterion says, and what it has gone through."""

import math
from datetime import datetime
from pathlib import Path

from watchkeeper.domain.intervals import spoken, stamp
from watchkeeper.domain.judgements import Judgement, Reading
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.pictures import Heading, Image, Part, Rows, Words, page, rollout_picture
from watchkeeper.story.house import House

__all__ = ["READ", "STEPS", "draw_rollout", "readings_of", "standing", "steps_of", "track_rollout"]

READ = ("criterion", "says", "harm", "between", "worse", "no worse", "records", "blocks")
STEPS = ("", "step", "share", "lasts", "records")


def draw_rollout(house: House, rollout: Rollout, judgement: Judgement, *, glance: bool = False) -> Path:
    """Write the page; the same rollout at the same revision has the same file, and that of one that ended stays.

    Args:
        glance: somebody only looks: what a decision rests on is not written over.
    """
    name = f"rollout-{rollout.model}-v{rollout.candidate}-{stamp(rollout.opened)}-{rollout.revision}".replace(":", "")
    file = house.evidence / rollout.model / f"{name}{'-now' if glance and rollout.is_open else ''}.html"
    if not rollout.is_open and file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page_of(rollout, judgement), encoding="utf-8")
    return file


def track_rollout(house: House, rollout: Rollout, judgement: Judgement) -> str:
    """Give the page of a rollout to the tracker; gives the artifact's name."""
    file = draw_rollout(house, rollout, judgement)
    about: dict[str, str | float] = {
        "rollout": rollout.id,
        "candidate": rollout.candidate,
        "champion": rollout.champion,
        "share": rollout.share,
        "outcome": str(judgement.outcome),
    }
    return house.tracker.log_report(rollout.model, file.stem, file, about).artifact


def page_of(rollout: Rollout, judgement: Judgement) -> str:
    """One HTML file that needs no other."""
    parts: list[Part] = [Heading("What is seen"), Words(judgement.sentence)]
    if judgement.readings:
        rows = readings_of(judgement)
        picture = rollout_picture(judgement, rollout.id, moves=rollout.history).png()
        parts += [Image(picture, "The confidence sequence of each criterion; its newest numbers are in the table.")]
        parts += [Rows(READ, rows, READ[2:])]
    moves = [(f"{m.at:%Y-%m-%d %H:%M}", str(m.verb), f"{m.share:.0%}", m.because) for m in rollout.history]
    parts += [Heading("The plan"), Rows(STEPS, steps_of(rollout))]
    parts += [Heading("What was done"), Rows(("when", "what", "share", "because"), moves)]
    return page(rollout.id, standing(rollout), parts)


def standing(rollout: Rollout) -> str:
    """Where it stands, in a sentence or two."""
    new, old = f"v{rollout.candidate}", f"v{rollout.champion}"
    if rollout.end and rollout.ended:
        return f"{new} was {rollout.end.replace('_', ' ')} on {_moment(rollout.ended)}. {rollout.because}"
    if rollout.is_soaking:
        where = f"{new} is promoted and soaks: it answers {rollout.share:.0%} of traffic, {old} the rest"
    elif rollout.is_shadowing:
        where = f"{new} answers in the shadow; {old} answers everybody"
    else:
        where = f"{new} answers {rollout.share:.0%} of traffic, {old} the rest"
    waits = f" v{rollout.waiting} waits for its end." if rollout.waiting else ""
    blind = f" Nobody has seen it since {_moment(rollout.blind)}; nothing moves." if rollout.blind else ""
    return f"{where}, since {_moment(rollout.since)}.{blind}{waits}"


def steps_of(rollout: Rollout) -> list[tuple[str, ...]]:
    """The stations of the plan, with a mark at the one where it stands."""
    plan, now = rollout.plan, rollout.step if rollout.is_open else -1
    rows: list[tuple[str, ...]] = []
    if plan.shadow:
        share, least = f"{plan.shadow.share:.0%}", f"{plan.shadow.records:,}"
        rows.append((_mark(rollout.is_shadowing), "shadow", share, spoken(plan.shadow.lasts), least))
    for number, step in enumerate(plan.steps, 1):
        name = f"{number} (after approval)" if step.asks else str(number)
        rows.append((_mark(now == number), name, f"{step.share:.0%}", spoken(step.lasts), f"{step.records:,}"))
    if plan.soak:
        kept = f"{1 - plan.soak.holdout:.0%}"
        rows.append((_mark(rollout.is_soaking), "soak", kept, spoken(plan.soak.lasts), ""))
    return rows


def readings_of(judgement: Judgement) -> list[tuple[str, ...]]:
    """What each criterion says, in numbers."""
    return [_reading(reading) for reading in judgement.readings]


def _reading(reading: Reading) -> tuple[str, ...]:
    said = str(reading.outcome) if reading.final else f"{reading.outcome} (provisional)"
    return (
        f"{reading.criterion.name} ({reading.criterion.role})",
        said,
        _number(reading.harm),
        f"{_number(reading.lower)} and {_number(reading.upper)}" if math.isfinite(reading.harm) else "?",
        _evidence(reading.e_worse, reading.needed_worse),
        _evidence(reading.e_no_worse, reading.needed_no_worse),
        f"{reading.records + reading.pairs:,}",
        f"{reading.blocks:,}",
    )


def _evidence(e_value: float, needed: float) -> str:
    return f"{e_value:.3g} of {needed:.3g}" if math.isfinite(needed) else "?"


def _number(value: float) -> str:
    return f"{value:+.4f}" if math.isfinite(value) else "?"


def _mark(here: object) -> str:
    return "=>" if here else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
