"""From house.toml to a house: which adapter keeps which port."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from watchkeeper.adapters.console_channel import ConsoleChannel
from watchkeeper.adapters.evidently_reporter import EvidentlyReporter
from watchkeeper.adapters.file_router import FileRouter
from watchkeeper.adapters.folder_registry import FolderRegistry
from watchkeeper.adapters.function_trainer import FunctionTrainer
from watchkeeper.adapters.github_channel import GitHubChannel
from watchkeeper.adapters.pagerduty_channel import PagerDutyChannel
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.adapters.sql_state import SqlState
from watchkeeper.adapters.wandb_tracker import WandbTracker
from watchkeeper.domain.alerts import Alert, Route
from watchkeeper.errors import OutsideError, SpecError
from watchkeeper.ports import Channel
from watchkeeper.spec import ChannelSpec, HouseSpec, ModelSpec, read_house, read_model
from watchkeeper.story.house import House

__all__ = ["HOUSE", "from_environment", "house_file", "missing_secrets", "open_house", "read_models"]

HOUSE = "WATCHKEEPER_HOUSE"
"""The environment variable that names the house's file, for every process of the house."""

MENDING_S = 300.0
"""Seconds between two looks for a secret that is missing."""

Secrets = Callable[[str], str | None]


def house_file() -> Path:
    """The house's file: as the environment says, or `deployments/house.toml` here."""
    return Path(os.environ.get(HOUSE) or "deployments/house.toml")


def from_environment(name: str) -> str | None:
    """A secret from the environment: `NAME`, or the content of the file that `NAME_FILE` names."""
    if value := os.environ.get(name):
        return value
    file = os.environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else None


def open_house(file: Path | None = None, secret: Secrets = from_environment) -> House:
    """The house of this file. Broken model specs are kept beside the good ones; a broken house raises SpecError."""
    file = file or house_file()
    spec = read_house(file)
    models, broken = read_models(spec)
    folder = spec.folder
    return House(
        spec=spec,
        models=models,
        broken=broken,
        state=SqlState(_database(spec, secret)),
        predictions=ParquetPredictions(folder / "records"),
        registry=FolderRegistry(folder / "registry", trusted=spec.trusted),
        router=FileRouter(folder / "traffic"),
        tracker=_tracker(spec, secret),
        reporter=EvidentlyReporter(),
        channels={c.kind: _channel(c, spec, secret) for c in spec.channels},
        routes=tuple(Route(c.kind, c.least_level) for c in spec.channels),
        trainer=FunctionTrainer,
    )


def read_models(spec: HouseSpec) -> tuple[dict[str, ModelSpec], dict[str, str]]:
    """Every spec in the house's folder of models, and what is wrong with those that cannot be read."""
    models: dict[str, ModelSpec] = {}
    broken: dict[str, str] = {}
    for path in sorted(spec.models.glob("*.toml")):
        try:
            model = read_model(path)
        except SpecError as error:
            broken[path.stem] = str(error)
            continue
        if model.model in models:
            broken[path.stem] = f"{path}:\n  model: `{model.model}` is described by another file already"
        else:
            models[model.model] = model
    return models, broken


def missing_secrets(spec: HouseSpec, secret: Secrets = from_environment) -> list[str]:
    """The names of secrets that the house needs and cannot find."""
    needed = [name for c in spec.channels if (name := c.secret_name)]
    needed += re.findall(r"\$\{(\w+)\}", spec.database or "")
    needed += ["WANDB_API_KEY"] if spec.tracker.mode == "online" else []
    return [name for name in needed if not secret(name)]


def _database(spec: HouseSpec, secret: Secrets) -> str:
    if spec.database is None:
        return f"sqlite:///{spec.folder / 'state.db'}"
    return re.sub(r"\$\{(\w+)\}", lambda m: _needed(m[1], secret), spec.database)


def _needed(name: str, secret: Secrets) -> str:
    value = secret(name)
    if not value:
        raise SpecError(f"the secret {name} is missing: set it, or {name}_FILE, in the environment")
    return value


def _tracker(spec: HouseSpec, secret: Secrets) -> WandbTracker:
    tracker = spec.tracker
    online = tracker.mode == "online" or (tracker.mode == "environment" and bool(secret("WANDB_API_KEY")))
    mode: Literal["online", "offline"] = "online" if online else "offline"
    key = secret("WANDB_API_KEY") if online else None
    return WandbTracker(spec.folder / "wandb", tracker.project, tracker.entity, mode, spec.env, key)


@dataclass(frozen=True, slots=True)
class Locked:
    """A channel whose secret is missing: alerts wait for it, everything else goes on."""

    kind: str
    secret: str

    def deliver(self, alert: Alert) -> str:
        """Refuse for now. Raises OutsideError that names the secret."""
        mend = f"set it, or {self.secret}_FILE, in the environment"
        raise OutsideError(self.kind, f"the secret {self.secret} is missing, {alert.id} waits: {mend}", after=MENDING_S)


def _channel(channel: ChannelSpec, spec: HouseSpec, secret: Secrets) -> Channel:
    if channel.kind == "console":
        return ConsoleChannel(spec.folder / "alerts.jsonl")
    name = str(channel.secret_name)
    key = secret(name)
    if not key:
        return Locked(channel.kind, name)
    if channel.kind == "pagerduty":
        return PagerDutyChannel(key, channel.url)
    if channel.repo is None:
        raise SpecError('channels: github needs `repo = "owner/name"`')
    url = channel.url or "https://api.github.com"
    return GitHubChannel(key, channel.repo, url, labels=channel.labels, assignees=channel.assignees)
