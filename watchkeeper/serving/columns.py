"""Whatever a host hands to the logger, as columns. Odd values cost their column its type, never the batch."""

from array import array
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from watchkeeper.serving import values
from watchkeeper.serving.answers import SCORES, SCORES_TYPE, place_of, scores_of
from watchkeeper.serving.features import feature_columns
from watchkeeper.serving.privacy import OPEN, Privacy
from watchkeeper.serving.tables import MICROSECOND, RECORD_TYPES, UNIQUE

__all__ = ["labels_table", "load", "records_table", "shadows_table"]

Values = Sequence[Any]
NONE = type(None)
NUMBERS = frozenset({float, int, np.float64, NONE})


def load() -> None:
    """Let Arrow load what it loads at its first use, pandas among it where that is installed."""
    labels_table([[0], ["none"], [0.0], [None]])


def records_table(
    fields: Sequence[Values], classes: Sequence[str] = (), privacy: Privacy = OPEN, weight: float = 1.0
) -> pa.Table:
    """Records out of logged, id, key, version, features, prediction, latency, at and failed: a sequence of each.

    Names that begin with an underscore are ours: features of such names are left out. With `classes` a prediction is
    what `scores_of` takes; one that it does not take is missing. A `weight` of 1 has no column.
    """
    logged, ids, keys, versions, features, predictions, latencies, moments, failed = fields
    names, unique = _ids(ids, privacy)
    own = {
        "_id": names,
        "_at": _times(moments, logged),
        "_key": _keys(keys, ids, privacy),
        "_version": _wholes(versions),
        "_latency_ms": _numbers(latencies),
    }
    own |= _answers(predictions, classes)
    if any(version is not None for version in failed):
        own["_failed"] = _wholes(failed)
    if weight != 1.0:
        own["_weight"] = pa.array(np.full(len(ids), weight))
    return pa.table(own | feature_columns(features, privacy), metadata=UNIQUE if unique else None)


def shadows_table(fields: Sequence[Values], classes: Sequence[str] = (), privacy: Privacy = OPEN) -> pa.Table:
    """Shadow answers out of logged, id, version, prediction, latency, at and failed: a sequence of each."""
    logged, ids, versions, predictions, latencies, moments, failed = fields
    own = {
        "_id": _ids(ids, privacy)[0],
        "_at": _times(moments, logged),
        "_version": _wholes(versions),
        "_latency_ms": _numbers(latencies),
        "_failed": _wholes(failed),
    }
    return pa.table(own | _answers(predictions, classes))


def labels_table(fields: Sequence[Values], classes: Sequence[str] = (), privacy: Privacy = OPEN) -> pa.Table:
    """Labels out of logged, id, label and at, a sequence of each; with `classes` a label is what `place_of` takes."""
    logged, ids, labels, moments = fields
    read = partial(values.number, read=partial(place_of, classes=classes))
    known = pa.array([read(label) for label in labels], pa.float64()) if classes else _numbers(labels)
    return pa.table({"_id": _ids(ids, privacy)[0], "_label": known, "_at": _times(moments, logged)})


def _ids(ids: Values, privacy: Privacy) -> tuple[pa.Array, bool]:
    """The ids, and whether it is known that none comes twice."""
    if "_id" in privacy.hashed:
        return pa.array([privacy.hide(values.identity(value)) for value in ids], pa.string()), False
    if set(map(type, ids)) == {str} and "" not in ids:
        with suppress(UnicodeError):  # one of them cannot be written
            return pa.array(ids, RECORD_TYPES["_id"]), len(set(ids)) == len(ids)
    return pa.array([values.identity(value) for value in ids], RECORD_TYPES["_id"]), False


def _keys(keys: Values, ids: Values, privacy: Privacy) -> pa.Array:
    if "_key" in privacy.without:
        return pa.nulls(len(keys), pa.string())
    usual = set(map(type, keys)) <= {str, NONE}
    if "_key" in privacy.hashed:
        return pa.array([None if values.missing(v) else privacy.hide(values.text(v)) for v in keys], pa.string())
    if "_id" in privacy.hashed:  # a key that is the id must not tell what is hidden beside it
        texts = [None if values.missing(v) else values.text(v) for v in keys]
        same = zip(texts, map(values.identity, ids), strict=True)
        return pa.array([key if key is None or key != name else privacy.hide(key) for key, name in same], pa.string())
    return _quick(usual, keys, RECORD_TYPES["_key"], lambda v: None if values.missing(v) else values.text(v))


def _wholes(versions: Values) -> pa.Array:
    return _quick(set(map(type, versions)) <= {int, NONE}, versions, pa.int64(), values.whole)


def _numbers(numbers: Values) -> pa.Array:
    return _quick(set(map(type, numbers)) <= NUMBERS, numbers, pa.float64(), values.number)


def _quick(usual: bool, found: Values, kind: pa.DataType, careful: Callable[[Any], object]) -> pa.Array:  # noqa: FBT001
    """The values at once where they are of the usual types, else one by one."""
    if usual:
        try:
            return pa.array(found, kind, from_pandas=True)
        except (pa.ArrowException, OverflowError, ValueError):
            pass  # one of them is too large, or cannot be written
    return pa.array([careful(value) for value in found], kind)


def _times(moments: Values, logged: Sequence[int]) -> pa.Array:
    kinds = set(map(type, moments))
    if kinds == {NONE}:
        ticks = np.frombuffer(array("q", logged), np.int64) // 1_000
    elif kinds == {datetime}:
        return _quick(True, moments, MICROSECOND, lambda at: values.microseconds(at, logged[0]))  # noqa: FBT003
    else:
        ticks = np.array([values.microseconds(at, now) for at, now in zip(moments, logged, strict=True)], np.int64)
    return pa.array(ticks).cast(MICROSECOND)


def _answers(predictions: Values, classes: Sequence[str]) -> dict[str, pa.Array]:
    if not classes:
        return {"_prediction": _numbers(predictions)}
    scores = [values.tried(partial(scores_of, classes=classes), value) for value in predictions]
    likeliest = [None if shares is None else float(shares.index(max(shares))) for shares in scores]
    return {"_prediction": pa.array(likeliest, pa.float64()), SCORES: pa.array(scores, SCORES_TYPE)}
