"""NannyML's estimates of prepared records, in its own environment: `python -m benchmarks.cbpe_peer FOLDER PERIOD`.

FOLDER holds `reference.parquet`, `analysis.parquet` and `task.json`; the last line of what is printed is JSON: for each
chunk its first and last row, and of each metric the estimate, its sampling error and the realised value.
"""

import json
import os
import sys
import warnings
from pathlib import Path
from typing import Any

os.environ |= {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"}

import nannyml as nml
import pandas as pd

__all__ = ["estimated"]


def estimated(folder: Path, period: str) -> list[dict[str, Any]]:
    """One entry a chunk of the analysed records."""
    task = json.loads((folder / "task.json").read_text())
    estimator: Any = _cbpe(task, period) if "classes" in task else _dle(task, period)
    reference, analysis = (pd.read_parquet(folder / f"{name}.parquet") for name in ("reference", "analysis"))
    frame = estimator.fit(reference).estimate(analysis).filter(period="analysis").to_df()
    return [_entry(row, task["metrics"]) for _, row in frame.iterrows()]


def _cbpe(task: dict[str, Any], period: str) -> Any:  # noqa: ANN401 - NannyML's own type
    binary = not task["classes"]
    return nml.CBPE(
        y_true="true",
        y_pred="said",
        y_pred_proba="p" if binary else {name: f"p {name}" for name in task["classes"]},
        problem_type="classification_binary" if binary else "classification_multiclass",
        timestamp_column_name="at",
        metrics=task["metrics"],
        chunk_period=period,
    )


def _dle(task: dict[str, Any], period: str) -> Any:  # noqa: ANN401 - the same
    return nml.DLE(
        feature_column_names=task["features"],
        y_true="true",
        y_pred="said",
        timestamp_column_name="at",
        metrics=task["metrics"],
        chunk_period=period,
    )


def _entry(row: Any, metrics: list[str]) -> dict[str, Any]:  # noqa: ANN401 - a pandas row
    names = {"value": "value", "error": "sampling_error", "realised": "realized"}
    values = {m: {ours: float(row[m, theirs]) for ours, theirs in names.items()} for m in metrics}
    return {"first": int(row["chunk", "start_index"]), "last": int(row["chunk", "end_index"]), "metrics": values}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(json.dumps(estimated(Path(sys.argv[1]), sys.argv[2])))
