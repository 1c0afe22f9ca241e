"""Whether a rollout can be seen: two looks in the dark open an incident of their own, and the first light ends it."""

from datetime import datetime

from watchkeeper.domain.actions import blinded
from watchkeeper.domain.alerts import Alert, Link, alerts_for
from watchkeeper.domain.audit import Entry
from watchkeeper.domain.blindness import ROLLOUT, blind_finding, blind_incident, sighted_incident
from watchkeeper.domain.incidents import Incident, Transition
from watchkeeper.domain.judgements import Judgement, Outcome
from watchkeeper.domain.rollouts import Rollout
from watchkeeper.story.house import House

__all__ = ["end_of_darkness", "in_the_dark", "note_sight", "tell"]


def note_sight(house: House, rollout: Rollout, judgement: Judgement, at: datetime) -> Rollout:
    """The rollout with what this look could see of it; the second look in a row that saw nothing tells people.

    Looks at the same moment are one look, so that trying again at once is no second one.
    """
    if rollout.is_watched and judgement.outcome is Outcome.UNKNOWN:
        return _unseen(house, rollout, judgement.sentence, at)
    return _seen(house, rollout, at, "It can be seen again.") if rollout.blind else rollout


def _unseen(house: House, rollout: Rollout, why: str, at: datetime) -> Rollout:
    if rollout.blind is None:
        return _saved(house, blinded(rollout, at), at, "lose sight", why)
    if at > rollout.blind and house.state.open_incident(rollout.model, ROLLOUT) is None:
        tell(house, *in_the_dark(house, rollout.model, rollout.blind, at, why, frozen(rollout)))
    return rollout


def _seen(house: House, rollout: Rollout, at: datetime, because: str) -> Rollout:
    end_of_darkness(house, rollout.model, at, because)
    return _saved(house, blinded(rollout, None), at, "see again", because)


def end_of_darkness(house: House, model: str, at: datetime, because: str) -> None:
    """Resolve the incident of a model's rollout, if one is open."""
    if incident := house.state.open_incident(model, ROLLOUT):
        tell(house, *sighted_incident(incident, at, because))


def frozen(rollout: Rollout) -> str:
    """What stands still while nobody sees it."""
    return f"v{rollout.candidate} keeps its {rollout.share:.0%} of traffic until it can be seen again."


def in_the_dark(
    house: House, model: str, since: datetime, at: datetime, why: str, still: str
) -> tuple[Incident, Transition]:
    """The incident of a model whose rollout has not been seen since then."""
    return blind_incident(house.spec.env, model, since, at, why, still)


def tell(house: House, incident: Incident, transition: Transition) -> None:
    """Write down what became of the incident, with an alert for every channel that hears of it; twice is once."""
    what = f"incident {transition.change}"
    entry = Entry(transition.id, transition.at, "promote", what, incident.model, incident.key, transition.sentence)
    house.state.tell(incident, transition, alerts_of(house, incident, transition), entry)


def alerts_of(house: House, incident: Incident, transition: Transition) -> tuple[Alert, ...]:
    """One alert a channel."""
    found = blind_finding(incident)
    links = (Link("Runbook: blind", house.runbook(found.runbook)), Link("Prefect UI", house.spec.pages))
    return alerts_for(transition, (found,), house.routes, links)


def _saved(house: House, rollout: Rollout, at: datetime, what: str, why: str) -> Rollout:
    entry = Entry(f"{rollout.id}#{rollout.revision}", at, "promote", what, rollout.model, rollout.id, why)
    house.state.save_rollout(rollout, entry)
    return rollout
