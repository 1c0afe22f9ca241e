"""Files of specs with something in them, and what is told of their wrong fields."""

from collections.abc import Callable
from pathlib import Path

import pytest

from watchkeeper.errors import SpecError
from watchkeeper.spec import read_house, read_model

MODEL = """
model = "flights"
{more}
[features]
numeric = ["temp", "dewp"]
categorical = ["carrier"]
[training]
function = "examples.flights.train:train"
{tables}
"""

Told = Callable[..., list[str]]


@pytest.fixture
def model(tmp_path: Path) -> Callable[..., Path]:
    """Writes a model's file: further words of the top, further tables."""

    def write(more: str = "", tables: str = "") -> Path:
        file = tmp_path / "flights.toml"
        file.write_text(MODEL.format(more=more, tables=tables))
        return file

    return write


@pytest.fixture
def told(model: Callable[..., Path]) -> Told:
    """The lines about a model's wrong fields, without the first, which names the file."""

    def read(more: str = "", tables: str = "") -> list[str]:
        file = model(more, tables)
        with pytest.raises(SpecError) as error:
            read_model(file)
        first, *lines = str(error.value).splitlines()
        assert first == f"{file}:"
        return [line.removeprefix("  ") for line in lines]

    return read


@pytest.fixture
def told_of_house(tmp_path: Path) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        file = tmp_path / "house.toml"
        file.write_text(text)
        with pytest.raises(SpecError) as error:
            read_house(file)
        first, *lines = str(error.value).splitlines()
        assert first == f"{file}:"
        return [line.removeprefix("  ") for line in lines]

    return read
