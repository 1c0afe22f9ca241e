"""Where whole files are put: a folder, or any place that fsspec reaches."""

import uuid
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from watchkeeper.serving.layout import put_whole

__all__ = ["Bucket", "Folder", "Sink", "is_url", "name_of", "sink_at"]

OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "r2", "memory"})
"""Protocols under which an object is there as a whole or not at all; elsewhere a draft is moved."""


class Sink(Protocol):
    """Takes whole files; a reader finds each as a whole, or not at all. Raises whatever the place says."""

    def put(self, path: str, content: bytes) -> None:
        """Put a file at a path, in the place of one that may be there."""

    def has(self, path: str) -> bool:
        """Whether a file is there."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of this machine: on disk first, then under its name."""

    root: Path

    def put(self, path: str, content: bytes) -> None:
        """Put a file; OSError when the disk says no."""
        put_whole(self.root / path, content)

    def has(self, path: str) -> bool:
        """Whether a file is there."""
        return (self.root / path).exists()


@dataclass(slots=True)
class Bucket:
    """A place that fsspec reaches, connected at its first use; credentials are those of its environment."""

    url: str
    _place: tuple[Any, str] | None = field(default=None, init=False, repr=False)

    def put(self, path: str, content: bytes) -> None:
        """Put a file; whatever the store raises when it says no."""
        files, root = self._connected()
        target = f"{root}/{path}"
        if self.url.split("://")[0] in OBJECT_STORES:
            files.pipe_file(target, bytes(content))
            return
        folder, name = target.rsplit("/", 1)
        draft = f"{folder}/.{name}.{uuid.uuid4().hex}.draft"
        files.makedirs(folder, exist_ok=True)
        files.pipe_file(draft, bytes(content))
        files.mv(draft, target)

    def has(self, path: str) -> bool:
        """Whether a file is there."""
        files, root = self._connected()
        return bool(files.exists(f"{root}/{path}"))

    def _connected(self) -> tuple[Any, str]:
        if self._place is None:
            from fsspec.core import url_to_fs  # noqa: PLC0415 - only for those who have it, and not at a start

            files, root = url_to_fs(self.url)
            self._place = files, root.rstrip("/")
        return self._place


def is_url(root: Path | str) -> bool:
    """Whether a root is a URL and not a path of this machine."""
    return isinstance(root, str) and "://" in root and not root.startswith("file://")


def name_of(root: Path | str) -> str:
    """The name of a root by which books that outlive a process are found: of a folder one, however it is reached."""
    return str(root).rstrip("/") if is_url(root) else str(_folder(root).resolve())


def _folder(root: Path | str) -> Path:
    return Path(str(root).removeprefix("file://")).absolute()


def sink_at(root: Path | str) -> Sink:
    """The sink of a folder, or of a URL as fsspec understands it.

    Raises:
        ModuleNotFoundError: a URL, and fsspec is not installed.
    """
    if not is_url(root):
        return Folder(_folder(root))
    if find_spec("fsspec") is None:
        raise ModuleNotFoundError(f'{root} is reached through fsspec: pip install "watchkeeper[objects]"')
    return Bucket(str(root))
