"""Columns that make other engines blind, each drawn as a reference and as a window that differs."""

from collections.abc import Callable, Mapping

import numpy as np

__all__ = ["ADVERSARIES", "Floats"]

Floats = np.ndarray
Draw = np.random.Generator
DAY = 8.64e7
"""Milliseconds."""


def two_far_modes(draw: Draw, size: int, moved: float) -> Floats:
    return np.where(draw.random(size) < 0.5 + moved / 10, draw.normal(0, 1, size), draw.normal(1e6, 1, size))


def one_outlier_and_a_shift(draw: Draw, size: int, moved: float) -> Floats:
    return np.append(draw.normal(moved, 1, size - 1), 1e12)


def nine_in_ten_zero(draw: Draw, size: int, moved: float) -> Floats:
    return np.where(draw.random(size) < 0.9, 0.0, draw.normal(5 + moved, 1, size))


def milliseconds_since_1970(draw: Draw, size: int, moved: float) -> Floats:
    return 1.3726368e12 + DAY * (draw.random(size) + moved / 4)


def tiny_spread_far_from_zero(draw: Draw, size: int, moved: float) -> Floats:
    return 1e9 + draw.normal(moved * 1e-3, 1e-3, size)


def all_equal(_draw: Draw, size: int, moved: float) -> Floats:
    return np.full(size, 42.0 + moved)


def heavy_tails(draw: Draw, size: int, moved: float) -> Floats:
    return draw.standard_cauchy(size) * 10 + moved


def half_whole_numbers(draw: Draw, size: int, moved: float) -> Floats:
    return draw.poisson(3 + moved, size) / 2


def many_magnitudes(draw: Draw, size: int, moved: float) -> Floats:
    return draw.lognormal(moved, 6, size) * draw.choice([-1, 1], size)


ADVERSARIES: Mapping[str, Callable[[Draw, int, float], Floats]] = {
    shape.__name__: shape
    for shape in (
        two_far_modes,
        one_outlier_and_a_shift,
        nine_in_ten_zero,
        milliseconds_since_1970,
        tiny_spread_far_from_zero,
        all_equal,
        heavy_tails,
        half_whole_numbers,
        many_magnitudes,
    )
}
"""By name: a generator, how many values, and how far the window has moved (0 for the reference)."""
