"""Training functions, good and bad."""

from collections.abc import Callable

import pyarrow as pa
from sklearn.linear_model import LinearRegression, LogisticRegression

from watchkeeper.ports import Trained, TrainingRequest


def good(request: TrainingRequest, records: pa.Table) -> Trained:
    """A small classifier on `x`; the request decides nothing here."""
    assert request.model == "flights"
    answers = pa.array([0.5] * records.num_rows)
    estimator = LogisticRegression().fit(records.select(["x"]).to_pandas(), records.column("_label").to_numpy())
    return Trained(estimator, records.append_column("_prediction", answers))


def bare(request: TrainingRequest, records: pa.Table) -> pa.Table:
    return good(request, records).records


def fails(request: TrainingRequest, records: pa.Table) -> Trained:
    raise ValueError(f"{records.num_rows} rows of {request.model} are not enough")


def of_records(records: pa.Table) -> Trained:
    return Trained(None, records)


def without_estimator(_request: TrainingRequest, records: pa.Table) -> Trained:
    return Trained("a string", records)


def of_three_classes(_request: TrainingRequest, records: pa.Table) -> Trained:
    labels = [n % 3 for n in range(records.num_rows)]
    return Trained(LogisticRegression().fit(records.select(["x"]).to_pandas(), labels), records)


def _changed(change: Callable[[pa.Table], pa.Table]) -> Callable[[TrainingRequest, pa.Table], Trained]:
    def train(request: TrainingRequest, records: pa.Table) -> Trained:
        trained = good(request, records)
        return Trained(trained.estimator, change(trained.records))

    return train


without_truth = _changed(lambda records: records.drop_columns(["_label", "_at"]))
without_rows = _changed(lambda records: records.slice(0, 0))
without_features = _changed(lambda records: records.drop_columns(["x"]))
with_a_hole = _changed(
    lambda records: records.drop_columns(["_prediction"]).append_column(
        "_prediction", pa.array([None] + [0.5] * (records.num_rows - 1))
    )
)
with_infinity = _changed(
    lambda records: records.drop_columns(["_prediction"]).append_column(
        "_prediction", pa.array([float("inf")] * records.num_rows)
    )
)


SPREAD = [[0.5, 0.25, 0.25]]


def of_classes(request: TrainingRequest, records: pa.Table) -> Trained:
    """A small classifier of the request's classes."""
    frame, labels = records.select(["x"]).to_pandas(), records.column("_label").to_numpy()
    return Trained(
        LogisticRegression().fit(frame, labels), records.append_column("_scores", pa.array(SPREAD * len(labels)))
    )


def of_named_classes(request: TrainingRequest, records: pa.Table) -> Trained:
    trained = of_classes(request, records)
    names = [request.classes[int(label)] for label in records.column("_label").to_pylist()]
    return Trained(LogisticRegression().fit(records.select(["x"]).to_pandas(), names), trained.records)


def without_scores(request: TrainingRequest, records: pa.Table) -> Trained:
    return Trained(of_classes(request, records).estimator, records)


def with_wrong_scores(request: TrainingRequest, records: pa.Table) -> Trained:
    wrong = pa.array([[0.5, 0.5, 0.5]] * records.num_rows)
    return Trained(of_classes(request, records).estimator, records.append_column("_scores", wrong))


def of_numbers(_request: TrainingRequest, records: pa.Table) -> Trained:
    """A small regression on `x`."""
    estimator = LinearRegression().fit(records.select(["x"]).to_pandas(), records.column("_label").to_numpy())
    return Trained(estimator, records.append_column("_prediction", pa.array([1.0] * records.num_rows)))
