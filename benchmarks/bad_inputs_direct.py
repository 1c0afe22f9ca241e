"""What Evidently's own presets make of the bad inputs: `python -m benchmarks.bad_inputs_direct`, in a fresh process."""

import json
import os
import warnings

import pandas as pd

from benchmarks.bad_cases import CASES, COLUMNS, Case, ordinary

__all__ = ["outcomes"]

REFERENCE_ROWS = 3_000


def outcomes() -> dict[str, tuple[str, str]]:
    """By input, what the drift and the summary preset did: `raises`, `drift` when it was found, `silent`."""
    return {case.name: (_tried(case, "DataDriftPreset"), _tried(case, "DataSummaryPreset")) for case in CASES}


def _tried(case: Case, preset: str) -> str:
    os.environ["DO_NOT_TRACK"] = "1"
    from evidently import presets  # noqa: PLC0415 - asks the environment when imported

    try:
        found = _run(case, getattr(presets, preset)())
    except Exception:  # noqa: BLE001 - counting crashes is what this is for
        return "raises"
    drifted = any(m["value"]["count"] for m in found if "DriftedColumnsCount" in m["metric_name"])
    return "drift" if drifted else "silent"


def _run(case: Case, preset: object) -> list[dict[str, object]]:
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415 - the same

    definition = DataDefinition(
        numerical_columns=list(COLUMNS["numeric"]),
        categorical_columns=[*COLUMNS["categorical"], *COLUMNS["boolean"]],
        datetime_columns=list(COLUMNS["datetime"]),
        text_columns=[],
    )
    frames: list[pd.DataFrame] = [case.window(ordinary(1_000, case.rows)), case.reference(ordinary(1, REFERENCE_ROWS))]
    window, reference = (Dataset.from_pandas(frame, data_definition=definition) for frame in frames)
    found: list[dict[str, object]] = Report([preset]).run(window, reference).dict()["metrics"]
    return found


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(outcomes()))
