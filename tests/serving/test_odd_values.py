"""Whatever a host logs, the batch is written."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watchkeeper.serving import PredictionLogger

NOON = datetime(2013, 7, 1, 12, tzinfo=UTC)


class Stubborn:
    """Raises whatever one does with it."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    def __float__(self) -> float:
        raise RuntimeError("no number")

    def __bool__(self) -> bool:
        raise RuntimeError("neither")


odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters()),
    st.binary(),
    st.decimals(),
    st.datetimes(),
    st.dates(),
    st.timedeltas(),
    st.complex_numbers(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    st.sampled_from(
        [Stubborn(), object(), np.float32(1.5), np.int8(3), np.array([1, 2]), pd.NA, pd.NaT, "\ud800", "_x"]
    ),
)


features = st.dictionaries(st.text(max_size=4) | st.integers(), odd, max_size=4)


@settings(max_examples=40, deadline=None)
@given(logged=st.lists(st.tuples(odd, odd, odd, features, odd, odd, odd), max_size=6))
def test_odd_values_never_raise_and_never_lose_a_record(
    tmp_path_factory: pytest.TempPathFactory, logged: list[tuple[object, ...]]
) -> None:
    root = tmp_path_factory.mktemp("odd")
    logger = PredictionLogger(root, "flights", every=3_600)
    for identity, key, version, features, prediction, latency, at in logged:
        logger.log(identity, key, version, features, prediction, latency_ms=latency, at=at)
        logger.log_label(identity, prediction, at)
    assert logger.close(), logger.last_error
    for part in ("predictions", "labels"):
        files = root.glob(f"flights/{part}/day=*/*.parquet")
        assert sum(pq.ParquetFile(file).read().num_rows for file in files) == len(logged)


def kept(root: Path, *values: object) -> tuple[pa.DataType, list[object]]:
    """The type and values of a feature after these values were logged."""
    logger = PredictionLogger(root, "flights", every=3_600)
    for n, value in enumerate(values):
        logger.log(f"r{n}", "k", 1, {"x": value}, 0.5, at=NOON)
    assert logger.close(), logger.last_error
    column = pq.ParquetFile(next(root.glob("flights/predictions/*/*.parquet"))).read(["x"]).column(0)
    return column.type, column.to_pylist()


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ((1, None, 3), pa.int64(), [1, None, 3]),
        ((1, 2.5), pa.float64(), [1.0, 2.5]),
        ((np.float32(1.5), np.int64(2)), pa.float64(), [1.5, 2.0]),
        ((True, False, None), pa.bool_(), [True, False, None]),
        ((True, 2), pa.float64(), [1.0, 2.0]),
        ((2**63, 1), pa.float64(), [float(2**63), 1.0]),
        ((1.5, 2**60 + 1), pa.float64(), [1.5, float(2**60)]),
        ((Decimal("1.25"), None), pa.float64(), [1.25, None]),
        ((1, pd.NA), pa.float64(), [1.0, None]),
        (("AA", float("nan"), pd.NaT), pa.string(), ["AA", None, None]),
        ((1, "AA"), pa.string(), ["1", "AA"]),
        ((1, "2"), pa.string(), ["1", "2"]),
        (("\ud800", "ü"), pa.string(), ["?", "ü"]),
        (([1], None), pa.string(), ["[1]", None]),
        ((Stubborn(),), pa.string(), ["<Stubborn>"]),
        ((date(2013, 7, 1),), pa.timestamp("us", "UTC"), [datetime(2013, 7, 1, tzinfo=UTC)]),
        ((datetime(2013, 7, 1, 12),), pa.timestamp("us", "UTC"), [NOON]),  # noqa: DTZ001 - a host may log such
        ((NOON.astimezone(timezone(timedelta(hours=5))),), pa.timestamp("us", "UTC"), [NOON]),
        ((None, None), pa.null(), [None, None]),
    ],
)
def test_a_column_takes_the_narrowest_type_that_holds_all_its_values(
    tmp_path: Path, values: tuple[object, ...], kind: pa.DataType, expected: list[object]
) -> None:
    assert kept(tmp_path, *values) == (kind, expected)


def the_record(root: Path, **fields: object) -> dict[str, object]:
    logger = PredictionLogger(root, "flights", every=3_600)
    usual = {"id": "r1", "key": "k", "version": 1, "features": {}, "prediction": 0.5, "at": NOON}
    logger.log(**usual | fields)
    assert logger.close(), logger.last_error
    (row,) = pq.ParquetFile(next(root.glob("flights/predictions/*/*.parquet"))).read().to_pylist()
    return row


def test_features_cannot_take_the_place_of_our_own_columns(tmp_path: Path) -> None:
    row = the_record(tmp_path, features={"_id": "theirs", "_prediction": 9, "temp": 1})
    assert (row["_id"], row["_prediction"], row["temp"]) == ("r1", 0.5, 1)


def test_a_record_without_an_id_gets_one_of_its_own(tmp_path: Path) -> None:
    assert len(the_record(tmp_path, id=None)["_id"]) == 32


def test_what_is_no_number_is_missing_in_our_own_columns(tmp_path: Path) -> None:
    row = the_record(tmp_path, prediction="high", latency_ms=math.nan, version=2**70, key=None)
    assert (row["_prediction"], row["_latency_ms"], row["_version"], row["_key"]) == (None, None, None, None)


def test_a_time_without_a_zone_is_taken_for_utc(tmp_path: Path) -> None:
    assert the_record(tmp_path, at=NOON.replace(tzinfo=None))["_at"] == NOON


def test_what_is_no_time_is_logged_now(tmp_path: Path) -> None:
    row = the_record(tmp_path, at="yesterday")
    assert abs(row["_at"] - datetime.now(UTC)) < timedelta(minutes=1)
