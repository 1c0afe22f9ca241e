"""Lives the days of the `loop` benchmark: the stories that a Prefect server would start, in this process."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from examples.flights.answering import Answering
from examples.flights.source import MODEL, Flights
from watchkeeper.domain.approvals import Decision
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.rollouts import Verb
from watchkeeper.ports import Predictor
from watchkeeper.story.asking import answer_question
from watchkeeper.story.house import House
from watchkeeper.story.recalibrating import plan_recalibration, recalibrate
from watchkeeper.story.releasing import advance
from watchkeeper.story.retraining import Training, nominate, register, request_of, train, try_out
from watchkeeper.story.watching import watch
from watchkeeper.window import Floats

__all__ = ["DAY", "Answers", "Days"]

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answers:
    """A day's answers: those that were served, those of the frozen first version, and what came true; shape (n,)."""

    served: Floats
    frozen: Floats
    labels: Floats


@dataclass
class Days:
    """Feeds days to a house and does what it asks for, every approval given at once.

    Attributes:
        frozen: the first version, which goes on answering beside the house.
        done: how often each thing was done.
        told: hears a line of everything that was done.
    """

    house: House
    flights: Flights
    answering: Answering
    frozen: Predictor
    told: Callable[[str], None]
    done: Counter[str] = field(default_factory=Counter)

    def live(self, day: datetime) -> Answers:
        """One day: requests are answered and logged, yesterday's labels arrive, the window is watched, stories run."""
        flights = self.flights.day(day.date())
        answered = self.answering.answer(flights)
        self.answering.label(self.flights.day((day - DAY).date()), at=day + timedelta(hours=6))
        self.answering.flush()
        at = day + DAY
        watch(self.house, MODEL, at)
        self._settle(at)
        labels = flights["_label"].to_numpy(zero_copy_only=False).astype(float)
        known = np.isfinite(labels)
        return Answers(answered.predictions[known], self.frozen.predict(flights)[known], labels[known])

    def _settle(self, at: datetime) -> None:
        """Whatever waits, until nothing does."""
        self._advance(at)
        while waiting := self.house.state.unacknowledged(MODEL):
            for followup, _ in waiting:
                self.house.state.acknowledge(followup.id, self._follow(followup, at))

    def _follow(self, followup: FollowUp, at: datetime) -> str:
        if followup.story is Story.RETRAIN:
            return self._retrain(followup, at)
        if followup.story is Story.RECALIBRATE:
            return self._recalibrate(followup, at)
        if followup.story is Story.APPROVE:
            question = self.house.state.question(followup.subject)
            answer_question(self.house, question, Decision.APPROVE, "the benchmark", "at once", at)
        elif followup.story is Story.PROMOTE:
            self._advance(at)
        return "done"

    def _retrain(self, followup: FollowUp, at: datetime) -> str:
        training = request_of(self.house, MODEL, at, followup.because, followup.id)
        version = register(self.house, training.request, train(self.house, training, at), at)
        self.done["retrainings"] += 1
        return self._nominated(training, version.number, at)

    def _recalibrate(self, followup: FollowUp, at: datetime) -> str:
        planned = plan_recalibration(self.house, MODEL, at, followup.because, followup.id)
        made = recalibrate(self.house, planned, at)
        if isinstance(made, str):
            return made
        self.done["recalibrations"] += 1
        return self._nominated(planned, made.number, at)

    def _nominated(self, training: Training, number: int, at: datetime) -> str:
        version = self.house.registry.version(MODEL, number)
        trial = try_out(self.house, training, version, at)
        self.done["trials passed" if trial.passed else "trials failed"] += 1
        outcome = nominate(self.house, version, trial, at)
        self.told(f"{at:%m-%d} {version.origin} {outcome}")
        return outcome

    def _advance(self, at: datetime) -> None:
        look = advance(self.house, MODEL, at)
        if look is None or look.action.verb is Verb.HOLD:
            return
        self.done[str(look.action.verb)] += 1
        self.told(f"{at:%m-%d} v{look.rollout.candidate} {look.action.verb}. {look.action.because}")
