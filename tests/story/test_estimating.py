"""What a version lets one expect is learnt with it, kept with it, and told window by window."""

import math
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from watchkeeper.adapters._expectation_files import read_expectation, write_expectation
from watchkeeper.domain.problems import Problem
from watchkeeper.estimates import ClassExpectation, ErrorExpectation
from watchkeeper.serving.answers import with_answers
from watchkeeper.spec import ModelSpec
from watchkeeper.story.estimating import expectation_of

CLASSES = ("low", "mid", "high")


def spec(problem: Problem) -> ModelSpec:
    said = {"model": "toy", "problem": problem, "features": {"numeric": ["a"], "categorical": ["b"]}}
    said |= {"training": {"function": "a:b"}, "every": timedelta(days=1)}
    return ModelSpec.model_validate(said | ({"classes": CLASSES} if problem is Problem.MULTICLASS else {}))


def records(problem: Problem, rows: int = 1_000, label: float | None = None) -> pa.Table:
    draw = np.random.default_rng(0)
    a = draw.normal(size=rows)
    table = pa.table({"a": a, "b": pa.array(draw.choice(["x", "y"], rows)).dictionary_encode()})
    if problem is Problem.REGRESSION:
        answers, labels = a, a + draw.normal(0, 0.1 + np.abs(a))
    elif problem is Problem.BINARY:
        answers = 1 / (1 + np.exp(-3 * a))
        labels = (draw.random(rows) < 1 / (1 + np.exp(-a))) * 1.0
    else:
        answers = draw.dirichlet([2, 1, 1], rows)
        labels = draw.integers(0, 3, rows) * 1.0
    labels = labels if label is None else np.full(rows, label)
    return with_answers(table, answers).append_column("_label", pa.array(labels))


@pytest.mark.parametrize("problem", Problem)
def test_an_expectation_comes_back_from_disk_as_it_was(tmp_path: Path, problem: Problem) -> None:
    known = records(problem)
    learnt = expectation_of(spec(problem), known)
    assert learnt is not None
    write_expectation(tmp_path, learnt)
    kept = read_expectation(tmp_path)
    assert isinstance(kept, ErrorExpectation if problem is Problem.REGRESSION else ClassExpectation)
    answers = np.random.default_rng(1).dirichlet([1, 1, 1], 50)
    parts = [(answers if problem is Problem.MULTICLASS else answers[:, 0], known.slice(0, 50))]
    assert kept.estimates(parts) == learnt.estimates(parts)
    assert len(kept.estimates(parts)) >= 2


def test_a_version_without_an_expectation_has_none_on_disk(tmp_path: Path) -> None:
    write_expectation(tmp_path, None)
    assert read_expectation(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("problem", "known"),
    [
        (Problem.BINARY, records(Problem.BINARY, 199)),
        (Problem.REGRESSION, records(Problem.REGRESSION, 500, math.nan)),
        (Problem.BINARY, records(Problem.BINARY, label=7.0)),
        (Problem.MULTICLASS, records(Problem.MULTICLASS, label=3.0)),
    ],
)
def test_few_records_or_strange_ones_let_one_expect_nothing(problem: Problem, known: pa.Table) -> None:
    assert expectation_of(spec(problem), known) is None


def test_a_layer_makes_probabilities_what_they_say_and_leaves_errors_as_training_had_them() -> None:
    of_classes, of_errors = (expectation_of(spec(p), records(p)) for p in (Problem.BINARY, Problem.REGRESSION))
    assert isinstance(of_classes, ClassExpectation)
    assert of_classes.maps[0].said.size
    assert not of_classes.recalibrated().maps[0].said.size
    assert isinstance(of_errors, ErrorExpectation)
    assert of_errors.recalibrated() is of_errors
