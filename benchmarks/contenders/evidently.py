"""Evidently's DataDriftPreset with its defaults; it has no fitted reference, so that warm and cold are one."""

import os
from typing import Any

import pandas as pd

from benchmarks.drift_frames import is_number

__all__ = ["Contender"]


class Contender:
    """Wasserstein for numbers, Jensen-Shannon for texts, and what its page needs."""

    def prepare(self, frame: pd.DataFrame) -> Any:  # noqa: ANN401 - Evidently is imported late
        """Its own data set."""
        os.environ["DO_NOT_TRACK"] = "1"
        from evidently import DataDefinition, Dataset  # noqa: PLC0415 - asks the environment when imported

        numbers = [name for name in frame if is_number(name)]
        texts = [name for name in frame if not is_number(name)]
        definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts)
        return Dataset.from_pandas(frame, data_definition=definition)

    def fit(self, reference: Any) -> Any:  # noqa: ANN401 - as above
        """Nothing that it could keep."""
        return reference

    def score(self, fitted: Any, window: Any) -> int:  # noqa: ANN401 - as above
        """Run the preset, and read its figures."""
        from evidently import Report  # noqa: PLC0415 - as above
        from evidently.presets import DataDriftPreset  # noqa: PLC0415 - as above

        return len(Report([DataDriftPreset()]).run(window, fitted).dict()["metrics"])
