"""From a TOML file to a spec, or to a sentence that names file, field and mend."""

import difflib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from watchkeeper.checks import built_in
from watchkeeper.errors import SpecError
from watchkeeper.profiles import Kind
from watchkeeper.spec.house import HouseSpec
from watchkeeper.spec.model import ModelSpec

__all__ = ["read_house", "read_model"]

Spec = TypeVar("Spec", bound=BaseModel)
CHECK_WORDS = ("enabled", "confirm")


def read_model(path: Path) -> ModelSpec:
    """The spec of one model. Raises SpecError that names every wrong field."""
    table = _toml(path)
    _know_the_checks(path, table.get("checks", {}))
    return _validated(path, table, ModelSpec)


def read_house(path: Path) -> HouseSpec:
    """The spec of the house, with its paths made absolute. Raises SpecError that names every wrong field."""
    spec = _validated(path, _toml(path), HouseSpec)
    here = path.resolve().parent
    return spec.model_copy(update={"folder": (here / spec.folder).resolve(), "models": (here / spec.models).resolve()})


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpecError(f"{path}: there is no such file; `watchkeeper new model NAME` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path}: is no TOML: {error}") from None


def _validated(path: Path, table: Mapping[str, Any], spec: type[Spec]) -> Spec:
    try:
        return spec.model_validate(table)
    except ValidationError as error:
        told = "\n".join(f"  {_told(e, spec)}" for e in error.errors())
        raise SpecError(f"{path}:\n{told}") from None


def _told(error: Mapping[str, Any], spec: type[BaseModel]) -> str:
    """One line: field, what is wrong, and the nearest right word."""
    where = ".".join(str(part) for part in error["loc"] if part != "[key]") or "the file"
    if error["type"] == "extra_forbidden":
        return f"{where}: there is no such word{_nearest(str(error['loc'][-1]), _words(spec, error['loc'][:-1]))}"
    if error["type"] == "missing":
        return f"{where}: is missing"
    if error["loc"] and error["loc"][0] == "features" and error["type"] == "enum":
        return f"{where}: is no kind of column{_nearest(str(error['loc'][1]), [str(k) for k in Kind])}"
    return f"{where}: {error['msg'].removeprefix('Value error, ')} (it says {error['input']!r:.80})"


def _words(spec: type[BaseModel], where: Sequence[Any]) -> list[str]:
    """The words that are known at a place of the spec."""
    for part in where:
        if isinstance(part, int):
            continue
        annotation = spec.model_fields[part].annotation
        inner = [a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)]
        if not inner:
            return []
        spec = inner[0]
    return list(spec.model_fields)


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean `{close[0]}`?" if close else f"; known are {', '.join(known)}" if known else ""


def _know_the_checks(path: Path, checks: object) -> None:
    """Names of checks and of their settings, before pydantic builds them; here the words are ours."""
    if not isinstance(checks, Mapping):
        raise SpecError(f"{path}:\n  checks: is a table of tables, for example [checks.missing]")
    wrong = [line for kind, table in checks.items() for line in _unknown_words(kind, table)]
    if wrong:
        raise SpecError(f"{path}:\n" + "\n".join(f"  {line}" for line in wrong))


def _unknown_words(kind: str, table: object) -> list[str]:
    known = built_in()
    if kind not in known:
        return [f"checks.{kind}: there is no such check{_nearest(kind, list(known))}"]
    if not isinstance(table, Mapping):
        return [f"checks.{kind}: is a table, for example [checks.{kind}]"]
    words = [f.name for f in fields(known[kind])] + list(CHECK_WORDS)
    return [f"checks.{kind}.{w}: there is no such word{_nearest(w, words)}" for w in table if w not in words]
