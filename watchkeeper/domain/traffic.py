"""Which version answers which request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Split", "assigned"]

BUCKETS = 2**32


@dataclass(frozen=True, slots=True)
class Split:
    """The share of traffic that a canary answers; the rest is the champion's.

    Attributes:
        salt: the rollout's id, so that each rollout draws its own keys.
        at: when it was set.
    """

    champion: int
    canary: int | None
    share: float
    salt: str
    at: datetime

    def __post_init__(self) -> None:
        if not 0.0 <= self.share <= 1.0:
            raise ValueError(f"a share of traffic lies between 0 and 1, not {self.share}")


def assigned(key: str, split: Split) -> int:
    """The version that answers this key: sticky, and a key that the canary has keeps it as the share grows."""
    if split.canary is None:
        return split.champion
    digest = hashlib.blake2b(f"{split.salt}\x00{key}".encode(), digest_size=4).digest()
    return split.canary if int.from_bytes(digest, "big") < split.share * BUCKETS else split.champion
