"""Plays days of the toy model through the deployed flows, as production does, and answers as a person would."""

import os
from datetime import datetime

from deployments.worker import Worker
from tasks.house import NOW
from tasks.resuming import resume
from tests import toy
from watchkeeper.domain.approvals import Decision
from watchkeeper.domain.followups import Story
from watchkeeper.domain.intervals import window_id
from watchkeeper.story.house import House

FAULT_DAYS = range(3, 5)
TURNS_ON_DAY = 9


def play_day(house: House, worker: Worker, number: int, decision: Decision = Decision.APPROVE) -> None:
    """One day of traffic, the flows it asks for, and the answers that people give. Safe to play again."""
    day = toy.FIRST + toy.DAY * number
    end = day + toy.DAY
    os.environ[NOW] = end.isoformat()
    if house.state.verdict(window_id("toy", end)) is None:
        shift = 8.0 if number in FAULT_DAYS else 0.0
        toy.serve(house, "toy", toy.traffic(day, turned=number >= TURNS_ON_DAY, shift=shift))
    worker.run("monitor", at=end.isoformat())
    finish(house, worker, decision)
    if house.state.open_rollout("toy"):
        worker.run("promote", at=end.isoformat())
        finish(house, worker, decision)


def finish(house: House, worker: Worker, decision: Decision) -> None:
    """Run what is due, and answer what waits, until nothing does."""
    worker.work()
    while runs := paused(house):
        for run in runs:
            resume(run, decision, "dana", "the evidence convinces me")
        worker.work()


def paused(house: House) -> list[str]:
    """The runs that wait for a person."""
    waiting = [(f, w.run) for f, w in house.state.unacknowledged() if f.story is Story.APPROVE and w.run]
    return [run for f, run in waiting if house.state.answer_to(f.subject) is None]


def end_of(number: int) -> datetime:
    """The end of a day's window."""
    return toy.FIRST + toy.DAY * (number + 1)
