"""Splits as files in a folder, one a model, which the hosts' `CanaryRouter` reads."""

from dataclasses import dataclass
from pathlib import Path

from watchkeeper.domain.traffic import Split
from watchkeeper.errors import OutsideError
from watchkeeper.serving.layout import checked_name, put_whole
from watchkeeper.serving.splits import split_from_text, split_to_text

__all__ = ["FileRouter"]

ROUTER = "traffic router"


@dataclass(frozen=True, slots=True)
class FileRouter:
    """The split of each model in `{root}/{model}.json`; a reader finds the old one or the new, nothing between."""

    root: Path

    def split(self, model: str) -> Split | None:
        file = self.file(model)
        try:
            return split_from_text(file.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise OutsideError(ROUTER, f"{file}: {error.strerror or error}") from error
        except ValueError as error:
            raise OutsideError(ROUTER, f"{file} holds no split ({error}); set it again", permanent=True) from error

    def set_split(self, model: str, split: Split) -> None:
        file = self.file(model)
        try:
            put_whole(file, split_to_text(split).encode())
        except OSError as error:
            raise OutsideError(ROUTER, f"{file}: {error.strerror or error}") from error

    def file(self, model: str) -> Path:
        """Where the split of a model lies: what a host gives to its `CanaryRouter`."""
        return self.root / f"{checked_name(model)}.json"
