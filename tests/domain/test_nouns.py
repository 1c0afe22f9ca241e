"""Nouns are frozen, and what a room promises is there."""

import dataclasses
import importlib
import pkgutil
from types import ModuleType

import pytest

import watchkeeper.domain

MODULES = [
    importlib.import_module(f"{watchkeeper.domain.__name__}.{m.name}")
    for m in pkgutil.iter_modules(watchkeeper.domain.__path__)
]
NOUNS = [
    thing
    for module in MODULES
    for thing in vars(module).values()
    if dataclasses.is_dataclass(thing) and thing.__module__ == module.__name__
]


def test_the_nouns_were_found() -> None:
    assert {"Verdict", "Incident", "Rollout", "Question", "Heartbeat", "Entry"} <= {noun.__name__ for noun in NOUNS}


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.__name__)
def test_nouns_are_frozen_and_have_no_room_for_more(noun: type) -> None:
    assert noun.__dataclass_params__.frozen
    assert "__slots__" in vars(noun)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_public_name_is_promised_and_there(module: ModuleType) -> None:
    own = {n for n, thing in vars(module).items() if getattr(thing, "__module__", "") == module.__name__}
    public = {n for n in own if not n.startswith("_")}
    assert public <= set(module.__all__)
    assert all(hasattr(module, name) for name in module.__all__)
