"""The SDK for serving hosts: route, answer, log. Light to import."""

from watchkeeper.serving.answerer import Answerer
from watchkeeper.serving.asking import Answered, Request
from watchkeeper.serving.bulk import import_labels
from watchkeeper.serving.counts import Counts
from watchkeeper.serving.exchanges import Exchange, observe
from watchkeeper.serving.logger import PredictionLogger
from watchkeeper.serving.middleware import WatchMiddleware
from watchkeeper.serving.router import CanaryRouter
from watchkeeper.serving.shadow import Shadow
from watchkeeper.serving.versions import Versions
from watchkeeper.serving.wrapper import LoggedModel

__all__ = [
    "Answered",
    "Answerer",
    "CanaryRouter",
    "Counts",
    "Exchange",
    "LoggedModel",
    "PredictionLogger",
    "Request",
    "Shadow",
    "Versions",
    "WatchMiddleware",
    "import_labels",
    "observe",
]
