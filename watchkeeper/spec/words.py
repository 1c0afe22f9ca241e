"""How people write times and counts in a spec."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from watchkeeper.domain.budgets import Budget
from watchkeeper.domain.confirmations import NOfM

__all__ = ["Duration", "Length", "Pages", "Share", "Strict", "Times", "pages"]

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Strict(BaseModel):
    """A table of a spec: frozen, and every word in it is known."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _duration(text: object) -> timedelta:
    """`30m`, `6h`, `1d`, `2w`."""
    if isinstance(text, timedelta):
        return text
    match = re.fullmatch(r"\s*(\d+)\s*([smhdw])\s*", str(text))
    if not match:
        raise ValueError(f'"{text}" is no time: write a number and one of s, m, h, d, w, for example "6h"')
    return timedelta(**{UNITS[match[2]]: int(match[1])})


def _length(text: object) -> timedelta:
    """A duration that lasts."""
    length = _duration(text)
    if not length:
        raise ValueError(f'"{text}" is no length of time: it lasts longer than nothing')
    return length


def _times(text: object) -> NOfM:
    """`2 of 3`."""
    if isinstance(text, NOfM):
        return text
    match = re.fullmatch(r"\s*(\d+)\s+of\s+(\d+)\s*", str(text))
    if not match:
        raise ValueError(f'"{text}" is no number of windows: write it like "2 of 3"')
    return NOfM(int(match[1]), int(match[2]))


def pages(text: object) -> Budget:
    """`1 in 30d`."""
    if isinstance(text, Budget):
        return text
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s+in\s+(\d+\s*[smhdw])\s*", str(text))
    if not match:
        raise ValueError(f'"{text}" is no budget of pages: write it like "1 in 30d"')
    return Budget(float(match[1]), _length(match[2]))


def _share(value: object) -> float:
    if not isinstance(value, int | float) or not 0 < value < 1:
        raise ValueError(f"{value} is no share: write a number between 0 and 1, for example 0.1")
    return float(value)


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Length = Annotated[timedelta, BeforeValidator(_length)]
Pages = Annotated[Budget, BeforeValidator(pages)]
Times = Annotated[NOfM, BeforeValidator(_times)]
Share = Annotated[float, BeforeValidator(_share)]
