"""Frames as tables: nothing copied that need not be, nothing lost, nothing raised."""

from collections import Counter
from datetime import date, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from watchkeeper.profiles import Kind, profile_batches
from watchkeeper.profiles.frames import table_of
from watchkeeper.profiles.profile import CategoricalColumn

COLUMNS = {
    "floats": np.array([1.0, np.nan, 3.0]),
    "whole": np.array([1, 2, 3]),
    "flags": np.array([True, False, True]),
    "texts": ["a", None, "c"],
    "categories": pd.Categorical(["a", None, "a"]),
    "nullable": pd.array([1, None, 3], dtype="Int64"),
    "moments": pd.to_datetime(["2026-01-01", None, "2026-01-03"]),
    "objects": pd.Series(["x", 1, None], dtype=object),
    "days": pd.Series([date(2026, 1, 1), None, date(2026, 1, 3)], dtype=object),
}


@pytest.mark.parametrize(
    ("name", "kind", "missing", "wrong"),
    [
        ("floats", Kind.NUMERIC, 1, 0),
        ("whole", Kind.NUMERIC, 0, 0),
        ("flags", Kind.BOOLEAN, 0, 0),
        ("texts", Kind.CATEGORICAL, 1, 0),
        ("categories", Kind.CATEGORICAL, 1, 0),
        ("nullable", Kind.NUMERIC, 1, 0),
        ("moments", Kind.DATETIME, 1, 0),
        ("objects", Kind.NUMERIC, 1, 2),
        ("days", Kind.DATETIME, 1, 0),
    ],
)
def test_every_type_of_pandas_is_counted(name: str, kind: Kind, missing: int, wrong: int) -> None:
    column = profile_batches([table_of(pd.DataFrame(COLUMNS))], {name: kind}, {}).columns[name]
    assert (column.nulls, column.wrong, column.size) == (missing, wrong, 3)


def test_numbers_lie_where_pandas_has_them() -> None:
    frame = pd.DataFrame({"x": np.arange(1000.0), "y": np.arange(1000.0)})
    there = table_of(frame).column("x").chunk(0).buffers()[1].address
    assert there == frame["x"].to_numpy().__array_interface__["data"][0]


def test_names_become_texts_and_the_index_is_left_out() -> None:
    frame = pd.DataFrame({0: [1.0], ("a", 1): ["b"]}, index=[datetime(2026, 1, 1)])  # noqa: DTZ001 - as users have it
    assert table_of(frame).column_names == ["0", "('a', 1)"]


def test_objects_that_have_no_common_type_are_texts() -> None:
    frame = pd.DataFrame({"x": pd.Series([{"a": 1}, "b", 2, None, float("nan")], dtype=object)})
    column = profile_batches([table_of(frame)], {"x": Kind.CATEGORICAL}, {}).columns["x"]
    assert isinstance(column, CategoricalColumn)
    assert (Counter(column.counts), column.nulls) == (Counter(["{'a': 1}", "b", "2"]), 2)


def test_an_empty_frame_is_an_empty_table() -> None:
    assert table_of(pd.DataFrame()).shape == (0, 0)
    assert table_of(pd.DataFrame({"x": []})).schema == pa.schema(
        [("x", table_of(pd.DataFrame({"x": []})).field(0).type)]
    )
