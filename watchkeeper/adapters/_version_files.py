"""What a version's folder holds, and whether it still is what the digest says."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from watchkeeper.adapters._expectation_files import read_expectation, write_expectation
from watchkeeper.adapters._skops_files import features_of, save_estimator
from watchkeeper.domain.findings import Measure
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.versions import Version
from watchkeeper.errors import BrokenVersion, NotThere
from watchkeeper.ports import Anchor
from watchkeeper.profiles.storage import from_bytes, to_bytes

__all__ = [
    "ATTACHMENTS",
    "MODEL",
    "read_anchor",
    "read_manifest",
    "verify",
    "version_in",
    "write_content",
    "write_manifest",
]

MANIFEST, MODEL, BASELINE, MEASURES, SAMPLE = (
    "manifest.json",
    "model.skops",
    "baseline.wkp",
    "measures.json",
    "sample.parquet",
)
WINDOWS, ATTACHMENTS = "windows", "attachments"

MOMENT = "%Y%m%dT%H%M%S.%fZ"
"""How a window's ends stand in its file's name, in UTC."""

MEND = "restore the version's folder from a backup, or point to another version and train again"

Manifest = dict[str, Any]


def write_content(folder: Path, estimator: object, anchor: Anchor) -> None:
    """Write all that the digest covers."""
    save_estimator(estimator, folder / MODEL)
    (folder / BASELINE).write_bytes(to_bytes(anchor.profile))
    (folder / WINDOWS).mkdir()
    for interval, profile in anchor.windows:
        (folder / WINDOWS / _window_name(interval)).write_bytes(to_bytes(profile))
    (folder / MEASURES).write_text(json.dumps(_packed(anchor.measures)), encoding="utf-8")
    pq.write_table(anchor.sample, folder / SAMPLE)
    write_expectation(folder, anchor.expectation)


def read_anchor(folder: Path, windows: Interval | None, measures: Interval | None) -> Anchor:
    """What `write_content` wrote of the anchor: the windows that lie in an interval, the measures taken in another."""
    files = {_window_of(file.name): file for file in sorted((folder / WINDOWS).glob("*.wkp"))}
    wanted = [i for i in files if windows is None or (windows.start <= i.start and i.end <= windows.end)]
    return Anchor(
        profile=from_bytes((folder / BASELINE).read_bytes()),
        windows=tuple((interval, from_bytes(files[interval].read_bytes())) for interval in wanted),
        measures=tuple(_unpacked(json.loads((folder / MEASURES).read_text(encoding="utf-8")), measures)),
        sample=pq.read_table(folder / SAMPLE),
        expectation=read_expectation(folder),
    )


def _packed(measures: Iterable[Measure]) -> dict[str, Any]:
    """By moment, and the names apart: windows measure the same things, hundreds of them."""
    names: list[list[list[str]]] = []
    moments: list[list[Any]] = []
    for at, group in groupby(measures, key=lambda m: m.at):
        together = list(group)
        named = [[m.check, m.subject, m.name] for m in together]
        if named not in names[-1:]:
            names.append(named)
        moments.append([at.isoformat(), len(names) - 1, [float(m.value) for m in together]])
    return {"names": names, "moments": moments}


def _unpacked(packed: Mapping[str, Any], within: Interval | None) -> Iterator[Measure]:
    for moment, named, values in packed["moments"]:
        at = datetime.fromisoformat(moment)
        if within is None or at in within:
            for (check, subject, name), value in zip(packed["names"][named], values, strict=True):
                yield Measure(check, subject, name, value, at)


def _window_name(interval: Interval) -> str:
    start, end = (moment.astimezone(UTC).strftime(MOMENT) for moment in (interval.start, interval.end))
    return f"{start}_{end}.wkp"


def _window_of(name: str) -> Interval:
    return Interval(*map(datetime.fromisoformat, name.removesuffix(".wkp").split("_")))


def write_manifest(folder: Path, version: Version, request: str, anchor: Anchor) -> Version:
    """Seal the folder; gives the version with its digest."""
    manifest: Manifest = {
        "model": version.model,
        "number": version.number,
        "created": version.created.isoformat(),
        "trained_on": [version.trained_on.start.isoformat(), version.trained_on.end.isoformat()],
        "origin": version.origin,
        "metrics": {name: str(float(value)) for name, value in version.metrics.items()},
        "parent": version.parent,
        "request": request,
        "features": list(features_of(anchor.sample).items()),
        "files": {f.relative_to(folder).as_posix(): _sha256(f) for f in sorted(folder.rglob("*")) if f.is_file()},
    }
    manifest["digest"] = _digest_of(manifest)
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return version_in(manifest)


def version_in(manifest: Manifest) -> Version:
    """The version that a manifest describes."""
    return Version(
        model=manifest["model"],
        number=manifest["number"],
        digest=manifest["digest"],
        created=datetime.fromisoformat(manifest["created"]),
        trained_on=Interval(*(datetime.fromisoformat(moment) for moment in manifest["trained_on"])),
        origin=manifest["origin"],
        metrics={name: float(value) for name, value in manifest["metrics"].items()},
        parent=manifest.get("parent"),
    )


def read_manifest(folder: Path) -> Manifest:
    """The manifest, once its own digest is known to be right; the files are not looked at.

    Raises:
        NotThere: there is no such version.
        BrokenVersion: somebody changed it.
    """
    file = folder / MANIFEST
    if not file.exists():
        raise NotThere(f"there is no version in {folder}")
    try:
        manifest: Manifest = json.loads(file.read_bytes())
        said = str(manifest["digest"])
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenVersion(f"{file} cannot be read: {error!r}; {MEND}") from error
    _compare(file, said, _digest_of(manifest))
    return manifest


def verify(folder: Path) -> Manifest:
    """The manifest, once every file is known to be what it says.

    Raises:
        NotThere, BrokenVersion: as `read_manifest`.
    """
    manifest = read_manifest(folder)
    for name, digest in manifest["files"].items():
        file = folder / name
        if not file.is_file():
            raise BrokenVersion(f"{file} is missing; {MEND}")
        _compare(file, digest, _sha256(file))
    return manifest


def _compare(file: Path, expected: str, actual: str) -> None:
    if expected != actual:
        raise BrokenVersion(f"{file} was changed: its digest is {actual[:19]}…, not {expected[:19]}…; {MEND}")


def _sha256(file: Path) -> str:
    return f"sha256:{hashlib.sha256(file.read_bytes()).hexdigest()}"


def _digest_of(manifest: Manifest) -> str:
    """Over the name and digest of every file, and all else that the manifest says."""
    rest = {name: value for name, value in manifest.items() if name != "digest"}
    return f"sha256:{hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()}"
