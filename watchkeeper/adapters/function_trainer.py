"""Training by a Python function, in this process."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from watchkeeper.errors import OutsideError
from watchkeeper.ports import Trained, TrainingRequest

__all__ = ["FunctionTrainer"]

NEEDED = ("_at", "_label", "_prediction")

CLASSES = 2
"""A classifier answers with the probability of the second of two classes."""


@dataclass(frozen=True, slots=True)
class FunctionTrainer:
    """Implements `Trainer`.

    Attributes:
        function: `package.module:function`; takes a `TrainingRequest` and a table of labelled records, gives `Trained`.
    """

    function: str

    def train(self, request: TrainingRequest, records: pa.Table) -> Trained:
        function = self._found()
        try:
            trained = function(request, records)
        except Exception as error:
            raise OutsideError("trainer", f"{self.function} raised {type(error).__name__}: {error}") from error
        trouble = _trouble(trained)
        if trouble:
            raise self._refused(trouble)
        checked: Trained = trained
        return checked

    def _found(self) -> Callable[..., Any]:
        """The function, once it can be called as promised."""
        module, _, name = self.function.partition(":")
        try:
            function = getattr(import_module(module), name)
            inspect.signature(function).bind("request", "records")
        except (ImportError, AttributeError, ValueError) as error:
            mend = "write it as package.module:function, importable from where the flows run"
            raise self._refused(f"cannot be imported ({error}); {mend}") from error
        except TypeError as error:
            raise self._refused(f"does not take (request, records): {error}") from error
        return function  # type: ignore[no-any-return]

    def _refused(self, why: str) -> OutsideError:
        return OutsideError("trainer", f"{self.function} {why}", permanent=True)


def _trouble(trained: object) -> str | None:
    """What is wrong with what came back, or None."""
    if not isinstance(trained, Trained) or not isinstance(trained.records, pa.Table):
        return f"gave a {type(trained).__name__}; it must give Trained(estimator, records) with a pyarrow table"
    return _trouble_with_estimator(trained.estimator) or _trouble_with_records(trained.records)


def _trouble_with_estimator(estimator: object) -> str | None:
    if not hasattr(estimator, "predict_proba") and not hasattr(estimator, "predict"):
        return f"gave a {type(estimator).__name__} as estimator, which has neither predict_proba nor predict"
    classes = getattr(estimator, "classes_", (0, 1))
    if hasattr(estimator, "predict_proba") and len(classes) != CLASSES:
        return f"gave a classifier of {len(classes)} classes; train it on labels of exactly two"
    return None


def _trouble_with_records(records: pa.Table) -> str | None:
    absent = [name for name in NEEDED if name not in records.column_names]
    if absent:
        return f"gave records without {', '.join(absent)}; add what it learned from and its out-of-fold predictions"
    if not records.num_rows:
        return "gave no records; return those it learned from"
    if all(name.startswith("_") for name in records.column_names):
        return "gave records without any feature"
    bad = [name for name in NEEDED if not _whole(records.column(name))]
    return f"gave records with missing or infinite values in {', '.join(bad)}; leave those rows out" if bad else None


def _whole(column: pa.ChunkedArray) -> bool:
    """Whether every row has a value, and a finite one."""
    if column.null_count or pa.types.is_temporal(column.type):
        return not column.null_count
    return bool(pc.all(pc.is_finite(column.cast(pa.float64()))).as_py())
