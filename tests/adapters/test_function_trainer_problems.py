"""Training functions of regression and multiclass models: what they give is believed only after a look, too."""

from dataclasses import replace

import pyarrow as pa
import pytest

from tests.adapters import trainers
from tests.builders import HOUR, NOON
from watchkeeper.adapters.function_trainer import FunctionTrainer
from watchkeeper.domain.problems import Problem
from watchkeeper.errors import OutsideError
from watchkeeper.ports import Trained, TrainingRequest

NUMBERS = TrainingRequest("retrain:flights", "flights", NOON, "the error grew", Problem.REGRESSION)
CLASSES = replace(NUMBERS, problem=Problem.MULTICLASS, classes=("low", "mid", "high"))
RECORDS = pa.table(
    {"x": [1.0, 2.0, 3.0, 4.0], "_label": [0.0, 1.0, 2.0, 1.0], "_at": [NOON + n * HOUR for n in range(4)]}
)


def train(name: str, request: TrainingRequest, records: pa.Table = RECORDS) -> Trained:
    return FunctionTrainer(f"{trainers.__name__}:{name}").train(request, records)


def test_the_likeliest_class_is_added_to_the_probabilities() -> None:
    trained = train("of_classes", CLASSES)
    assert trained.records.column_names == ["x", "_label", "_at", "_prediction", "_scores"]
    assert trained.records["_prediction"].to_pylist() == [0.0] * 4
    assert trained.records["_scores"].to_pylist() == trainers.SPREAD * 4


def test_a_regression_gives_numbers() -> None:
    assert train("of_numbers", NUMBERS).records["_prediction"].to_pylist() == [1.0] * 4


def test_classes_may_be_called_by_their_names_when_those_are_in_order() -> None:
    assert train("of_named_classes", replace(CLASSES, classes=("a", "b", "c"))).records.num_rows == 4


@pytest.mark.parametrize(
    ("name", "request_", "said"),
    [
        ("good", NUMBERS, "gave a LogisticRegression as estimator, a classifier; a regression model has predict alone"),
        ("of_numbers", CLASSES, "gave a LinearRegression as estimator, which has no predict_proba"),
        ("of_named_classes", CLASSES, r"gave a classifier of the classes \[.*\], not of .* in this order; train it on"),
        ("without_scores", CLASSES, "gave records without _scores; add"),
        ("with_wrong_scores", CLASSES, "gave records whose _scores are no 3 probabilities"),
    ],
)
def test_what_is_no_answer_to_the_problem_is_told(name: str, request_: TrainingRequest, said: str) -> None:
    with pytest.raises(OutsideError, match=rf"trainer: .*trainers:{name} {said}") as raised:
        train(name, request_)
    assert raised.value.permanent


def test_a_class_that_was_never_seen_in_training_is_told() -> None:
    with pytest.raises(OutsideError, match=r"gave a classifier of the classes .*with at least one record of each"):
        train("of_classes", CLASSES, RECORDS.slice(0, 2))
