"""Making and trying candidates."""

from datetime import datetime

from tasks.house import the_house
from tasks.kind import computing, outside
from watchkeeper.domain.versions import Trial, Version
from watchkeeper.ports import Trained
from watchkeeper.story import recalibrating, retraining
from watchkeeper.story.retraining import Training

__all__ = [
    "nominate",
    "plan_recalibration",
    "plan_training",
    "recalibrate_champion",
    "register",
    "track",
    "train",
    "try_out",
]


@computing()
def plan_training(model: str, at: datetime, because: str, followup: str | None) -> Training:
    """What is learned from, and what is kept for the trial."""
    return retraining.request_of(the_house(), model, at, because, followup)


@outside()
def train(training: Training, at: datetime) -> Trained:
    """A new estimator from all clean labelled history before the holdout."""
    return retraining.train(the_house(), training, at)


@outside()
def register(training: Training, trained: Trained, at: datetime) -> Version:
    """The version with its anchor and digest, in the registry."""
    return retraining.register(the_house(), training.request, trained, at)


@computing()
def plan_recalibration(model: str, at: datetime, because: str, followup: str | None) -> Training:
    """What the layer is fitted on, and what is kept for the trial."""
    return recalibrating.plan_recalibration(the_house(), model, at, because, followup)


@outside()
def recalibrate_champion(planned: Training, at: datetime) -> Version | str:
    """The champion under a new layer, in the registry; or why there is none."""
    return recalibrating.recalibrate(the_house(), planned, at)


@outside()
def try_out(training: Training, version: Version, at: datetime) -> Trial:
    """Candidate against champion on what neither was trained on."""
    return retraining.try_out(the_house(), training, version, at)


@outside()
def nominate(version: Version, trial: Trial, at: datetime) -> str:
    """A rollout for a candidate that passed."""
    return retraining.nominate(the_house(), version, trial, at)


@outside()
def track(version: Version) -> str:
    """The version as an artifact of the tracker."""
    house = the_house()
    return house.tracker.log_version(version, house.registry.folder(version.model, version.number)).artifact
