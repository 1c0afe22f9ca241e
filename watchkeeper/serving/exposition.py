"""Figures as Prometheus reads them: its text format, version 0.0.4."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["CONTENT_TYPE", "Family", "joined", "marked", "text_of"]

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: its name, `counter`, `gauge` or `histogram`, a sentence, and its samples.

    Attributes:
        samples: labels and value of each. Those of a histogram stand under the label `` (no name) as their suffix:
            `{"": "_bucket", "le": "0.1"}`.
    """

    name: str
    kind: str
    says: str
    samples: Sequence[tuple[Mapping[str, str], float]]

    def __str__(self) -> str:
        head = f"# HELP {self.name} {self.says}\n# TYPE {self.name} {self.kind}\n"
        return head + "".join(f"{self._sample(labels)} {_number(value)}\n" for labels, value in self.samples)

    def _sample(self, labels: Mapping[str, str]) -> str:
        named = ",".join(f'{name}="{str(text).translate(ESCAPES)}"' for name, text in labels.items() if name)
        return f"{self.name}{labels.get('', '')}" + (f"{{{named}}}" if named else "")


def text_of(*families: Family) -> str:
    """The families as one text."""
    return "".join(map(str, families))


def joined(texts: Iterable[str]) -> str:
    """Several texts as one: what two of them say of one metric stands together, under its first head."""
    heads: dict[str, str] = {}
    samples: dict[str, list[str]] = {}
    for text in texts:
        name = ""
        for line in text.splitlines():
            if line.startswith(("# TYPE ", "# HELP ")):
                name = line.split(" ", 3)[2]
                heads[name] = heads.get(name, "") + (f"{line}\n" if line not in heads.get(name, "") else "")
            elif line.strip():
                samples.setdefault(name, []).append(f"{line}\n")
    return "".join(heads.get(name, "") + "".join(lines) for name, lines in samples.items())


def marked(text: str, **labels: str) -> str:
    """The text with labels added to every sample."""
    added = ",".join(f'{name}="{value.translate(ESCAPES)}"' for name, value in labels.items())
    return "".join(f"{line if line.startswith('#') else _marked(line, added)}\n" for line in text.splitlines())


def _marked(line: str, added: str) -> str:
    name, brace, rest = line.partition("{")
    if brace:
        return f"{name}{{{added},{rest}"
    name, _, value = line.partition(" ")
    return f"{name}{{{added}}} {value}"


def _number(value: float) -> str:
    if math.isfinite(value):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return "NaN" if math.isnan(value) else ("+Inf" if value > 0 else "-Inf")
