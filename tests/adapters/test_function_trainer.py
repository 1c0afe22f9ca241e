"""Training by a function: what it gives is believed only after a look."""

import pyarrow as pa
import pytest

from tests.adapters import trainers
from tests.builders import HOUR, NOON
from watchkeeper.adapters.function_trainer import FunctionTrainer
from watchkeeper.errors import OutsideError
from watchkeeper.ports import TrainingRequest

REQUEST = TrainingRequest("retrain:flights", "flights", NOON, "the AUC fell")
RECORDS = pa.table(
    {"x": [1.0, 2.0, 3.0, 4.0], "_label": [0.0, 1.0, 0.0, 1.0], "_at": [NOON + n * HOUR for n in range(4)]}
)


def train(name: str) -> object:
    return FunctionTrainer(f"{trainers.__name__}:{name}").train(REQUEST, RECORDS)


def test_the_function_is_called_with_the_request_and_the_records() -> None:
    trained = train("good")
    assert trained.records.column_names == ["x", "_label", "_at", "_prediction"]
    assert trained.estimator.predict_proba(RECORDS.select(["x"]).to_pandas()).shape == (4, 2)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", r"cannot be imported \(.*missing.*\); write it as package\.module:function"),
        ("of_records", r"does not take \(request, records\)"),
        ("bare", r"gave a Table; it must give Trained"),
        ("without_estimator", r"gave a str as estimator, which has neither predict_proba nor predict"),
        ("of_three_classes", r"gave a classifier of 3 classes; train it on labels of exactly two"),
        ("without_truth", r"gave records without _at, _label; add"),
        ("without_rows", r"gave no records"),
        ("without_features", r"gave records without any feature"),
        ("with_a_hole", r"gave records with missing or infinite values in _prediction"),
        ("with_infinity", r"gave records with missing or infinite values in _prediction"),
    ],
)
def test_what_is_wrong_with_a_function_is_told_with_its_name_and_the_mend(name: str, said: str) -> None:
    with pytest.raises(OutsideError, match=rf"trainer: .*trainers:{name} {said}") as raised:
        train(name)
    assert raised.value.permanent


@pytest.mark.parametrize("function", ["no.such.module:train", "watchkeeper", "", ":train", "watchkeeper:"])
def test_a_function_that_cannot_be_found_is_named(function: str) -> None:
    with pytest.raises(OutsideError, match=rf"trainer: {function} cannot be imported"):
        FunctionTrainer(function).train(REQUEST, RECORDS)


def test_a_function_that_fails_is_told_and_may_be_tried_again() -> None:
    with pytest.raises(OutsideError, match="fails raised ValueError: 4 rows of flights are not enough") as raised:
        train("fails")
    assert not raised.value.permanent
