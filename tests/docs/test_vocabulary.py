"""The vocabulary is true: its names exist, the domain's nouns stand in it, and the words we avoid are avoided."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import watchkeeper.domain

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "vocabulary.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")]
WORDS = {word.strip(): row for row in ROWS if row[0] != "word" for word in row[0].split(",")}
NAMES = sorted({name for row in WORDS.values() for name in re.findall(r"`([^`]+)`", row[2])})

PLAN = re.findall(
    r"\S+",
    """
    model version champion candidate canary last-good pointers record label window baseline anchor profile measure
    check family finding level verdict transition incident route alert runbook cause follow-up settlement evidence
    trial rollout step split judgement action gate move question answer heartbeat house story
    """,
)

AVOIDED = {"manager", "helper", "helpers", "util", "utils", "handler", "handlers", "processor", "processors", "info"}
ROOMS = ("watchkeeper", "flows", "tasks", "deployments")


def parts(name: str) -> list[str]:
    """The words of a name: `TrialRule` and `trial_rule` are `trial`, `rule`."""
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]


def avoided_in(names: Iterator[str]) -> list[str]:
    return [name for name in names if AVOIDED & set(parts(name)) or parts(name) == ["data"]]


def named_in(room: Path) -> Iterator[str]:
    """Every file, folder, class and function of a room."""
    for path in room.rglob("*"):
        if "__pycache__" in path.parts:
            continue
        yield path.name.removesuffix(path.suffix)
        if path.suffix == ".py":
            yield from names_in(path.read_text(encoding="utf-8"))


def names_in(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def test_the_words_of_the_plan_stand_in_the_table() -> None:
    assert set(PLAN) <= set(WORDS)


def test_no_word_means_two_things() -> None:
    told = [word.strip() for row in ROWS if row[0] != "word" for word in row[0].split(",")]
    assert sorted(told) == sorted(set(told))


@pytest.mark.parametrize("name", NAMES)
def test_every_name_in_the_table_exists(name: str) -> None:
    module, _, thing = f"watchkeeper.{name}".rpartition(".")
    assert hasattr(importlib.import_module(module), thing)


def test_every_public_class_of_the_domain_stands_in_the_table() -> None:
    modules = [m.name for m in pkgutil.iter_modules(watchkeeper.domain.__path__)]
    classes = {
        f"domain.{module}.{name}"
        for module in modules
        for name, thing in vars(importlib.import_module(f"watchkeeper.domain.{module}")).items()
        if isinstance(thing, type) and thing.__module__ == f"watchkeeper.domain.{module}" and not name.startswith("_")
    }
    assert len(classes) > 30
    assert classes - set(NAMES) == set()


def test_a_nouns_name_is_its_word() -> None:
    """`domain.alerts.Route` stands beside `route`: nobody has to learn two names for one thing."""
    for name in (n for n in NAMES if n.startswith("domain.")):
        noun = " ".join(parts(name.rpartition(".")[2]))
        beside = {word.replace("-", " ").lower() for word, row in WORDS.items() if f"`{name}`" in row[2]}
        assert any(noun in word or word in noun for word in beside), f"{name} stands beside {beside}"


@pytest.mark.parametrize("room", ROOMS)
def test_names_say_what_is_done_and_to_what(room: str) -> None:
    names = list(named_in(ROOT / room))
    assert len(names) > 10
    assert avoided_in(iter(names)) == []


@pytest.mark.parametrize(
    "source",
    ["class DataHandler: ...", "def get_info(): ...", "async def data(): ...", "class Utils:\n  def run(): ..."],
)
def test_an_avoided_word_is_found(source: str) -> None:
    assert avoided_in(names_in(source))


@pytest.mark.parametrize("source", ["def handle_sigterm(): ...", "class Dataset: ...", "def drawn_data_bug(): ..."])
def test_a_word_that_only_resembles_one_is_not(source: str) -> None:
    assert avoided_in(names_in(source)) == []
