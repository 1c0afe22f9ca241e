"""Twenty-one faults as data pipelines have them, for any stream that says which of its columns play which part.

They were chosen before any of them was tried, the last four as those that no look at single columns can find, or
hardly: rows that are mixed up, and codes that are as frequent as those they are swapped with.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Fault", "planted"]

Values = npt.NDArray[np.float64]
Texts = npt.NDArray[np.object_]
Draw = np.random.Generator


@dataclass(frozen=True, slots=True)
class Fault:
    """One column's values as a fault leaves them.

    Attributes:
        change: from a day's records and a source of chance to the column's values.
    """

    name: str
    column: str
    change: Callable[[pa.Table, Draw], pa.Array]


def planted(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    """All of them.

    Args:
        parts: the column that plays each part (`warmth` in degrees Fahrenheit, `dew`, `damp` in percent, `wind` in
            miles an hour, `pressure` in hPa, `sight` in miles, `distance` in miles, `hour`, `minutes`, `code`, `place`,
            `site`), and four codes: `site lost`, `code swaps` and `site swaps` (`A/B`).
    """
    return (*_missing(parts), *_defaults(parts), *_units(parts), *_clocks(parts), *_stuck(parts), *_mixed(parts))


def _missing(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    return (
        _numbers("10 % missing", parts["warmth"], partial(_sometimes, 0.1, np.nan)),
        _numbers("50 % missing", parts["wind"], partial(_sometimes, 0.5, np.nan)),
        _texts("10 % of codes missing", parts["code"], partial(_sometimes, 0.1, None)),
        Fault(
            "missing at one site", parts["damp"], partial(_lost_at, parts["damp"], parts["site"], parts["site lost"])
        ),
    )


def _defaults(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    return (
        _numbers("20 % zero", parts["sight"], partial(_sometimes, 0.2, 0.0)),
        _numbers("1 % -999", parts["pressure"], partial(_sometimes, 0.01, -999.0)),
        _texts("5 % unknown", parts["place"], partial(_sometimes, 0.05, "???")),
        _texts("10 % of a new code", parts["code"], partial(_sometimes, 0.1, "ZZ")),
    )


def _units(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    changes: Mapping[str, tuple[str, Callable[[Values, Draw], Values]]] = {
        "Celsius for Fahrenheit": ("warmth", lambda values, _: (values - 32) / 1.8),
        "km for miles": ("distance", lambda values, _: values * 1.609344),
        "knots for miles an hour": ("wind", lambda values, _: values * 0.868976),
        "inches for hPa": ("pressure", lambda values, _: values * 0.02953),
        "a share for percent": ("damp", lambda values, _: values / 100),
        "km of sight for miles": ("sight", lambda values, _: values * 1.609344),
    }
    return tuple(_numbers(name, parts[part], change) for name, (part, change) in changes.items())


def _clocks(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    return (
        _numbers("hours in UTC", parts["hour"], lambda values, _: (values + 5) % 24),
        _numbers("an hour late", parts["minutes"], lambda values, _: values + 60),
    )


def _stuck(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    return (
        _numbers("stuck all day", parts["warmth"], partial(_stuck_from, 0.0)),
        _numbers("stuck half a day", parts["dew"], partial(_stuck_from, 0.5)),
    )


def _mixed(parts: Mapping[str, str]) -> tuple[Fault, ...]:
    return (
        _texts("two codes swapped", parts["code"], partial(_swapped, parts["code swaps"])),
        _texts("two sites swapped", parts["site"], partial(_swapped, parts["site swaps"])),
        _numbers("rows mixed up", parts["warmth"], lambda values, draw: draw.permutation(values)),
    )


def _numbers(name: str, column: str, change: Callable[[Values, Draw], Values]) -> Fault:
    def changed(records: pa.Table, draw: Draw) -> pa.Array:
        values = records[column].to_numpy().astype(np.float64).copy()
        return pa.array(change(values, draw), from_pandas=True)

    return Fault(name, column, changed)


def _texts(name: str, column: str, change: Callable[[Texts, Draw], Texts]) -> Fault:
    def changed(records: pa.Table, draw: Draw) -> pa.Array:
        values = np.array(records[column].to_pylist(), dtype=object)
        return pa.array(change(values, draw).tolist(), pa.string())

    return Fault(name, column, changed)


def _sometimes(share: float, instead: object, values: npt.NDArray[np.generic], draw: Draw) -> npt.NDArray[np.generic]:
    values[draw.choice(values.size, round(share * values.size), replace=False)] = instead
    return values


def _lost_at(column: str, site_column: str, site: str, records: pa.Table, _: Draw) -> pa.Array:
    values = records[column].to_numpy().astype(np.float64).copy()
    values[np.array(records[site_column].to_pylist(), dtype=object) == site] = np.nan
    return pa.array(values, from_pandas=True)


def _stuck_from(share: float, values: Values, _: Draw) -> Values:
    """From this share of the day on the first known value for ever."""
    since = round(share * values.size)
    known = values[since:][np.isfinite(values[since:])]
    values[since:] = known[0] if known.size else np.nan
    return values


def _swapped(swaps: str, values: Texts, _: Draw) -> Texts:
    one, other = swaps.split("/")
    ones, others = values == one, values == other
    values[ones], values[others] = other, one
    return values
