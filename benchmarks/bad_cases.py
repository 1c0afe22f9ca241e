"""Forty-eight inputs that break monitoring tools: what is done to an ordinary window, and what must be said of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

__all__ = ["CASES", "COLUMNS", "Case", "ordinary"]

COLUMNS = {
    "numeric": ("age", "price", "speed"),
    "categorical": ("city", "tier"),
    "boolean": ("member",),
    "datetime": ("joined",),
    "text": ("remark",),
}
"""The features of the model by kind."""

EVERY = tuple(name for names in COLUMNS.values() for name in names)
START = pd.Timestamp("2024-01-01", tz="UTC")
CITIES = ("Accra", "Bergen", "Cusco", "Delhi", "Essen")


def ordinary(seed: int, rows: int) -> pd.DataFrame:
    """Records as they should be."""
    draw = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "age": draw.normal(40, 9, rows).round(),
            "price": draw.lognormal(3, 1, rows),
            "speed": draw.normal(0, 1, rows),
            "city": draw.choice(CITIES, rows, p=[0.4, 0.3, 0.15, 0.1, 0.05]),
            "tier": draw.choice(["free", "paid"], rows),
            "member": draw.random(rows) < 0.3,  # noqa: PLR2004 - three in ten
            "joined": START + pd.to_timedelta(draw.integers(0, 86_400 * 300, rows), unit="s"),
            "remark": ["x" * int(n) for n in draw.integers(5, 60, rows)],
        }
    )


Bend = Callable[[pd.DataFrame], pd.DataFrame]


def _same(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


@dataclass(frozen=True)
class Case:
    """One bad input.

    Attributes:
        window, reference: what is done to an ordinary frame.
        bad: columns that must be named by a finding that is not OK.
        critical: whether one of those findings must be CRITICAL.
        rows: of the window.
    """

    name: str
    window: Bend = _same
    reference: Bend = _same
    bad: tuple[str, ...] = ()
    critical: bool = False
    rows: int = 1_500


def _put(column: str, values: Callable[[pd.DataFrame], object]) -> Bend:
    """The column replaced by what is made of the frame."""

    def bend(frame: pd.DataFrame) -> pd.DataFrame:
        made = values(frame)
        return frame.assign(**{column: pd.Series(made, index=frame.index) if isinstance(made, list) else made})

    return bend


def _some(column: str, share: float, value: object) -> Bend:
    """The first part of a column replaced by one value, whatever that does to its type."""

    def bend(frame: pd.DataFrame) -> pd.DataFrame:
        few = round(share * len(frame))
        kept = frame[column].astype(object).tolist()[few:]
        return frame.assign(**{column: pd.Series([value] * few + kept, dtype=object, index=frame.index)})

    return bend


def _all(column: str, value: object) -> Bend:
    return _some(column, 1.0, value)


def _then(*bends: Bend) -> Bend:
    def bend(frame: pd.DataFrame) -> pd.DataFrame:
        for one in bends:
            frame = one(frame)
        return frame

    return bend


def _twice(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([frame, frame[["age"]] + 1_000], axis=1)


def _numbered(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(range(frame.shape[1]), axis=1)


def _nested(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_axis(pd.MultiIndex.from_product([["a"], frame.columns]), axis=1)


OUTLIER = _then(_put("speed", lambda f: f["speed"] + 1), _some("speed", 0.0007, 1e12))

CASES: tuple[Case, ...] = (
    Case("60 % of a number missing", _some("age", 0.6, np.nan), bad=("age",), critical=True),
    Case("60 % of a category missing", _some("city", 0.6, None), bad=("city",), critical=True),
    Case("10 % of a number missing", _some("age", 0.12, np.nan), bad=("age",), critical=True),
    Case("a number all missing", _all("age", None), bad=("age",), critical=True),
    Case("a category all missing", _all("city", None), bad=("city",), critical=True),
    Case("a boolean all missing", _all("member", None), bad=("member",), critical=True),
    Case("all missing in the reference", reference=_all("age", None), bad=("age",)),
    Case("a fifth infinite", _some("price", 0.2, np.inf), bad=("price",), critical=True),
    Case("all infinite", _all("price", -np.inf), bad=("price",), critical=True),
    Case("five infinite values", _some("price", 0.0034, np.inf)),
    Case("one outlier of 1e12 and a shift of 1 sd", OUTLIER, bad=("speed",), critical=True),
    Case("one outlier of 1e300", _some("speed", 0.0007, 1e300)),
    Case("constant in both", _all("age", 7.0), reference=_all("age", 7.0)),
    Case("constant in the reference only", reference=_all("age", 7.0), bad=("age",)),
    Case("a sensor stuck at one value", _all("speed", 0.25), bad=("speed",), critical=True),
    Case("a category stuck at one value", _all("city", "Accra"), bad=("city",), critical=True),
    Case("booleans where numbers were", _put("age", lambda f: f["age"] > 40), bad=("age",), critical=True),  # noqa: PLR2004 - any age
    Case("0 and 1 where booleans were", _put("member", lambda f: f["member"].astype(int))),
    Case(
        "nullable boolean with NA",
        _then(_put("member", lambda f: f["member"].astype("boolean")), _some("member", 0.3, pd.NA)),
        bad=("member",),
    ),
    Case(
        "nullable Int64 with NA",
        _then(_put("age", lambda f: f["age"].astype("Int64")), _some("age", 0.3, pd.NA)),
        bad=("age",),
    ),
    Case("float of pyarrow", _put("price", lambda f: f["price"].astype("float64[pyarrow]"))),
    Case("float32", _put("price", lambda f: f["price"].astype("float32"))),
    Case("Decimal", _put("price", lambda f: [Decimal(f"{v:.2f}") for v in f["price"]])),
    Case("numbers written as text", _put("price", lambda f: f["price"].astype(str)), bad=("price",), critical=True),
    Case("a word among the numbers", _some("price", 0.2, "n/a"), bad=("price",), critical=True),
    Case("a time where a number was", _put("age", lambda f: f["joined"]), bad=("age",), critical=True),
    Case("a duration where a number was", _put("age", lambda f: f["joined"] - START), bad=("age",), critical=True),
    Case("times without a zone", _put("joined", lambda f: f["joined"].dt.tz_localize(None))),
    Case("times in another zone", _put("joined", lambda f: f["joined"].dt.tz_convert("Asia/Tokyo"))),
    Case("times written as text", _put("joined", lambda f: f["joined"].astype(str)), bad=("joined",), critical=True),
    Case("30 % of a category never seen", _some("city", 0.3, "Faro"), bad=("city",), critical=True),
    Case("another type of category", _put("city", lambda f: f["city"].astype("category"))),
    Case("codes where names were", _put("city", lambda f: f["city"].map(CITIES.index)), bad=("city",), critical=True),
    Case(
        "whole numbers for texts of digits",
        _put("tier", lambda f: (f["tier"] == "paid").astype(int)),
        reference=_put("tier", lambda f: (f["tier"] == "paid").astype(int).astype(str)),
    ),
    Case("lists", _put("age", lambda f: [[1.0]] * len(f)), bad=("age",), critical=True),
    Case("mappings", _put("age", lambda f: [{"a": 1}] * len(f)), bad=("age",), critical=True),
    Case(
        "9,000 names where five were",
        _put("city", lambda f: [f"city {i}" for i in range(len(f))]),
        bad=("city",),
        critical=True,
    ),
    Case("no record at all", rows=0, bad=EVERY),
    Case("1 record", rows=1, bad=EVERY),
    Case("3 records", rows=3, bad=EVERY),
    Case("20 records without drift", rows=20),
    Case("a column is gone", lambda f: f.drop(columns="speed"), bad=("speed",), critical=True),
    Case("a column more", lambda f: f.assign(colour="red")),
    Case("a column twice", _twice, bad=("age",)),
    Case("columns without names", _numbered, bad=EVERY, critical=True),
    Case("nested column names", _nested, bad=EVERY, critical=True),
    Case(
        "whole numbers near 2**62",
        _put("age", lambda f: (np.arange(len(f)) + 2**62).astype("int64")),
        bad=("age",),
        critical=True,
    ),
    Case("an index of duplicates", lambda f: f.set_index(np.zeros(len(f), int))),
)
