"""Everything that goes wrong, in one tree.

WatchkeeperError
├── SpecError        a TOML file says something that cannot be meant
├── OutsideError     somebody else's system said no, or nothing
├── BrokenVersion    a stored version is not what its digest says
├── NotThere         what was asked for does not exist
├── NoAnswer         a host's versions all failed a request
└── Conflict         somebody else changed it first, or it is already decided
"""

__all__ = ["BrokenVersion", "Conflict", "NoAnswer", "NotThere", "OutsideError", "SpecError", "WatchkeeperError"]


class WatchkeeperError(Exception):
    """The root: catching it catches all that Watchkeeper raises on purpose."""


class SpecError(WatchkeeperError):
    """A TOML file that cannot be meant; the message names file, field and mend."""


class OutsideError(WatchkeeperError):
    """What an adapter raises when the system behind it fails.

    Args:
        who: the system, in one word a person knows (`pagerduty`, `github`, `state store`).
        what: what it said, without any secret.
        permanent: True when the same call can never succeed, so that nobody tries again.
        after: seconds that the system asked us to wait, if it said so.
    """

    def __init__(self, who: str, what: str, *, permanent: bool = False, after: float | None = None) -> None:
        super().__init__(who, what)  # all that it takes to be made again: errors cross processes
        self.who = who
        self.what = what
        self.permanent = permanent
        self.after = after

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"


class BrokenVersion(WatchkeeperError):
    """A stored version whose content does not match its digest, or cannot be loaded safely."""


class NotThere(WatchkeeperError):
    """The model, version, incident, rollout or question asked for does not exist."""


class NoAnswer(WatchkeeperError):
    """Neither the version that was picked for a request nor any other of the host could answer it."""


class Conflict(WatchkeeperError):
    """A conditional write found something else than expected: it was changed, answered or taken already."""
