"""Which version answers: read from a split file, and never in the way of an answer."""

import time
from pathlib import Path

from watchkeeper.domain.traffic import Split, assigned, shadowed
from watchkeeper.errors import NotThere
from watchkeeper.serving.exposition import Family, text_of
from watchkeeper.serving.splits import split_from_text

__all__ = ["CanaryRouter"]

Mark = tuple[int, int, int]
"""Inode, time of change and size: what tells one state of a file from the next."""


class CanaryRouter:
    """Routes requests by key between the champion and a canary.

    Without a readable split the last champion that was read answers everything, before the first one `fallback`.
    Routers are safe to share between threads.

    Args:
        split_file: `{root}/{model}.json`, as the traffic router of the flows writes it.
        fallback: the version that answers while no split was ever read.
        refresh: seconds between two looks at the file; it is read again when it has changed.
        stale_after: seconds after which a split that nobody has written again no longer counts, so that a canary does
            not outlive those who watch it; None, the default, believes a split until it changes.

    Attributes:
        broken_reads: looks that found a file which cannot be read or is no split.
        last_error: what the newest of them found.

    Raises:
        NotThere: there is neither a split nor a fallback, so that nobody could answer.
    """

    def __init__(
        self, split_file: Path, fallback: int | None, *, refresh: float = 1.0, stale_after: float | None = None
    ) -> None:
        self.broken_reads = 0
        self.last_error = ""
        self._file = Path(split_file)
        self._refresh = refresh
        self._stale_after = stale_after
        self._known: tuple[Mark, Split] | None = None
        self._split: Split | None = None
        self._due = 0.0
        self._look()
        champion = self._known[1].champion if self._known else fallback
        if champion is None:
            raise NotThere(f"{self._file} holds no split and there is no fallback: set a split, or name a version")
        self._champion = champion

    @property
    def champion(self) -> int:
        """The version that answers when nothing says otherwise."""
        return self._champion

    def split(self) -> Split | None:
        """The split that counts now; None when the champion answers everything because none can be read."""
        if time.monotonic() >= self._due:
            self._look()
        return self._split

    def route(self, key: str) -> int:
        """The version that answers this key; a key that the canary answers stays with it while the share grows."""
        split = self.split()
        if split is None:
            return self._champion
        try:
            return assigned(key, split)
        except Exception:  # noqa: BLE001 - a key that cannot be written as text is still answered
            return split.champion

    def shadow(self, request: str) -> int | None:
        """The version that answers the request of this id in the shadow, None for most."""
        split = self.split()
        if split is None or split.shadow is None:
            return None
        try:
            return shadowed(request, split)
        except Exception:  # noqa: BLE001 - an id that cannot be written as text has no shadow
            return None

    def metrics(self) -> str:
        """Who answers what, and the looks that found no split, as Prometheus text."""
        split, model = self.split(), {"model": self._file.stem}
        roles = {"champion": (self._champion, 1.0)}
        if split is not None and split.canary is not None:
            roles = {"champion": (split.champion, 1.0 - split.share), "canary": (split.canary, split.share)}
        if split is not None and split.shadow is not None:
            roles["shadow"] = (split.shadow, split.shadow_share)
        shares = [(model | {"role": role, "version": str(v)}, share) for role, (v, share) in roles.items()]
        return text_of(
            Family("watchkeeper_split_share", "gauge", "Share of the requests that a version answers.", shares),
            Family(
                "watchkeeper_split_broken_reads_total",
                "counter",
                "Looks at a split file that is none.",
                [(model, self.broken_reads)],
            ),
        )

    def _look(self) -> None:
        """Look at the file; two threads that look at once come to the same, and a fork finds no lock that is held."""
        self._due = time.monotonic() + self._refresh
        try:
            self._split = self._current()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the file, requests are answered
            self._known = self._split = None
            self.broken_reads += 1
            self.last_error = f"{self._file}: {error}"

    def _current(self) -> Split | None:
        """The split that counts now, None for the champion alone."""
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            self._known = None
            return None
        mark, known = (stat.st_ino, stat.st_mtime_ns, stat.st_size), self._known
        if known is None or known[0] != mark:
            self._known = known = (mark, split_from_text(self._file.read_bytes()))
            self._champion = known[1].champion
        return None if self._is_stale(stat.st_mtime) else known[1]

    def _is_stale(self, written: float) -> bool:
        return self._stale_after is not None and time.time() - written > self._stale_after
