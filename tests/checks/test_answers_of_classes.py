"""Answers by class and how sure they are: watched as answers, not as inputs."""

from dataclasses import replace

from tests.checks.scenes import baseline, window
from watchkeeper.checks.drift import Drift
from watchkeeper.checks.prediction_drift import PredictionDrift
from watchkeeper.profiles import Profile
from watchkeeper.window import CONFIDENCE, PREDICTION


def with_confidence(profile: Profile) -> Profile:
    return replace(profile, columns={**profile.columns, CONFIDENCE: profile.columns[PREDICTION]})


def test_confidence_is_watched_with_the_answers_where_there_is_one() -> None:
    usual, today = baseline(), window()
    of_classes = replace(usual, anchor=with_confidence(usual.anchor))
    assert PredictionDrift().subjects(usual, today) == [PREDICTION]
    assert PredictionDrift().subjects(of_classes, today) == [PREDICTION, CONFIDENCE]
    assert not {PREDICTION, CONFIDENCE} & set(Drift().subjects(of_classes, today))
