"""From a TOML file to a spec, or to a sentence that names file, field and mend."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from watchkeeper.checks import built_in
from watchkeeper.errors import SpecError
from watchkeeper.spec.asking import Asking, asking_of, check_of
from watchkeeper.spec.house import HouseSpec
from watchkeeper.spec.model import ModelSpec
from watchkeeper.spec.sentences import nearest, sentences

__all__ = ["model_of", "read_house", "read_model"]

Spec = TypeVar("Spec", bound=BaseModel)

MOVED = {
    (
        "business",
        "column",
    ): 'a metric is a table of its own now: [business.NAME] with column = "...", statistic = "mean"',
    (
        "business",
        "spreads",
    ): "what is usual is learned now; a fixed limit is critical = 0.25, here or in [business.NAME]",
}
"""Words of checks that older files say, and what to write instead."""


def read_model(path: Path) -> ModelSpec:
    """The spec of one model. Raises SpecError that names every wrong field."""
    return model_of(path, _toml(path, "`watchkeeper new model NAME` writes one"))


def model_of(path: Path, table: Mapping[str, Any]) -> ModelSpec:
    """The spec that a table says, whatever stands in the file now. Raises SpecError that names every wrong field."""
    wrong = _wrong_checks(table.get("checks", {}))
    return _validated(path, {k: v for k, v in table.items() if not (wrong and k == "checks")}, ModelSpec, wrong)


def read_house(path: Path) -> HouseSpec:
    """The spec of the house, with its paths made absolute. Raises SpecError that names every wrong field."""
    spec = _validated(path, _toml(path, "stand in a checkout, or name the file with --house"), HouseSpec)
    here = path.resolve().parent
    return spec.model_copy(update={"folder": (here / spec.folder).resolve(), "models": (here / spec.models).resolve()})


def _toml(path: Path, mend: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SpecError(f"{path}: there is no such file; {mend}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise SpecError(f"{path}: is no TOML: {error}") from None


def _validated(path: Path, table: Mapping[str, Any], spec: type[Spec], wrong: Sequence[str] = ()) -> Spec:
    """The spec that the table says. Raises SpecError for what is wrong, with what was found wrong before."""
    try:
        read = spec.model_validate(table)
    except ValidationError as error:
        raise _spec_error(path, [*wrong, *sentences(error, spec)]) from None
    if wrong:
        raise _spec_error(path, wrong)
    return read


def _spec_error(path: Path, wrong: Sequence[str]) -> SpecError:
    return SpecError("\n".join([f"{path}:", *(f"  {line}" for line in wrong)]))


def _wrong_checks(checks: object) -> list[str]:
    """What is wrong with the names of checks and with their settings, whose words are no fields of a spec."""
    if not isinstance(checks, Mapping):
        return ["checks: is a table of tables, for example [checks.missing]"]
    return [line for kind, table in checks.items() for line in _wrong_check(kind, table)]


def _wrong_check(kind: str, table: object) -> list[str]:
    known, where = built_in(), f"checks.{kind}"
    if kind not in known:
        return [f"{where}: there is no such check{nearest(kind, list(known))}"]
    if not isinstance(table, Mapping):
        return [f"{where}: is a table, for example [{where}]"]
    own = [f.name for f in fields(known[kind]) if "said_elsewhere" not in f.metadata]
    words = own + list(Asking.model_fields)
    if moved := [f"{where}.{w}: {mend}" for w in table if (mend := MOVED.get((kind, w)))]:
        return moved
    if unknown := [w for w in table if w not in words]:
        return [f"{where}.{w}: there is no such word{nearest(w, words)}" for w in unknown]
    return _refused(where, asking_of, table) + _refused(where, partial(check_of, known[kind]), table)


def _refused(where: str, read: Callable[[Mapping[str, Any]], object], table: Mapping[str, Any]) -> list[str]:
    try:
        read(table)
    except ValidationError as error:
        return sentences(error, under=where)
    return []
