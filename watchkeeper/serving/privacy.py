"""What of a record never leaves its host: columns left out, or replaced by a keyed hash, before anything is written."""

import hashlib
import os
from collections.abc import Collection
from dataclasses import dataclass

__all__ = ["OPEN", "SALT", "Privacy", "privacy"]

SALT = "WATCHKEEPER_SALT"
"""The environment variable with the key of the hashes."""

SHORTEST = 16
"""Bytes that a salt has at least; guesses of a shorter one could be tried one by one."""

NEEDED = ("_id", "_at", "_version", "_prediction")
"""Columns without which a record is of no use."""

HASHABLE = ("_id", "_key")
"""Columns of ours that may be hashed."""


@dataclass(frozen=True, slots=True)
class Privacy:
    """Which columns are left out, and which are hashed.

    Attributes:
        without: names of features, or `_key`.
        hashed: names of features, `_id` or `_key`; a hashed id still finds its label, for labels are hashed alike.
        salt: the key of the hashes; whoever has it can test a guess, and nobody else.
    """

    without: frozenset[str] = frozenset()
    hashed: frozenset[str] = frozenset()
    salt: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.without or self.hashed)

    def hide(self, text: str) -> str:
        """BLAKE2b of a text under the salt, 32 hexadecimal digits: equal texts stay equal, and are not told."""
        return hashlib.blake2b(text.encode(), key=self.salt, digest_size=16).hexdigest()


OPEN = Privacy()
"""Everything is written as it is."""


def privacy(without: Collection[str], hashed: Collection[str]) -> Privacy:
    """What was asked for, with the salt of the environment.

    Raises:
        ValueError: a column cannot be left out or hashed, or is to be both, or the salt is missing or short.
    """
    if both := set(without) & set(hashed):
        raise ValueError(f"{sorted(both)}: a column is left out or hashed, not both")
    if needed := set(without) & set(NEEDED):
        raise ValueError(f"{sorted(needed)}: no record is of use without; leave these out of `without`")
    if ours := {name for name in hashed if name.startswith("_")} - set(HASHABLE):
        raise ValueError(f"{sorted(ours)}: of our own columns only {' and '.join(HASHABLE)} can be hashed")
    return Privacy(frozenset(without), frozenset(hashed), _salt() if hashed else b"")


def _salt() -> bytes:
    salt = os.environ.get(SALT, "").encode()
    if len(salt) < SHORTEST:
        raise ValueError(f"hashing needs a secret of at least {SHORTEST} bytes in the environment variable {SALT}")
    return salt if len(salt) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(salt).digest()
