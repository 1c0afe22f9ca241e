"""A thin layer over a model's answers, fitted on recent labels: first aid where the model still ranks well."""

from watchkeeper.layers.classes import ClassLayer, RecalibratedClassifier
from watchkeeper.layers.fitting import Layer, fit_layer
from watchkeeper.layers.numbers import RecalibratedRegressor, ValueLayer

__all__ = ["ClassLayer", "Layer", "RecalibratedClassifier", "RecalibratedRegressor", "ValueLayer", "fit_layer"]
