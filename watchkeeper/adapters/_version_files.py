"""What a version's folder holds, and whether it still is what the digest says."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

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
    measures = [[m.check, m.subject, m.name, str(float(m.value)), m.at.isoformat()] for m in anchor.measures]
    (folder / MEASURES).write_text(json.dumps(measures), encoding="utf-8")
    pq.write_table(anchor.sample, folder / SAMPLE)


def read_anchor(folder: Path) -> Anchor:
    """What `write_content` wrote of the anchor."""
    windows = sorted((folder / WINDOWS).glob("*.wkp"))
    measures = json.loads((folder / MEASURES).read_text(encoding="utf-8"))
    return Anchor(
        profile=from_bytes((folder / BASELINE).read_bytes()),
        windows=tuple((_window_of(file.name), from_bytes(file.read_bytes())) for file in windows),
        measures=tuple(Measure(c, s, n, float(value), datetime.fromisoformat(at)) for c, s, n, value, at in measures),
        sample=pq.read_table(folder / SAMPLE),
    )


def _window_name(interval: Interval) -> str:
    start, end = (moment.astimezone(UTC).strftime(MOMENT) for moment in (interval.start, interval.end))
    return f"{start}_{end}.wkp"


def _window_of(name: str) -> Interval:
    start, end = name.removesuffix(".wkp").split("_")
    return Interval(*(datetime.strptime(moment, MOMENT).replace(tzinfo=UTC) for moment in (start, end)))


def write_manifest(folder: Path, version: Version, request: str, anchor: Anchor) -> Version:
    """Seal the folder; gives the version with its digest."""
    manifest: Manifest = {
        "model": version.model,
        "number": version.number,
        "created": version.created.isoformat(),
        "trained_on": [version.trained_on.start.isoformat(), version.trained_on.end.isoformat()],
        "origin": version.origin,
        "metrics": {name: str(float(value)) for name, value in version.metrics.items()},
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
