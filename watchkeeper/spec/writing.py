"""Limits written into a spec, with everything else as the person left it: comments, order, blank lines."""

import shutil
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from watchkeeper.domain.budgets import Budget
from watchkeeper.errors import Conflict, NotThere, SpecError
from watchkeeper.spec.model import ModelSpec
from watchkeeper.spec.reading import model_of, read_model

__all__ = ["SpecFile", "spec_file"]

CHECKS = "checks"


@dataclass(frozen=True, slots=True)
class SpecFile:
    """A model's file as it was when it was read."""

    path: Path
    text: str

    @property
    def table(self) -> dict[str, Any]:
        """What it says, as TOML has it."""
        return tomllib.loads(self.text)

    def spec(self, changes: Mapping[str, Any] | None = None) -> ModelSpec:
        """The spec with some of its tables changed. Raises SpecError that names every wrong field."""
        return model_of(self.path, self.table | dict(changes or {}))

    def changed(self, limits: Mapping[str, float], budget: Budget | None = None) -> str:
        """The text with these critical limits by check, and with a budget where one is given.

        A warning that the file sets moves with its limit.
        """
        import tomlkit  # noqa: PLC0415 - only who writes needs it

        document = tomlkit.parse(self.text)
        for check, limit in limits.items():
            checks = _table(document, CHECKS)
            is_new = check not in checks
            table = _table(checks, check)
            if "warning" in table:
                table["warning"] = _rounded(table["warning"] * limit / table.get("critical", limit))
            table["critical"] = limit
            if is_new and isinstance(table, tomlkit.items.Table):
                table.add(tomlkit.nl())
        if budget:
            _table(document, "alerts")["budget"] = str(budget)
        return tomlkit.dumps(document).rstrip("\n") + "\n"

    def write(self, text: str) -> None:
        """Put another text in the file's place, whole.

        Raises:
            Conflict: somebody changed the file since it was read.
            SpecError: the text cannot be meant; nothing was written.
        """
        SpecFile(self.path, text).spec()
        draft = self.path.with_suffix(".toml.unfinished")
        draft.write_text(text, encoding="utf-8")
        if self.path.read_text(encoding="utf-8") != self.text:
            draft.unlink()
            raise Conflict(f"{self.path} was changed meanwhile, by somebody else: nothing was written; start again")
        shutil.copymode(self.path, draft)
        draft.replace(self.path)


def spec_file(folder: Path, model: str) -> SpecFile:
    """The file in a folder of specs that describes a model. Raises NotThere."""
    for path in sorted(folder.glob("*.toml")):
        try:
            described = read_model(path).model
        except SpecError:
            continue
        if described == model:
            return SpecFile(path, path.read_text(encoding="utf-8"))
    raise NotThere(f"no file in {folder} describes a model `{model}`")


def _table(within: MutableMapping[str, Any], name: str) -> MutableMapping[str, Any]:
    """The table of this name, made when it is not there yet."""
    import tomlkit  # noqa: PLC0415 - the same

    if name not in within and isinstance(within, tomlkit.items.InlineTable):
        within[name] = tomlkit.inline_table()
    elif name not in within:
        within[name] = tomlkit.table(is_super_table=name == CHECKS)
    table: MutableMapping[str, Any] = within[name]
    return table


def _rounded(number: float) -> float:
    """Three digits are enough of a limit."""
    return float(f"{number:.3g}")
