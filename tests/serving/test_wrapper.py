"""A wrapped model answers and raises as the model does, and every row is logged."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression

from tests.hosts import Host
from watchkeeper.serving import LoggedModel
from watchkeeper.serving.wrapper import rows_of

ROWS = [[1.0, 2.0], [3.0, 4.0], [5.0, 1.0]]
FRAME = pd.DataFrame(ROWS, columns=["age", "balance"])
IDS = ["a", "b", "c"]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path, {})


def kept(host: Host, *names: str) -> dict[object, tuple[object, ...]]:
    return {row["_id"]: tuple(row[name] for name in names) for row in host.kept()}


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(FRAME, id="pandas"),
        pytest.param(FRAME.to_numpy(), id="array"),
        pytest.param(ROWS, id="lists"),
        pytest.param([tuple(row) for row in ROWS], id="tuples"),
    ],
)
def test_the_answers_are_the_models_and_every_row_is_logged(
    host: Host, asked: pd.DataFrame | np.ndarray | list[object]
) -> None:
    logger = host.logger()
    wrapped = LoggedModel(Sums(), logger, 7, names=["age", "balance"])
    np.testing.assert_array_equal(wrapped.predict(asked, ids=IDS), [3.0, 7.0, 6.0])
    assert logger.flush()
    assert kept(host, "_version", "_key", "_prediction", "age", "balance") == {
        name: (7, name, answer, *row) for name, answer, row in zip(IDS, [3, 7, 6], ROWS, strict=True)
    }


def test_a_frame_names_its_columns_and_the_model_knows_those_it_learned(host: Host) -> None:
    model, logger = LinearRegression().fit(FRAME, [1.0, 2.0, 3.0]), host.logger()
    wrapped = LoggedModel(model, logger, 7)
    wrapped.predict(FRAME, ids=IDS, keys=["u1", "u2", "u1"])
    assert logger.flush()
    assert kept(host, "_key", "age", "balance") == {"a": ("u1", 1, 2), "b": ("u2", 3, 4), "c": ("u1", 5, 1)}
    assert rows_of(ROWS, model.feature_names_in_) == FRAME.to_dict("records")


def test_of_two_classes_the_probability_of_the_second_is_logged(host: Host) -> None:
    model, logger = LogisticRegression().fit(FRAME, ["no", "yes", "yes"]), host.logger()
    wrapped = LoggedModel(model, logger, 7)
    shares = wrapped.predict_proba(FRAME, ids=IDS)
    named = wrapped.predict(FRAME, ids=["A", "B", "C"])
    np.testing.assert_array_equal(shares, model.predict_proba(FRAME))
    assert list(named) == list(model.predict(FRAME))
    assert logger.flush()
    logged = {name: answer for name, (answer,) in kept(host, "_prediction").items()}
    assert logged == dict(zip(IDS, shares[:, 1], strict=True)) | {
        name: float(answer == "yes") for name, answer in zip("ABC", named, strict=True)
    }


def test_of_more_classes_the_probabilities_of_all_are_logged(host: Host) -> None:
    classes = ["bus", "car", "train"]
    model, logger = LogisticRegression().fit(FRAME, classes), host.logger(classes=classes)
    wrapped = LoggedModel(model, logger, 7)
    shares = wrapped.predict_proba(FRAME, ids=IDS)
    named = wrapped.predict(FRAME, ids=["A", "B", "C"])
    assert logger.flush()
    logged = {name: scores for name, (scores,) in kept(host, "_scores").items()}
    assert [logged[name] for name in IDS] == shares.tolist()
    assert [logged[name] for name in "ABC"] == [[float(answer == one) for one in classes] for answer in named]
    assert logger.unusable == 0


def test_a_model_that_raises_raises_still_and_its_rows_failed(host: Host) -> None:
    model, logger = LinearRegression().fit(FRAME, [1.0, 2.0, 3.0]), host.logger()
    wrapped = LoggedModel(model, logger, 7)
    with pytest.raises(ValueError, match="feature"):
        wrapped.predict(FRAME[["age"]], ids=IDS)
    assert logger.flush()
    assert kept(host, "_version", "_failed", "_prediction") == dict.fromkeys(IDS, (7, 7, None))


class Sums:
    """A model that adds up what it is asked."""

    def predict(self, asked: object) -> np.ndarray:
        return np.asarray(asked).sum(axis=1)


class Odd:
    """A model that answers anything, whatever it is asked."""

    def predict(self, _: object, how: str = "well") -> object:
        return {"answered": how}


@pytest.mark.parametrize("asked", [None, 5, "text", [1, 2], [[1], [2, 3]], object(), {"a": 1}])
def test_what_cannot_be_logged_is_still_answered_and_counted(host: Host, asked: object) -> None:
    logger = host.logger()
    assert LoggedModel(Odd(), logger, 7).predict(asked, how="oddly") == {"answered": "oddly"}
    assert (logger.produced, logger.dropped) == (1, 1)


def test_rows_without_ids_get_their_own(host: Host) -> None:
    logger = host.logger()
    LoggedModel(DummyRegressor().fit(FRAME, [1, 1, 1]), logger, 7).predict(FRAME)
    assert logger.flush()
    assert len({row["_id"] for row in host.kept()}) == 3


def test_everything_else_is_the_models(host: Host) -> None:
    model = LinearRegression().fit(FRAME, [1.0, 2.0, 3.0])
    wrapped = LoggedModel(model, host.logger(), 7)
    assert wrapped.n_features_in_ == 2
    assert wrapped.score(FRAME, [1.0, 2.0, 3.0]) == model.score(FRAME, [1.0, 2.0, 3.0])
    for name in ("nothing_of_the_kind", "_more_tags"):
        with pytest.raises(AttributeError):
            getattr(wrapped, name)


def test_rows_are_read_from_whatever_a_model_takes() -> None:
    expected = FRAME.to_dict("records")
    assert rows_of(pa.Table.from_pandas(FRAME)) == rows_of(FRAME) == rows_of(expected) == expected
    assert rows_of(np.array([[1, 2]])) == [{"x0": 1, "x1": 2}]
    assert rows_of([]) == []
