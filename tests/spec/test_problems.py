"""What a spec says of the answers that a model gives."""

from collections.abc import Callable
from pathlib import Path

from watchkeeper.domain.problems import Problem
from watchkeeper.spec import read_model


def test_a_model_is_binary_and_tried_by_its_log_loss_unless_it_says_otherwise(model: Callable[..., Path]) -> None:
    read = read_model(model())
    assert (read.problem, read.classes, read.trial_rule.metric) == (Problem.BINARY, (), "log_loss")


def test_a_regression_model_is_tried_by_its_mean_absolute_error(model: Callable[..., Path]) -> None:
    assert read_model(model('problem = "regression"')).trial_rule.metric == "mae"
    said = read_model(model('problem = "regression"', '[trial]\nmetric = "rmse"'))
    assert said.trial_rule.metric == "rmse"


def test_a_multiclass_model_names_its_classes(model: Callable[..., Path], told: Callable[..., list[str]]) -> None:
    read = read_model(model('problem = "multiclass"\nclasses = ["c", "a", "b"]'))
    assert (read.classes, read.trial_rule.metric) == (("c", "a", "b"), "log_loss")
    (none,), (two,), (twice,), (other,) = (
        told('problem = "multiclass"'),
        told('problem = "multiclass"\nclasses = ["a", "b"]'),
        told('problem = "multiclass"\nclasses = ["a", "b", "a"]'),
        told('classes = ["a", "b", "c"]'),
    )
    assert "at least three classes, this one 0" in none
    assert "two classes are a binary problem" in two
    assert "these have not: ['a']" in twice
    assert "this one is binary" in other


def test_a_trial_is_decided_by_a_loss_of_the_problem(told: Callable[..., list[str]]) -> None:
    (line,) = told('problem = "regression"', '[trial]\nmetric = "log_loss"')
    assert line.endswith('trial.metric "log_loss" is no loss of a regression model: choose mae, rmse')


def test_a_column_does_not_take_the_name_of_the_answers(told: Callable[..., list[str]]) -> None:
    (line,) = told(tables='[logged]\nnumeric = ["prediction"]')
    assert "call prediction another name" in line


def test_a_check_of_other_problems_does_not_ask_and_is_refused_where_it_is_set(
    model: Callable[..., Path], told: Callable[..., list[str]]
) -> None:
    asked = {check.kind for check in read_model(model('problem = "regression"')).asked}
    assert {"mae", "calibration"} <= asked
    assert not {"auc", "log_loss", "accuracy"} & asked
    (line,) = told('problem = "regression"', "[checks.auc]\ncritical = 0.05")
    assert line.endswith("checks.auc is not asked of regression models: leave its table out")
    read_model(model('problem = "regression"', "[checks.auc]\nenabled = false"))


def test_a_metric_of_the_business_takes_the_answer_that_is_a_number(
    model: Callable[..., Path], told: Callable[..., list[str]]
) -> None:
    many = 'problem = "multiclass"\nclasses = ["a", "b", "c"]'
    (of_class,) = told(many, '[business.sure]\ncolumn = "prediction"')
    (of_binary,) = told("", '[business.sure]\ncolumn = "prediction_confidence"')
    assert of_class.endswith("business.sure: prediction of a multiclass model is no number; take prediction_confidence")
    assert of_binary.endswith("prediction_confidence of a binary model is no number; take prediction")
    assert read_model(model(many, '[business.sure]\ncolumn = "prediction_confidence"')).metrics[0].name == "sure"
