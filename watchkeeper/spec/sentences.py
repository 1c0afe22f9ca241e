"""What pydantic found wrong, as sentences that name the field and the nearest right word."""

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

__all__ = ["nearest", "sentences"]


def sentences(error: ValidationError, spec: type[BaseModel] | None = None, under: str = "") -> list[str]:
    """One line for each wrong field.

    Args:
        spec: what the file is read as, to know its words.
        under: where in the file the fields lie, for example `checks.missing`.
    """
    return [_sentence(e, spec, under) for e in error.errors()]


def nearest(word: str, known: Sequence[str]) -> str:
    """The end of a sentence about a wrong word: the right one that it resembles, or all that are known."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}" if known else ""


def _sentence(error: Mapping[str, Any], spec: type[BaseModel] | None, under: str) -> str:
    loc = error["loc"]
    where = ".".join(str(part) for part in (under, *loc) if part not in ("", "[key]")) or "the file"
    if error["type"] == "extra_forbidden":
        return f"{where}: there is no such word{nearest(str(loc[-1]), _words(spec, loc[:-1]))}"
    if error["type"] == "missing":
        return f"{where}: is missing"
    if error["type"] in ("enum", "literal_error"):
        return f"{where}: {error['input']!r} is not known{nearest(str(error['input']), _expected(error))}"
    if error["type"] == "value_error":
        return f"{where}: {error['msg'].removeprefix('Value error, ')}"
    return f"{where}: {error['msg']} (it says {error['input']!r:.80})"


def _expected(error: Mapping[str, Any]) -> list[str]:
    return re.findall(r"'([^']+)'", error["ctx"]["expected"])


def _words(spec: type[BaseModel] | None, where: Sequence[str | int]) -> list[str]:
    """The words that are known at a place of the spec."""
    for part in where:
        if isinstance(part, int) or spec is None:
            continue
        annotation = spec.model_fields[part].annotation
        inner = (a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel))
        spec = next(inner, None)
    return list(spec.model_fields) if spec else []
