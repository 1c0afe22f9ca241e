"""Which version answers which request."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Split", "assigned", "shadowed"]

PLACES = 2**32


@dataclass(frozen=True, slots=True)
class Split:
    """The share of traffic that a canary answers; the rest is the champion's.

    Attributes:
        salt: the rollout's id, so that each rollout draws its own keys.
        at: when it was set.
        shadow: the version that answers a sample of the requests beside whoever answers them; nobody gets its answers.
        shadow_share: the share of requests in that sample.
    """

    champion: int
    canary: int | None
    share: float
    salt: str
    at: datetime
    shadow: int | None = None
    shadow_share: float = 0.0

    def __post_init__(self) -> None:
        for share in (self.share, self.shadow_share):
            if not 0.0 <= share <= 1.0:
                raise ValueError(f"a share of traffic lies between 0 and 1, not {share}")


def assigned(key: str, split: Split) -> int:
    """The version that answers this key: sticky, and a key that the canary has keeps it as the share grows."""
    if split.canary is None:
        return split.champion
    return split.canary if _place(f"{split.salt}\x00{key}") < split.share * PLACES else split.champion


def shadowed(request: str, split: Split) -> int | None:
    """The version that answers this request in the shadow, None for no one.

    Requests are drawn by their own id, not by key: every key is in the sample, and a request that is asked again has
    the same lot. The draw has nothing to do with who answers. Whoever answers needs no shadow of its own: see to that.
    """
    if split.shadow is None:
        return None
    return split.shadow if _place(f"{split.salt}\x00shadow\x00{request}") < split.shadow_share * PLACES else None


def _place(text: str) -> int:
    """Where a text falls among `PLACES`, evenly and always in the same place."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big")
