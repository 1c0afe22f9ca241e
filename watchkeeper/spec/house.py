"""Which adapter keeps which port, for all models of one house."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from watchkeeper.domain.levels import Level
from watchkeeper.spec.words import Strict

__all__ = ["ChannelSpec", "HouseSpec", "TrackerSpec"]

LevelName = Literal["UNKNOWN", "WARNING", "CRITICAL"]


class ChannelSpec(Strict):
    """One way to tell people.

    Attributes:
        kind: console, pagerduty or github.
        least: the level from which on it hears of an incident.
        url: only for another address than the vendor's.
        repo: `owner/name`, for github.
        secret: the name under which its key or token is looked up.
    """

    kind: Literal["console", "pagerduty", "github"]
    least: LevelName = "WARNING"
    url: str | None = None
    repo: Annotated[str, StringConstraints(pattern=r"^[\w.-]+/[\w.-]+$")] | None = None
    secret: str | None = None
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _knows_where(self) -> Self:
        if self.kind == "github" and self.repo is None:
            raise ValueError('github needs the repository that keeps the issues: repo = "owner/name"')
        return self

    @property
    def least_level(self) -> Level:
        """The level as the domain knows it."""
        return Level[self.least]

    @property
    def secret_name(self) -> str | None:
        """What to look up, None when the channel needs no secret."""
        default = {"pagerduty": "WATCHKEEPER_PAGERDUTY_KEY", "github": "WATCHKEEPER_GITHUB_TOKEN"}
        return self.secret or default.get(self.kind)


class TrackerSpec(Strict):
    """Where charts and reports go.

    Attributes:
        mode: `environment` is online when WANDB_API_KEY is set, else offline.
        batch: windows of a model that are written in one offline run.
    """

    project: str = "watchkeeper"
    entity: str | None = None
    mode: Literal["environment", "online", "offline"] = "environment"
    batch: int = Field(default=1, ge=1)


class HouseSpec(Strict):
    """The house: paths are relative to the file.

    Attributes:
        env: part of every incident's key; `prod` and `staging` never share an incident.
        folder: where everything is kept that has no other place.
        database: an SQLAlchemy URL; SQLite in `folder` unless given. `${NAME}` is taken from the secrets.
        runbooks: the address under which docs/runbooks is published.
        pages: the address of the Prefect UI, for links.
        trusted: types beyond scikit-learn's own that a stored version may hold.
    """

    env: str = "local"
    folder: Path = Path("../.watchkeeper")
    models: Path = Path("models")
    database: str | None = None
    runbooks: str = "https://github.com/watchkeeper/watchkeeper/blob/main/docs/runbooks"
    pages: str = "http://127.0.0.1:4200"
    trusted: tuple[str, ...] = ()
    channels: tuple[ChannelSpec, ...] = (ChannelSpec(kind="console"),)
    tracker: TrackerSpec = TrackerSpec()

    @field_validator("channels")
    @classmethod
    def _one_of_a_kind(cls, channels: tuple[ChannelSpec, ...]) -> tuple[ChannelSpec, ...]:
        kinds = [c.kind for c in channels]
        if twice := sorted({k for k in kinds if kinds.count(k) > 1}):
            raise ValueError(f"one channel of a kind, because alerts are addressed by it; there are more of {twice[0]}")
        return channels
