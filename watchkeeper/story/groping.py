"""What is done while the state store cannot say where a rollout stands: nothing moves, and people are told anyway.

The hosts' split still says that a canary answers people. What a look in such darkness found is noted in a file of the
house's folder; the second one tells every channel directly. When the state store is back the incident is written down
as it was told, and resolved.
"""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchkeeper.domain.blindness import ROLLOUT, blind_incident, sighted_incident
from watchkeeper.domain.traffic import Split
from watchkeeper.errors import OutsideError
from watchkeeper.serving.layout import put_whole
from watchkeeper.story.house import House
from watchkeeper.story.sight import alerts_of, tell

__all__ = ["find_again", "grope", "lost_rollouts"]


@dataclass(frozen=True, slots=True)
class Lost:
    """What the looks in the dark have found: since when, why, and when people were told."""

    since: datetime
    why: str
    still: str
    told: datetime | None = None


def lost_rollouts(house: House) -> dict[str, str]:
    """Why the rollout that a model's split shows cannot be found in the state store, by model."""
    shown = {model: split for model in house.models if (split := _split(house, model)) and _is_shared(split)}
    try:
        known = {rollout.id for rollout in house.state.rollouts()} if shown else set()
    except OutsideError as error:
        return dict.fromkeys(shown, f"The state store cannot be reached: {error}.")
    gone = {model: split for model, split in shown.items() if split.salt not in known}
    return {model: f"The state store knows of no rollout {split.salt}." for model, split in gone.items()}


def _split(house: House, model: str) -> Split | None:
    """What hosts follow, None where it cannot be read: then the champion answers, and other models have their look."""
    with suppress(OutsideError):
        return house.router.split(model)
    return None


def _is_shared(split: Split) -> bool:
    return split.canary is not None or split.shadow is not None


def grope(house: House, model: str, why: str, at: datetime) -> None:
    """Note one more look that found nothing; the second one, at a later moment, tells people."""
    lost = _noted(house, model) or Lost(at, why, _still(house, model))
    if lost.told is None and at > lost.since:
        lost = Lost(lost.since, why, lost.still, at)
    if lost.told:
        _tell_directly(house, model, lost)
    _note(house, model, lost)


def find_again(house: House, at: datetime) -> None:
    """Write down what was told in the dark, and that it is over, of every model whose rollout is found again."""
    for model in house.models:
        if lost := _noted(house, model):
            if lost.told:  # a kill between the two of them, or another incident, leaves neither open
                opened, transition = blind_incident(house.spec.env, model, lost.since, lost.told, lost.why, lost.still)
                if house.state.open_incident(model, ROLLOUT) is None:
                    tell(house, opened, transition)
                tell(house, *sighted_incident(opened, at, "The state store says again where the rollout stands."))
            _file(house, model).unlink(missing_ok=True)


def _tell_directly(house: House, model: str, lost: Lost) -> None:
    """Straight to every channel: the outbox is in the dark, too. Channels tell an alert once however often called."""
    incident, transition = blind_incident(
        house.spec.env, model, lost.since, lost.told or lost.since, lost.why, lost.still
    )
    for alert in alerts_of(house, incident, transition):
        with suppress(OutsideError, KeyError):  # the next look tries again
            house.channels[alert.channel].deliver(alert)


def _still(house: House, model: str) -> str:
    split = _split(house, model)
    share = f"v{split.canary} keeps its {split.share:.0%} of traffic" if split and split.canary else "Traffic stays"
    return f"{share} until it can be seen again."


def _file(house: House, model: str) -> Path:
    return house.spec.folder / "unseen" / f"{model}.json"


def _note(house: House, model: str, lost: Lost) -> None:
    said = {"since": lost.since.isoformat(), "why": lost.why, "still": lost.still}
    said |= {"told": lost.told.isoformat()} if lost.told else {}
    put_whole(_file(house, model), json.dumps(said, indent=2).encode())


def _noted(house: House, model: str) -> Lost | None:
    try:
        said = json.loads(_file(house, model).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    told = said.get("told")
    since = datetime.fromisoformat(said["since"])
    return Lost(since, said["why"], said["still"], datetime.fromisoformat(told) if told else None)
