"""Training by a Python function, in this process."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pyarrow as pa

from watchkeeper.adapters._training_faults import in_our_columns, trouble_with
from watchkeeper.errors import OutsideError
from watchkeeper.ports import Trained, TrainingRequest

__all__ = ["FunctionTrainer"]


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
        trouble = trouble_with(trained, request)
        if trouble:
            raise self._refused(trouble)
        return Trained(trained.estimator, in_our_columns(trained.records, request))

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
