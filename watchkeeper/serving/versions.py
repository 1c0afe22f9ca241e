"""The versions that a host has in memory."""

import itertools
import threading
import time
from collections.abc import Callable

from watchkeeper.errors import BrokenVersion
from watchkeeper.serving.asking import Model
from watchkeeper.serving.forks import begin_in_forks

__all__ = ["Versions"]


class Versions:
    """Loads each version when it is first asked for, once, and keeps those that were asked last.

    Whoever asks for a version that another thread is loading waits for it; versions that are loaded never wait.

    Args:
        load: gives the version of a number; may raise anything.
        retry: seconds after which one that could not be loaded is tried again.
        most: versions in memory: champion, canary and the last good one, and one on its way.
    """

    def __init__(self, load: Callable[[int], Model], *, retry: float = 30.0, most: int = 4) -> None:
        self._load, self._retry, self._most = load, retry, most
        self._loaded: dict[int, Model] = {}
        self._asked: dict[int, int] = {}
        self._turn = itertools.count()
        self._broken: dict[int, tuple[float, str]] = {}
        self.begin()
        begin_in_forks(self)

    def begin(self) -> None:
        """Go on in a forked process with what is loaded."""
        self._lock = threading.Lock()

    def model(self, number: int) -> Model:
        """The version of this number. Raises BrokenVersion when it cannot be loaded, or could not be a moment ago."""
        self._asked[number] = next(self._turn)
        found = self._loaded.get(number)
        if found is not None:
            return found
        with self._lock:
            return self._loaded.get(number) or self._loaded_now(number)

    def warm(self, *numbers: int | None) -> None:
        """Load versions before anybody asks for them; what is wrong with one is said when it is asked for."""
        for number in numbers:
            if number is not None:
                try:
                    self.model(number)
                except BrokenVersion:
                    continue

    def loaded(self) -> tuple[int, ...]:
        """The versions in memory."""
        return tuple(self._loaded)

    def _loaded_now(self, number: int) -> Model:
        again, said = self._broken.get(number, (0.0, ""))
        if time.monotonic() < again:
            raise BrokenVersion(said)
        try:
            model = self._load(number)
        except Exception as error:
            said = f"v{number} cannot be loaded: {type(error).__name__}: {error}"
            self._broken[number] = (time.monotonic() + self._retry, said)
            raise BrokenVersion(said) from error
        self._loaded[number] = model
        while len(self._loaded) > self._most:
            del self._loaded[min(self._loaded, key=self._asked.__getitem__)]
        return model
