"""The house with its ports: what every story is told in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from watchkeeper.domain.alerts import Route
from watchkeeper.errors import NotThere, SpecError
from watchkeeper.ports import Channel, PredictionStore, Registry, Reporter, StateStore, Tracker, TrafficRouter, Trainer
from watchkeeper.spec import HouseSpec, ModelSpec

__all__ = ["House"]


@dataclass(frozen=True, slots=True)
class House:
    """Everything a story needs.

    Attributes:
        models: the specs that could be read, by name.
        broken: what is wrong with the others, by file name without its ending.
        channels: by the name that routes and alerts use.
        trainer: from a spec's `training.function` to its trainer.
    """

    spec: HouseSpec
    models: Mapping[str, ModelSpec]
    broken: Mapping[str, str]
    state: StateStore
    predictions: PredictionStore
    registry: Registry
    router: TrafficRouter
    tracker: Tracker
    reporter: Reporter
    channels: Mapping[str, Channel]
    routes: tuple[Route, ...]
    trainer: Callable[[str], Trainer]

    def model(self, name: str) -> ModelSpec:
        """The spec of a model. Raises SpecError when its file is broken, NotThere when there is none."""
        if name in self.models:
            return self.models[name]
        if name in self.broken:
            raise SpecError(self.broken[name])
        known = ", ".join(sorted(self.models)) or "none"
        raise NotThere(f"there is no model `{name}` in {self.spec.models}; known: {known}")

    @property
    def evidence(self) -> Path:
        """Where reports are written before anybody is told of them."""
        return self.spec.folder / "reports"

    def runbook(self, page: str) -> str:
        """The address of a runbook."""
        return f"{self.spec.runbooks.rstrip('/')}/{page}"
