"""Charts and reports in Weights & Biases, offline in a folder or online.

Nothing here is the record of truth: what is logged is kept elsewhere first, and may be logged again.
Offline runs reach a server later by `wandb sync {folder}/wandb/offline-run-*`.
"""

import base64
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Literal

from watchkeeper.adapters._wandb_words import STEP, row, slug, speakable
from watchkeeper.domain.verdicts import Verdict
from watchkeeper.domain.versions import Version
from watchkeeper.errors import OutsideError
from watchkeeper.ports import Tracked

if TYPE_CHECKING:
    import wandb

__all__ = ["WandbTracker"]

LIGHT = {
    "console": "off",
    "disable_git": True,
    "save_code": False,
    "silent": True,
    "finish_timeout_raises": True,
    "x_disable_machine_info": True,
    "x_disable_meta": True,
    "x_disable_stats": True,
    "x_save_requirements": False,
    "x_transaction_log_flush_interval": 1.0,
}
"""Nothing about the machine, its prints (they may hold secrets) or its source code leaves the house."""

_surroundings = RLock()  # wandb takes its folders from the environment, which all threads share


@dataclass(frozen=True, slots=True)
class WandbTracker:
    """Implements `Tracker`.

    Attributes:
        folder: where runs, staged artifacts and caches are kept; runs lie in `{folder}/wandb`.
        entity: the W&B team or person; None is the key's own.
        env: `prod` and `staging` never share a run.
        key: the API key, for online runs; None reads WANDB_API_KEY.
        patience: seconds that an online run may take to start, to end, or to commit an artifact.
    """

    folder: Path
    project: str = "watchkeeper"
    entity: str | None = None
    mode: Literal["offline", "online"] = "offline"
    env: str = "local"
    key: str | None = field(default=None, repr=False)
    patience: float = 60.0

    def log_verdicts(self, model: str, verdicts: Sequence[Verdict]) -> str:
        place = ""
        ordered = sorted(verdicts, key=lambda verdict: verdict.interval.end)
        for month, of_month in groupby(ordered, key=lambda verdict: f"{verdict.interval.end:%Y-%m}"):
            with self._run("windows", model, month) as run:
                run.define_metric(STEP, hidden=True)
                run.define_metric("*", step_metric=STEP)
                for verdict in of_month:
                    run.log(row(verdict))
                place = self._place(run)
        return place

    def log_report(self, model: str, name: str, file: Path, about: Mapping[str, str | float]) -> Tracked:
        with self._run("report", model, name) as run:
            import wandb  # noqa: PLC0415 - wandb takes most of a second to import

            artifact = _artifact(slug(model, name), "report", about, {file.name: file})
            run.log({"report": wandb.Html(str(file), inject=False)})
            return Tracked(self._place(run), self._send(run, artifact), artifact.manifest.entries[file.name].digest)

    def log_version(self, version: Version, folder: Path) -> Tracked:
        with self._run("version", version.model, f"v{version.number}") as run:
            about: dict[str, str | float] = {
                "number": version.number,
                "digest": version.digest,
                "origin": version.origin,
            }
            artifact = _artifact(slug(version.model), "model", about | version.metrics, _content(folder))
            return Tracked(self._place(run), self._send(run, artifact), artifact.digest)

    @contextmanager
    def _run(self, job: str, model: str, about: str) -> Iterator["wandb.Run"]:
        """A run of our own, finished at the end of the block; the same names give the same run."""
        with _at_home(self.folder, self.mode), _spoken_for(self.key or os.environ.get("WANDB_API_KEY", "")):
            import wandb  # noqa: PLC0415 - the same

            with wandb.init(
                project=self.project,
                entity=self.entity,
                dir=str(self.folder),
                id=slug(job, self.env, model, about),
                name=f"{model} {about}",
                group=model,
                job_type=job,
                tags=[self.env],
                mode=self.mode,
                resume="allow",
                reinit="create_new",
                settings=self._settings(),
            ) as run:
                yield run

    def _settings(self) -> dict[str, object]:
        waits = {"init_timeout": self.patience, "finish_timeout": self.patience}
        return LIGHT | waits | ({"api_key": self.key} if self.key else {})

    def _place(self, run: "wandb.Run") -> str:
        return str(run.url) if self.mode == "online" else str(Path(run.dir).parent)

    def _send(self, run: "wandb.Run", artifact: "wandb.Artifact") -> str:
        """Log an artifact; online it has arrived when this returns. Offline waiting is not possible."""
        run.log_artifact(artifact)
        if self.mode == "online":
            artifact.wait(timeout=int(self.patience))
        return str(artifact.name)


@contextmanager
def _at_home(folder: Path, mode: str) -> Iterator[None]:
    """All that wandb keeps stays under our folder, in this block only, one thread at a time."""
    ours = {f"WANDB_{what}_DIR": str(folder) for what in ("DATA", "CACHE", "CONFIG")}
    ours |= {"WANDB_DIR": str(folder), "WANDB_ERROR_REPORTING": "false", "WANDB_MODE": mode, "WANDB_SILENT": "true"}
    with _surroundings:
        before = {name: os.environ.get(name) for name in ours}
        os.environ.update(ours)
        _leave_inherited_service()
        try:
            yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def _leave_inherited_service() -> None:
    """Start a service of our own: that of the parent process keeps the runs of killed children in use."""
    service = os.environ.get("WANDB_SERVICE", "")
    if service and str(os.getpid()) not in service.split("-"):
        del os.environ["WANDB_SERVICE"]


@contextmanager
def _spoken_for(key: str) -> Iterator[None]:
    """Whatever wandb raises leaves as an `OutsideError`, without the key."""
    try:
        yield
    except Exception as error:
        _end_service()
        if isinstance(error, OutsideError):
            raise
        said = f"{type(error).__name__}: {error}"
        raise OutsideError("wandb", said.replace(key, "***") if key else said) from error


def _end_service() -> None:
    """Let go of whatever run was begun: one that its service believes in use cannot be begun again."""
    import wandb  # noqa: PLC0415 - the same

    with suppress(Exception):
        wandb.teardown(exit_code=1)


def _content(folder: Path) -> dict[str, Path]:
    """The files of a version by their names in it; what was attached later is no part of it."""
    files = {file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()}
    return {name: file for name, file in files.items() if not name.startswith("attachments/")}


def _artifact(name: str, kind: str, about: Mapping[str, str | float], files: Mapping[str, Path]) -> "wandb.Artifact":
    """An artifact of these files, each known to be staged as it is."""
    import wandb  # noqa: PLC0415 - the same

    artifact = wandb.Artifact(name, type=kind, metadata=speakable(about))
    for place, file in files.items():
        entry = artifact.add_file(str(file), name=place)
        staged = Path(entry.local_path or "")
        if {_digest(file), _digest(staged)} != {entry.digest}:
            raise OutsideError("wandb", f"{file} was staged as something else ({staged}); log it again")
    return artifact


def _digest(file: Path) -> str:
    """As W&B writes it: MD5, base64."""
    return base64.b64encode(hashlib.md5(file.read_bytes(), usedforsecurity=False).digest()).decode()
