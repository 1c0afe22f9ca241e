"""What has been decided and done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from watchkeeper.domain.alerts import Alert, Receipt
from watchkeeper.domain.approvals import Answer, Question
from watchkeeper.domain.audit import Entry, Heartbeat
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.followups import FollowUp, Story
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.levels import Level
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.window import History

__all__ = ["Settlement", "StateStore", "Waiting"]


@dataclass(frozen=True, slots=True)
class Settlement:
    """All that one look at one window writes, in one transaction."""

    verdict: Verdict
    measures: tuple[Measure, ...]
    incident: Incident | None
    transition: Transition | None
    alerts: tuple[Alert, ...]
    followups: tuple[FollowUp, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert or follow-up that is not done yet: how often it was tried, and what was said last."""

    attempts: int
    error: str
    run: str


class StateStore(Protocol):
    """What has been decided and done. Every write is insert-or-same or conditional; every method is one transaction.

    Writing about an alert or follow-up that was never written raises NotThere.
    """

    def settle(self, settlement: Settlement) -> bool:
        """Write everything of one look, or nothing when the window has a verdict already (False).

        The incident is written over, unless it has had more changes meanwhile. Raises Conflict when the model has
        another incident open by now.
        """
        ...

    def tell(self, incident: Incident, transition: Transition, alerts: Sequence[Alert], entry: Entry) -> None:
        """Write what became of an incident that is no window's; insert-or-same. Conflict while another is open."""
        ...

    def verdict(self, window: str) -> Verdict | None: ...

    def verdicts(
        self, model: str, before: datetime, most: int, *, after: datetime | None = None
    ) -> tuple[Verdict, ...]:
        """The verdicts of windows that ended before a moment, and after another, newest first."""
        ...

    def outlines(
        self, model: str, before: datetime, most: int | None, *, after: datetime | None = None, least: Level = Level.OK
    ) -> tuple[Verdict, ...]:
        """The same without their findings, for those who need level and cause alone: findings take long to read.

        Only verdicts of at least the level `least`, all of them where `most` is None.
        """
        ...

    def history(self, model: str, since: datetime, before: datetime, most: Mapping[str, int | None]) -> History:
        """The measures of some checks, oldest first.

        Args:
            since, before: only of windows that ended from then on, and before then.
            most: the checks, and of how many windows each is remembered, the newest; None for all.
        """
        ...

    def measured_at(self, model: str, moments: Collection[datetime], checks: Collection[str]) -> History:
        """The measures of some checks in the windows that ended at these moments, oldest first."""
        ...

    def open_incident(self, model: str, about: str = "") -> Incident | None:
        """The one of its windows; with `about`, that of something else of the model."""
        ...

    def incident(self, key: str) -> Incident:
        """Raises NotThere."""
        ...

    def incidents(self, model: str | None = None, about: str = "") -> tuple[Incident, ...]:
        """Those of a model's windows, or of what else `about` says; of every model and all about them. Oldest first."""
        ...

    def transitions(self, incident: str) -> tuple[Transition, ...]: ...

    def link(self, incident: str, name: str, url: str) -> None:
        """Add a page to an incident; a name that was there gets the new URL."""
        ...

    def links(self, incident: str) -> Mapping[str, str]: ...

    def due_alerts(self, now: datetime) -> tuple[Alert, ...]:
        """The oldest undelivered alert of each (channel, incident) whose time to be tried has come."""
        ...

    def undelivered(self) -> Mapping[str, tuple[Alert, Waiting]]:
        """Every alert without a receipt that has not been given up, by id."""
        ...

    def delivered(self, receipt: Receipt) -> None: ...

    def postpone(self, alert: str, error: str, until: datetime) -> None: ...

    def give_up(self, alert: str, error: str) -> None:
        """Never try this one again; it no longer holds back those behind it. `given_up` still shows it."""
        ...

    def given_up(self) -> Mapping[str, tuple[Alert, Waiting]]: ...

    def receipts(self, incident: str) -> tuple[Receipt, ...]: ...

    def ask_for(self, followup: FollowUp) -> bool:
        """Insert-or-same; False when it was there."""
        ...

    def unacknowledged(self, model: str | None = None) -> tuple[tuple[FollowUp, Waiting], ...]:
        """Oldest first."""
        ...

    def started(self, followup: str, run: str) -> None:
        """A flow run took it on; `attempts` grows by one when the run is another than before."""
        ...

    def acknowledge(self, followup: str, outcome: str) -> None: ...

    def followups(self, model: str, story: Story) -> tuple[tuple[FollowUp, str | None], ...]:
        """Oldest first, each with its outcome, None while unacknowledged."""
        ...

    def open_rollout(self, model: str) -> Rollout | None: ...

    def rollout(self, identity: str) -> Rollout:
        """Raises NotThere."""
        ...

    def rollouts(self, model: str | None = None) -> tuple[Rollout, ...]:
        """Oldest first."""
        ...

    def save_rollout(
        self,
        rollout: Rollout,
        entry: Entry,
        *,
        followups: Sequence[FollowUp] = (),
        question: Question | None = None,
    ) -> None:
        """Write a rollout whose stored revision is one less (a new one has 0), with all that follows from it.

        The same rollout again, revision and all, writes nothing. Raises Conflict when another was faster, or when a
        new rollout finds the model's last one still open.
        """
        ...

    def question(self, identity: str) -> Question:
        """Raises NotThere."""
        ...

    def questions(self, *, unanswered: bool = False) -> tuple[Question, ...]: ...

    def answer(self, answer: Answer, followups: Sequence[FollowUp] = ()) -> None:
        """Record the one answer to a question, with its audit entry.

        The same answer again writes nothing. Raises Conflict when another was given, and when the digest is not the
        question's; NotThere when there is no such question.
        """
        ...

    def answer_to(self, question: str) -> Answer | None: ...

    def note(self, entry: Entry) -> None: ...

    def audit(self, model: str | None = None, most: int = 100) -> tuple[Entry, ...]:
        """Newest first."""
        ...

    def beat(self, heartbeat: Heartbeat) -> None: ...

    def heartbeats(self) -> tuple[Heartbeat, ...]: ...
