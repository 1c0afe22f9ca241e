"""A profile as bytes.

The layout, numbers little-endian: 6 bytes `WKPROF`, the format as uint16, the CRC-32 of the rest as uint32, the rest
packed by zlib. Unpacked, that is: the length of a JSON text as uint32, the text, and arrays one after the other: for
every numeric column the gaps between its bins as uint16, then its counts as unsigned integers of the width that the
text gives. The text holds all other facts, floats as hexadecimal (`float.hex`), columns in order of their names, so
that equal profiles are equal bytes.

Format 2 may hold segments: each is described in the text like the whole, and its arrays follow those of the whole.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from watchkeeper.profiles.profile import CategoricalColumn, Column, Grid, NumericColumn, Profile

__all__ = ["FORMAT", "from_bytes", "to_bytes"]

FORMAT = 2
"""The newest format that is known here, and the one that is written."""

MARK = b"WKPROF"
HEAD = struct.Struct("<6sHI")
LENGTH = struct.Struct("<I")


def to_bytes(profile: Profile) -> bytes:
    """The profile in the newest format."""
    packed_text = json.dumps(_described(profile), ensure_ascii=False, separators=(",", ":")).encode()
    body = zlib.compress(LENGTH.pack(len(packed_text)) + packed_text + b"".join(_all_arrays(profile)), 6)
    return HEAD.pack(MARK, FORMAT, zlib.crc32(body)) + body


def _described(profile: Profile) -> dict[str, Any]:
    """All facts but the arrays."""
    text: dict[str, Any] = {
        "rows": profile.rows,
        "absent": dict(sorted(profile.absent.items())),
        "columns": {name: _facts(column) for name, column in sorted(profile.columns.items())},
    }
    segments = {name: _described(part) for name, part in sorted(profile.segments.items())}
    return text | {"segments": segments} if segments else text


def _all_arrays(profile: Profile) -> Iterator[bytes]:
    for _, column in sorted(profile.columns.items()):
        yield _arrays(column)
    for _, part in sorted(profile.segments.items()):
        yield from _all_arrays(part)


def _facts(column: Column) -> dict[str, Any]:
    if isinstance(column, CategoricalColumn):
        counts = dict(sorted(column.counts.items()))
        return {"counts": counts, "other": column.other, "nulls": column.nulls, "wrong": column.wrong}
    floats = (column.grid.center, column.grid.scale, column.low, column.high, column.total)
    return {
        "bins": int(column.bins.size),
        "width": _width(column),
        "floats": [number.hex() for number in floats],
        "nulls": column.nulls,
        "infinite": column.infinite,
        "wrong": column.wrong,
    }


def _width(column: NumericColumn) -> int:
    """Bytes that the largest count needs."""
    largest = int(column.counts.max(initial=0))
    return next(width for width in (1, 2, 4, 8) if largest < 256**width)


def _arrays(column: Column) -> bytes:
    if isinstance(column, CategoricalColumn):
        return b""
    gaps = np.diff(column.bins, prepend=np.uint16(0)).astype("<u2")
    return gaps.tobytes() + column.counts.astype(f"<u{_width(column)}").tobytes()


def from_bytes(stored: bytes) -> Profile:
    """The profile that `to_bytes` made these of.

    Raises:
        ValueError: the bytes are no profile, are torn or damaged, or were written by a newer Watchkeeper; the message
            says what to do.
    """
    if len(stored) < HEAD.size or not stored.startswith(MARK):
        raise ValueError("this is no stored profile, or only its first bytes: remove it and profile its records again")
    _, written, checksum = HEAD.unpack_from(stored)
    if written > FORMAT:
        raise ValueError(
            f"this profile was written by a newer Watchkeeper (format {written}, known here up to {FORMAT}): "
            "update Watchkeeper on this machine"
        )
    if zlib.crc32(stored[HEAD.size :]) != checksum:
        raise ValueError("this profile is torn or damaged: remove it and profile its records again")
    return _unpacked(zlib.decompress(stored[HEAD.size :]))


def _unpacked(body: bytes) -> Profile:
    (length,) = LENGTH.unpack_from(body)
    text = json.loads(body[LENGTH.size : LENGTH.size + length])
    return _profile(text, body, LENGTH.size + length)[0]


def _profile(text: Mapping[str, Any], body: bytes, place: int) -> tuple[Profile, int]:
    """A profile, and where the next one's arrays begin."""
    columns: dict[str, Column] = {}
    segments: dict[str, Profile] = {}
    for name, facts in text["columns"].items():
        if "counts" in facts:
            columns[name] = CategoricalColumn(**facts)
        else:
            columns[name], place = _numeric(facts, body, place)
    for name, part in text.get("segments", {}).items():
        segments[name], place = _profile(part, body, place)
    return Profile(text["rows"], columns, text["absent"], segments), place


def _numeric(facts: Mapping[str, Any], body: bytes, place: int) -> tuple[NumericColumn, int]:
    """A numeric column, and where the next one's arrays begin."""
    size, width = facts["bins"], facts["width"]
    gaps = np.frombuffer(body, "<u2", size, place)
    counts = np.frombuffer(body, f"<u{width}", size, place + 2 * size)
    center, scale, low, high, total = (float.fromhex(number) for number in facts["floats"])
    column = NumericColumn(
        Grid(center, scale),
        np.cumsum(gaps, dtype=np.uint16),
        counts.astype(np.int64),
        nulls=facts["nulls"],
        infinite=facts["infinite"],
        wrong=facts["wrong"],
        low=low,
        high=high,
        total=total,
    )
    return column, place + (2 + width) * size
