"""Performance without labels: what a version's training records let one expect of its answers."""

from watchkeeper.estimates.classes import ClassExpectation, expect_classes
from watchkeeper.estimates.errors import ErrorExpectation, expect_errors

__all__ = ["ClassExpectation", "ErrorExpectation", "Expectation", "expect_classes", "expect_errors"]

Expectation = ClassExpectation | ErrorExpectation
