"""One HTML file that needs no other: words, tables, and pictures within it."""

import base64
import html
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Heading", "Image", "Part", "Rows", "Words", "page"]

STYLE = """
:root { color-scheme: light dark;
  --ink: #1f2933; --soft: #5f6b76; --line: #d9dee3; --back: #ffffff; --stripe: #f5f7f9; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6eaee; --soft: #a4afb9; --line: #3a444e; --back: #14191e; --stripe: #1c2329; }
}
body { margin: 2rem auto; max-width: 76rem; padding: 0 1.5rem; background: var(--back); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .3rem 0; max-width: 60rem; } p.lead { color: var(--soft); }
img { max-width: 100%; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 6px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th { text-align: left; color: var(--soft); font-weight: 600; border-bottom: 2px solid var(--line); }
th, td { padding: .35rem .7rem; vertical-align: top; } tbody tr:nth-child(even) { background: var(--stripe); }
td.number, th.number { text-align: right; white-space: nowrap; }
"""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the next part is about."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A table; columns of numbers are named in `numbers`."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG, and what it shows for whoever cannot see it."""

    png: bytes
    shows: str


Part = Heading | Words | Rows | Image


def page(title: str, lead: str, parts: Sequence[Part]) -> str:
    """The file; nothing in it is loaded from anywhere else."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{_safe(title)}</title>'
    body = "\n".join(_written(part) for part in parts)
    start = f'<h1>{_safe(title)}</h1>\n<p class="lead">{_safe(lead)}</p>'
    opened = f'<!doctype html>\n<html lang="en">\n<head>{head}<style>{STYLE}</style></head>\n<body>'
    return f"{opened}\n{start}\n{body}\n</body>\n</html>\n"


def _written(part: Part) -> str:
    if isinstance(part, Heading):
        return f"<h2>{_safe(part.text)}</h2>"
    if isinstance(part, Words):
        return f"<p>{_safe(part.text)}</p>"
    if isinstance(part, Image):
        return f'<img alt="{_safe(part.shows)}" src="data:image/png;base64,{base64.b64encode(part.png).decode()}">'
    return _table(part)


def _table(part: Rows) -> str:
    kinds = [' class="number"' if name in part.numbers else "" for name in part.head]
    head = "".join(f"<th{kind}>{_safe(name)}</th>" for name, kind in zip(part.head, kinds, strict=True))
    lines = [
        "<tr>" + "".join(f"<td{kind}>{_safe(cell)}</td>" for cell, kind in zip(row, kinds, strict=True)) + "</tr>"
        for row in part.rows
    ]
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def _safe(text: str) -> str:
    return html.escape(text, quote=True)
