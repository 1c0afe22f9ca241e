"""Trained versions, and who answers what."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.problems import Problem
from watchkeeper.domain.traffic import Split
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.estimates import Expectation
from watchkeeper.profiles import Profile
from watchkeeper.window import Floats

__all__ = ["Anchor", "Predictor", "Registry", "TrafficRouter", "Trained", "Trainer", "TrainingRequest"]


class Predictor(Protocol):
    """A loaded version."""

    @property
    def version(self) -> Version: ...

    @property
    def estimator(self) -> object:
        """What was registered."""
        ...

    def predict(self, features: pa.Table) -> Floats:
        """One answer a row, shape (n,): a probability, or a value; of a multiclass model probabilities, (n, k)."""
        ...


@dataclass(frozen=True, slots=True)
class TrainingRequest:
    """What is asked of a trainer.

    Attributes:
        id: the same for every attempt at the same retraining.
        until: labelled records from then on are kept for the trial.
        problem, classes: what is to be predicted; labels of classes are their places among `classes`.
    """

    id: str
    model: str
    until: datetime
    because: str
    problem: Problem = Problem.BINARY
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trained:
    """What a trainer gives back.

    Attributes:
        estimator: has `predict_proba` (of classes in their order) or `predict`, on the spec's features in their order.
        records: what it learned from: the features, `_at`, `_label`, and `_prediction` made out of fold; in its place
            `_scores` of a multiclass model, a list of one probability a class.
    """

    estimator: object
    records: pa.Table


class Trainer(Protocol):
    """Makes a new version out of labelled records."""

    def train(self, request: TrainingRequest, records: pa.Table) -> Trained:
        """Train on these labelled records (as `PredictionStore.labelled` gives them) and whatever history it has."""
        ...


@dataclass(frozen=True, slots=True)
class Anchor:
    """The baseline that is bound to a version's digest.

    Attributes:
        profile: of the training records, with the out-of-fold predictions as `prediction`.
        windows: profiles of the windows that the training records fill, oldest first.
        measures: what the checks measured on those windows, the seed of the history.
        sample: at most 5,000 training records, for pictures.
        expectation: what the training records let one expect of answers whose labels are not known yet; None where
            they are too few for that.
    """

    profile: Profile
    windows: tuple[tuple[Interval, Profile], ...]
    measures: tuple[Measure, ...]
    sample: pa.Table
    expectation: Expectation | None = None


class Registry(Protocol):
    """Versions and who is champion."""

    def register(self, version: Version, estimator: object, anchor: Anchor, request: str) -> Version:
        """Keep a trained estimator; gives it its number and digest. The same request again gives the same version."""
        ...

    def version(self, model: str, number: int) -> Version:
        """Raises NotThere."""
        ...

    def versions(self, model: str) -> tuple[Version, ...]: ...

    def folder(self, model: str, number: int) -> Path:
        """Where a version's files are on this machine."""
        ...

    def load(self, model: str, number: int) -> Predictor:
        """Raises BrokenVersion when the content is not what the digest says or holds types nobody trusts."""
        ...

    def anchor(
        self, model: str, number: int, *, windows: Interval | None = None, measures: Interval | None = None
    ) -> Anchor:
        """The baseline of a version, once its content is known to be what the digest says. Raises BrokenVersion.

        Args:
            windows: only those that lie in this interval; all when not given.
            measures: only those of windows that ended in this interval; all when not given.
        """
        ...

    def pointers(self, model: str) -> Pointers: ...

    def point(self, model: str, pointers: Pointers, *, instead_of: Pointers) -> None:
        """Move the pointers atomically. Raises Conflict when they are not what was read, unless already as wanted."""
        ...

    def attach(self, model: str, number: int, name: str, content: bytes) -> Path:
        """Keep a report beside a version, in place of an older one of that name."""
        ...

    def attachment(self, model: str, number: int, name: str) -> bytes:
        """What `attach` kept. Raises NotThere."""
        ...


class TrafficRouter(Protocol):
    """Where serving hosts read who answers what."""

    def split(self, model: str) -> Split | None: ...

    def set_split(self, model: str, split: Split) -> None: ...
