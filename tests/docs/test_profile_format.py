"""The page about a profile's bytes is true: what its program writes by hand is read as it says."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.profiles import MOST_CATEGORIES, Grid, Kind, Profile, from_bytes, profile_batches, to_bytes
from watchkeeper.profiles.codes import FIRST_BIN, LAST_BIN, bins_of
from watchkeeper.profiles.storage import FORMAT, HEAD, MARK

PAGE = (Path(__file__).parents[2] / "docs" / "profile-format.md").read_text(encoding="utf-8")
ROWS = pa.table({"carrier": ["AA", "UA", "AA", "AA", None], "delay": [8.0, 10.0, 14.0, 14.0, None]})


@pytest.fixture
def by_hand() -> bytes:
    """What the page's program writes."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(program, "profile-format.md", "exec"), names)  # noqa: S102 - the page is ours
    stored: bytes = names["stored"]
    return stored


def counted() -> Profile:
    """The same records, counted."""
    kinds = {"carrier": Kind.CATEGORICAL, "delay": Kind.NUMERIC}
    return profile_batches([ROWS], kinds, {"delay": Grid(10.0, 2.0)})


def test_bytes_written_by_hand_are_the_profile_of_those_records(by_hand: bytes) -> None:
    assert from_bytes(by_hand) == counted()


def test_what_is_written_here_says_what_the_hand_wrote(by_hand: bytes) -> None:
    assert from_bytes(to_bytes(counted())) == from_bytes(by_hand)
    assert to_bytes(counted())[: HEAD.size - 4] == by_hand[: HEAD.size - 4]


def test_a_profile_of_the_first_format_is_still_read(by_hand: bytes) -> None:
    _, _, checksum = HEAD.unpack_from(by_hand)
    assert from_bytes(HEAD.pack(MARK, 1, checksum) + by_hand[HEAD.size :]) == counted()


def test_the_page_names_the_format_and_the_bounds_of_the_code() -> None:
    assert f"{FORMAT} is written" in PAGE
    assert f"at most {MOST_CATEGORIES} categories" in PAGE
    assert f"at least {FIRST_BIN} and at most {LAST_BIN}" in PAGE


def test_bins_are_numbered_as_the_page_says() -> None:
    values = np.concatenate([np.random.default_rng(0).standard_cauchy(1000) * 1e3, [5.0, 1e300, -1e300]])
    with np.errstate(over="ignore"):
        scaled = ((values - 5.0) * (1 / 3.0)).astype(np.float32)
    bits = (scaled.view(np.uint32) >> 16).astype(np.int64)
    bins = np.where(bits < 0x8000, bits + 32768, 65535 - bits).clip(128, 65407)
    assert bins_of(values, 5.0, 3.0).tolist() == bins.tolist()
