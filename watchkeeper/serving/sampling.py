"""Which records are kept when not all are: always the same keys, on every host."""

import hashlib
from dataclasses import dataclass

from watchkeeper.serving.values import missing, text

__all__ = ["Sampling"]

PLACES = 2**64


@dataclass(frozen=True, slots=True)
class Sampling:
    """A share of the routing keys, drawn apart from the router's own draw, so that every version has its share.

    Attributes:
        share: of the keys whose records are kept, above 0 and up to 1.

    Raises:
        ValueError: it is another number.
    """

    share: float

    def __post_init__(self) -> None:
        if not 0.0 < self.share <= 1.0:
            raise ValueError(f"`sample` is a share of the records above 0 and up to 1, not {self.share}")

    @property
    def weight(self) -> float:
        """For how many records one that is kept stands."""
        return 1.0 / self.share

    def keeps(self, key: object, id: object) -> bool:  # noqa: A002 - that is its name in the table
        """Whether the records of this key are kept; a record without a key is drawn by its own id."""
        drawn = text(id if missing(key) else key)
        place = hashlib.blake2b(drawn.encode(), digest_size=8, person=b"watchkeeper kept").digest()
        return int.from_bytes(place, "big") < self.share * PLACES
