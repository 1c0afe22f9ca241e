"""Versions in a folder, each bound to its digest.

{root}/{model}/pointers.json                 who is champion, candidate, last good
{root}/{model}/versions/0003/manifest.json   the version, its features, the digest of every file below
                             model.skops     the estimator
                             baseline.wkp    the profile it is held against
                             windows/        profiles of the windows that its training records fill
                             measures.json   what the checks measured on those windows
                             sample.parquet  training records for pictures
                             expectation.json, errors.skops  what it lets one expect where labels are not known yet
                             attachments/    reports; the only part that grows, and no part of the digest
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from watchkeeper.adapters._folder_locks import appearing, locked
from watchkeeper.adapters._skops_files import EstimatorPredictor, load_estimator
from watchkeeper.adapters._version_files import (
    ATTACHMENTS,
    MODEL,
    read_anchor,
    read_manifest,
    verify,
    version_in,
    write_content,
    write_manifest,
)
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Pointers, Version
from watchkeeper.errors import BrokenVersion, Conflict, NotThere, OutsideError
from watchkeeper.ports import Anchor, Predictor
from watchkeeper.serving.layout import checked_name, put_whole

__all__ = ["FolderRegistry"]


@dataclass(frozen=True, slots=True)
class FolderRegistry:
    """Implements `Registry`.

    Attributes:
        trusted: types beyond scikit-learn's own that a version may hold (`package.module.Type`).
    """

    root: Path
    trusted: tuple[str, ...] = ()

    def register(self, version: Version, estimator: object, anchor: Anchor, request: str) -> Version:
        home = self._home(version.model)
        with _spoken_for(home), locked(home, "versions"):
            if known := self._made_for(version.model, request):
                return known
            number = max(self._numbers(version.model), default=0) + 1
            with appearing(self.folder(version.model, number)) as draft:
                write_content(draft, estimator, anchor)
                return write_manifest(draft, replace(version, number=number), request, anchor)

    def version(self, model: str, number: int) -> Version:
        with _spoken_for(self._home(model)):
            return version_in(read_manifest(self.folder(model, number)))

    def versions(self, model: str) -> tuple[Version, ...]:
        with _spoken_for(self._home(model)):
            return tuple(version_in(read_manifest(self.folder(model, n))) for n in self._numbers(model))

    def load(self, model: str, number: int) -> Predictor:
        folder = self.folder(model, number)
        with _spoken_for(folder):
            manifest = verify(folder)
            estimator = load_estimator(folder / MODEL, self.trusted)
            return EstimatorPredictor(version_in(manifest), estimator, dict(manifest["features"]))

    def anchor(
        self, model: str, number: int, *, windows: Interval | None = None, measures: Interval | None = None
    ) -> Anchor:
        folder = self.folder(model, number)
        with _spoken_for(folder):
            verify(folder)
            return read_anchor(folder, windows, measures)

    def pointers(self, model: str) -> Pointers:
        file = self._home(model) / "pointers.json"
        with _spoken_for(file):
            if not file.exists():
                return Pointers()
            try:
                return Pointers(**json.loads(file.read_bytes()))
            except (ValueError, TypeError) as error:
                raise OutsideError("registry", f"{file} cannot be read: {error}; restore it from a backup") from error

    def point(self, model: str, pointers: Pointers, *, instead_of: Pointers) -> None:
        home = self._home(model)
        with _spoken_for(home), locked(home, "pointers"):
            found = self.pointers(model)
            if found == pointers:
                return
            if found != instead_of:
                raise Conflict(f"the pointers of {model} are {found} by now, not {instead_of}")
            for number in {*asdict(pointers).values()} - {None}:
                read_manifest(self.folder(model, number))
            put_whole(home / "pointers.json", json.dumps(asdict(pointers)).encode())

    def folder(self, model: str, number: int) -> Path:
        return self._home(model) / "versions" / f"{number:04d}"

    def attach(self, model: str, number: int, name: str, content: bytes) -> Path:
        folder = self.folder(model, number)
        with _spoken_for(folder):
            read_manifest(folder)
            file = folder / ATTACHMENTS / Path(name).name
            put_whole(file, content)
            return file

    def attachment(self, model: str, number: int, name: str) -> bytes:
        file = self.folder(model, number) / ATTACHMENTS / Path(name).name
        with _spoken_for(file):
            if not file.is_file():
                raise NotThere(f"{model} v{number} has no {name}")
            return file.read_bytes()

    def _home(self, model: str) -> Path:
        try:
            return self.root / checked_name(model)
        except ValueError as error:
            raise NotThere(str(error)) from error

    def _numbers(self, model: str) -> list[int]:
        """The numbers of the versions that are there, in order."""
        folders = (self._home(model) / "versions").glob("[0-9]*")
        return sorted(int(folder.name) for folder in folders if folder.name.isdecimal())

    def _made_for(self, model: str, request: str) -> Version | None:
        """The version that this request made before; a broken version of another request is no obstacle."""
        for number in self._numbers(model):
            try:
                manifest = read_manifest(self.folder(model, number))
            except BrokenVersion:
                continue
            if manifest["request"] == request:
                return version_in(manifest)
        return None


@contextmanager
def _spoken_for(place: Path) -> Iterator[None]:
    """What the disk refuses leaves as an `OutsideError` that names the place."""
    try:
        yield
    except OSError as error:
        where = error.filename or place
        mend = "make the folder readable and writable for this user, on a disk with room"
        raise OutsideError("registry", f"{where}: {error.strerror or error}; {mend}") from error
