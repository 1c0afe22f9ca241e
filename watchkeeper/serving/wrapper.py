"""A scikit-learn style model that logs what it is asked and what it answers."""

import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.serving.logger import PredictionLogger

__all__ = ["LoggedModel", "rows_of"]

BINARY = 2


class LoggedModel:
    """Stands in for a model: `predict` and `predict_proba` answer and raise as the model's, and every row is logged.

    Everything else is the model's own. What cannot be logged never stops an answer; the logger counts it as dropped.

    Args:
        model: anything with `predict`, `predict_proba` or both.
        logger: takes the records. Of a model with more than two classes it needs its `classes`, in the model's order.
        version: of the model, as the records have it.
        names: of the columns, where what is asked does not name them and the model does not know them either.
    """

    def __init__(self, model: Any, logger: PredictionLogger, version: int, *, names: Sequence[str] = ()) -> None:  # noqa: ANN401 - any model
        self._model, self._logger, self._version = model, logger, version
        self._names = tuple(names)

    def predict(
        self,
        X: Any,  # noqa: ANN401, N803 - as scikit-learn has it
        *,
        ids: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        **others: Any,  # noqa: ANN401 - the model's own
    ) -> Any:  # noqa: ANN401 - whatever the model answers
        """The model's `predict`; a classifier's answer is logged as a certain one.

        Args:
            X: rows: a frame of pandas or Polars, an Arrow table, an array, or a list of lists or of mappings.
            ids: what the labels will refer to, one a row; without them every row gets an id that nobody knows.
            keys: what requests are routed by, one a row; the ids when not given.
            others: the model's own.
        """
        return self._logged("predict", X, ids, keys, others)

    def predict_proba(
        self,
        X: Any,  # noqa: ANN401, N803 - as scikit-learn has it
        *,
        ids: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        **others: Any,  # noqa: ANN401 - the model's own
    ) -> Any:  # noqa: ANN401 - whatever the model answers
        """The model's `predict_proba`; of two classes the probability of the second is logged, of more those of all."""
        return self._logged("predict_proba", X, ids, keys, others)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the model has
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._model, name)

    def _logged(
        self,
        verb: str,
        asked: Any,  # noqa: ANN401 - whatever the model takes
        ids: Sequence[str] | None,
        keys: Sequence[str] | None,
        others: dict[str, Any],
    ) -> Any:  # noqa: ANN401 - whatever the model answers
        began = time.perf_counter()
        answers, failed = None, True
        try:
            answers = getattr(self._model, verb)(asked, **others)
            failed = False
        finally:
            spent = 1000 * (time.perf_counter() - began)
            try:
                self._note(_Rows(self._rows(asked), ids, keys, spent), None if failed else self._read(verb, answers))
            except Exception:  # noqa: BLE001 - what is asked may be anything, and its own methods are run here
                self._logger.log("", "", self._version, None, None)  # type: ignore[arg-type] # no mapping: it is dropped
        return answers

    def _rows(self, asked: Any) -> list[Mapping[str, object]]:  # noqa: ANN401 - whatever the model takes
        return rows_of(asked, self._names or getattr(self._model, "feature_names_in_", ()))

    def _note(self, rows: "_Rows", answers: list[Any] | None) -> None:
        """Log every row; without answers as failed."""
        values = [None] * len(rows.features) if answers is None else answers
        failed = self._version if answers is None else None
        for (name, key, features), value in list(zip(rows.named(), values, strict=True)):
            self._logger.log(name, key, self._version, features, value, latency_ms=rows.latency_ms, failed=failed)

    def _read(self, verb: str, answers: Any) -> list[Any]:  # noqa: ANN401 - whatever the model answers
        """What the logger takes of each answer."""
        if verb == "predict_proba":
            return [row[1] if len(row) == BINARY else list(row) for row in answers]
        classes = list(getattr(self._model, "classes_", ()))
        if len(classes) == BINARY:
            return [float(answer == classes[1]) for answer in answers]
        return [[float(answer == one) for one in classes] for answer in answers] if classes else list(answers)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one call, with what their host knows of them."""

    features: Sequence[Mapping[str, object]]
    ids: Sequence[str] | None
    keys: Sequence[str] | None
    spent: float

    @property
    def latency_ms(self) -> float:
        """Of each row: its share of the call."""
        return self.spent / max(len(self.features), 1)

    def named(self) -> Iterator[tuple[str, str, Mapping[str, object]]]:
        ids = [uuid.uuid4().hex for _ in self.features] if self.ids is None else self.ids
        return zip(ids, ids if self.keys is None else self.keys, self.features, strict=True)


def rows_of(asked: Any, names: Sequence[str] = ()) -> list[Mapping[str, object]]:  # noqa: ANN401 - whatever a model takes
    """The rows of whatever a model takes, by the names of its columns; `x0`, `x1`, ... where nobody names them."""
    for verb, arguments in (("to_pylist", ()), ("to_dicts", ()), ("to_dict", ("records",))):
        if hasattr(asked, "columns") and hasattr(asked, verb):
            return list(getattr(asked, verb)(*arguments))
    rows = list(asked.tolist() if hasattr(asked, "tolist") else asked)
    if all(isinstance(row, Mapping) for row in rows):
        return rows
    if any(isinstance(row, (str, bytes)) for row in rows):
        raise TypeError("texts are no rows")
    known = [str(name) for name in names] or [f"x{place}" for place in range(len(rows[0]))]
    return [dict(zip(known, row, strict=True)) for row in rows]
