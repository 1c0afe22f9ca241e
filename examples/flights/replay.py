"""The year, day by day, through the same router, model, logger and flows as in production."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from deployments.worker import Worker
from examples.flights.answering import Answering
from examples.flights.source import MODEL, Flights
from examples.flights.train import train_bad
from tasks.house import NOW
from tasks.resuming import resume
from watchkeeper.domain.approvals import Decision, Question
from watchkeeper.domain.followups import Story
from watchkeeper.domain.intervals import Interval, window_id
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.errors import NotThere
from watchkeeper.ports import TrainingRequest
from watchkeeper.story.house import House
from watchkeeper.story.releasing import open_rollout
from watchkeeper.story.retraining import register

__all__ = ["BAD_RELEASE", "UNIT_CHANGE", "Replay", "in_kelvin"]

DAY = timedelta(days=1)
START = datetime(2013, 3, 1, tzinfo=UTC)

UNIT_CHANGE = Interval(datetime(2013, 3, 19, tzinfo=UTC), datetime(2013, 3, 21, tzinfo=UTC))
"""For these two days the weather service reports the temperature in kelvin instead of degrees Fahrenheit."""

BAD_RELEASE = datetime(2013, 6, 20, tzinfo=UTC)
"""From this day on, as soon as no other rollout is under way, somebody releases a version by hand that is bad."""

BAD_ORIGIN = "A hotfix by hand, never tried offline."
"""What whoever releases it says; its labels say 1 for "on time", by mistake."""

Told = Callable[[str], None]


@dataclass
class Replay:
    """Feeds the days and lets the house work after each.

    Attributes:
        worker: runs the deployments.
        told: hears what is worth a line on the screen.
        interactive: wait for a person to answer in the Prefect UI.
    """

    house: House
    worker: Worker
    flights: Flights
    answering: Answering
    told: Told
    interactive: bool = False

    def days(self, until: datetime) -> Iterator[datetime]:
        """The days up to and with `until`, from the first that has not been finished."""
        judged = self.house.state.verdicts(MODEL, until + 2 * DAY, 1)
        day = judged[0].interval.start if judged else START
        while day <= until:
            yield day
            day += DAY

    def live(self, day: datetime) -> Verdict:
        """One day: requests are answered and logged, yesterday's labels arrive, the flows do their work."""
        end = day + DAY
        os.environ[NOW] = end.isoformat()
        if self.house.state.verdict(window_id(MODEL, end)) is None:
            self._serve(day)
        self.worker.run("monitor", at=end.isoformat())
        self._finish()
        self._release_bad_version(end)
        if self.house.state.open_rollout(MODEL):
            said = str(self.worker.run("promote", at=end.isoformat()).message)
            if ": hold." not in said:
                self.told(f"promote *  {said}")
            self._finish()
        verdict = self.house.state.verdict(window_id(MODEL, end))
        if verdict is None:
            raise NotThere(f"{window_id(MODEL, end)} was not judged: `watchkeeper status` says why")
        return verdict

    def _serve(self, day: datetime) -> None:
        """A day's requests, in the order of their departure, and the labels that arrive during it."""
        flights = self.flights.day(day)
        asked = in_kelvin(flights) if day in UNIT_CHANGE else flights
        self.answering.answer(asked)
        if day > START:
            self.answering.label(self.flights.day(day - DAY), at=day + timedelta(hours=6))
        self.answering.flush()

    def _finish(self) -> None:
        """Everything that the day asked for, with the answers that people give."""
        self.worker.work()
        while waiting := self._paused():
            for question, run in waiting:
                self._answer(question, run)
            self.worker.work()

    def _paused(self) -> list[tuple[Question, str]]:
        state = self.house.state
        asked = [(f.subject, w.run) for f, w in state.unacknowledged(MODEL) if f.story is Story.APPROVE and w.run]
        return [(state.question(subject), run) for subject, run in asked if state.answer_to(subject) is None]

    def _answer(self, question: Question, run: str) -> None:
        """As a person would, through Prefect's API; in an interactive demo a person does."""
        if not self.interactive:
            resume(run, Decision.APPROVE, "dana@example.com", "The evidence convinces me.")
            return
        self.told(f"waiting for you: {self.house.spec.pages}/runs/flow-run/{run} -> Resume")
        while self.house.state.answer_to(question.id) is None:
            time.sleep(1.0)
            self.worker.work()

    def _release_bad_version(self, at: datetime) -> None:
        """Once, by hand and without a trial: a version whose training code had a bug."""
        by_hand = [v for v in self.house.registry.versions(MODEL) if v.origin.startswith(BAD_ORIGIN)]
        opened = {r.candidate for r in self.house.state.rollouts(MODEL)}
        if at < BAD_RELEASE or self.house.state.open_rollout(MODEL) or {v.number for v in by_hand} & opened:
            return
        version = by_hand[0] if by_hand else make_bad_version(self.house, at)
        open_rollout(self.house, version, at, who="sam@example.com", because=version.origin)
        self.told(f"{at:%Y-%m-%d}  sam releases {version.name} by hand, without a trial: {version.origin}")


def make_bad_version(house: House, at: datetime) -> Version:
    """The version that is released without a trial, registered once."""
    request = TrainingRequest(f"by-hand:{MODEL}", MODEL, at, BAD_ORIGIN)
    return register(house, request, train_bad(request, pa.table({})), at)


def in_kelvin(flights: pa.Table) -> pa.Table:
    """The same flights with their temperature in kelvin."""
    kelvin = pc.add(pc.multiply(pc.subtract(flights["temp"], 32.0), 5 / 9), 273.15)
    return flights.set_column(flights.column_names.index("temp"), "temp", kelvin)
