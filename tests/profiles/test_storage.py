"""A profile survives its bytes; what is not one says so."""

import math
import struct
import zlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests.profiles.tables import numeric, profile, tables
from watchkeeper.profiles import Grid, Profile, from_bytes, to_bytes
from watchkeeper.profiles.storage import FORMAT, HEAD, MARK


@settings(max_examples=60, deadline=None)
@given(tables())
def test_what_was_stored_is_read_again(table: pa.Table) -> None:
    assert from_bytes(to_bytes(profile(table))) == profile(table)


def test_the_empty_profile_is_read_again() -> None:
    assert from_bytes(to_bytes(Profile())) == Profile()


def test_equal_profiles_are_equal_bytes_whatever_the_order_of_their_columns() -> None:
    table = pa.table({"number": [1.0, 2.0], "letter": ["b", "a"]})
    turned = Profile(2, dict(reversed(profile(table).columns.items())), profile(table).absent)
    assert to_bytes(turned) == to_bytes(profile(table))


def test_counts_beyond_four_bytes_and_infinite_sums_survive() -> None:
    part = numeric([1.0] * 256 + [1e308] * 3, Grid(0.5, 3.0))
    many = Profile.total([part] * 2)
    column = many.columns["x"]
    big = Profile(1, {"x": type(column)(column.grid, column.bins, column.counts * 2**33, total=math.inf)})
    assert from_bytes(to_bytes(many)) == many
    assert from_bytes(to_bytes(big)) == big


def test_a_day_of_a_column_takes_about_a_kilobyte() -> None:
    day = numeric(np.random.default_rng(0).normal(50, 10, 1000), Grid(50.0, 13.0))
    assert len(to_bytes(day)) < 1500


def test_what_was_read_can_be_added_again() -> None:
    one = numeric([1.0, 2.0])
    assert from_bytes(to_bytes(one)) + one == one + one


@pytest.mark.parametrize("keep", [0, 3, 11, 12, 40, -1])
def test_a_torn_file_says_so_and_what_to_do(keep: int) -> None:
    with pytest.raises(ValueError, match="remove it and profile its records again"):
        from_bytes(to_bytes(numeric([1.0, 2.0, 3.0]))[:keep])


def test_a_flipped_bit_is_noticed() -> None:
    stored = bytearray(to_bytes(numeric([1.0, 2.0, 3.0])))
    stored[len(stored) // 2] ^= 1
    with pytest.raises(ValueError, match="torn or damaged"):
        from_bytes(bytes(stored))


def test_another_file_is_no_profile() -> None:
    with pytest.raises(ValueError, match="this is no stored profile"):
        from_bytes(b"PAR1 and much more that is none")


def test_a_newer_format_asks_for_an_update() -> None:
    body = zlib.compress(b"whatever a newer one writes")
    with pytest.raises(ValueError, match=r"newer Watchkeeper \(format 3, known here up to 2\): update"):
        from_bytes(HEAD.pack(MARK, FORMAT + 1, zlib.crc32(body)) + body)


def test_the_head_is_as_documented() -> None:
    stored = to_bytes(Profile())
    assert stored[:6] == b"WKPROF"
    assert struct.unpack_from("<HI", stored, 6) == (2, zlib.crc32(stored[12:]))
