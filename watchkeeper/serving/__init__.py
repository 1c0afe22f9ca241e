"""The SDK for serving hosts: log predictions, route requests. Light to import."""

from watchkeeper.serving.logger import PredictionLogger
from watchkeeper.serving.router import CanaryRouter
from watchkeeper.serving.writer import Counts

__all__ = ["CanaryRouter", "Counts", "PredictionLogger"]
