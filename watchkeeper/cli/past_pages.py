"""What `backtest` and `tune` show in a terminal."""

import difflib
import math
from collections.abc import Iterator
from pathlib import Path

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from watchkeeper.pictures import Rows
from watchkeeper.story.backtesting import Backtest
from watchkeeper.story.tabling import differences, incidents_of, notes, planted_of, summary_of
from watchkeeper.story.tuning import Learned, Proposal, Tuning

__all__ = ["backtest_page", "diff_page", "tuning_page"]


def backtest_page(seen: Backtest) -> Iterator[RenderableType]:
    """How much it pages, what would change, incidents, and planted faults."""
    yield _table("How much it pages", summary_of(seen))
    yield _table("Incidents", incidents_of(seen))
    yield Text("What would change", style="italic")
    yield from (f"* {escape(said)}" for said in differences(seen))
    if seen.tries:
        yield _table("Planted faults", planted_of(seen))
    yield from (f"[dim]{escape(note)}[/dim]" for note in notes(seen))


def _table(title: str, part: Rows) -> Table:
    table = Table(title=title, title_justify="left")
    for name in part.head:
        table.add_column(name, justify="right" if name in part.numbers else "left", overflow="fold")
    for row in part.rows:
        table.add_row(*map(escape, row))
    return table


def tuning_page(found: Tuning) -> Iterator[RenderableType]:
    """The budget, what fixed limits cost, what is proposed, and where the learned limits are."""
    yield (
        f"[bold]{found.spec.model}[/bold]: {found.windows} windows, {found.over.start:%Y-%m-%d} to"
        f" {found.over.end:%Y-%m-%d}. The budget of {found.spec.alerts.budget} allows {found.allowed:.1f} false pages"
        f" in them; all checks together had {found.false}."
    )
    yield from (
        f"[dim]counts as right: {i.key}, {i.cause}. If it was nothing: --false-alarm {i.key}[/dim]" for i in found.right
    )
    yield _table("Fixed limits", _fixed(found))
    yield _table("Learned limits (they follow from history by themselves)", _learned(found))


def _fixed(found: Tuning) -> Rows:
    head = ("check", "limit", "proposed", "false pages", "right pages", "because")
    rows = [(p.check, f"{p.old:g}", _new(p), _both(p, "false"), _both(p, "right"), p.because) for p in found.proposals]
    return Rows(head, rows, head[1:5])


def _new(proposal: Proposal) -> str:
    if not proposal.is_change:
        return "keep"
    way = "less sensitive" if proposal.new > proposal.old else "more sensitive"
    return f"{proposal.new:g} ({way})"


def _both(proposal: Proposal, which: str) -> str:
    before, after = (int(getattr(cost, which)) for cost in (proposal.before, proposal.after))
    return f"{before} -> {after}" if proposal.is_change else f"{before}"


def _learned(found: Tuning) -> Rows:
    head = ("check", "limit now", "in the period", "false pages", "allowed")
    rows = [
        (c.check, _number(c.now), _range(c), f"{c.false}", f"1 in {c.allowance:,.0f} windows") for c in found.learned
    ]
    return Rows(head, rows, head[1:])


def _range(learned: Learned) -> str:
    return f"{_number(learned.low)} to {_number(learned.high)}"


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "-"


def diff_page(path: Path, before: str, after: str) -> Iterator[RenderableType]:
    """What would be written, line by line."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), str(path), f"{path} (proposed)", lineterm="")
    for line in lines:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        yield Text(line, style=style)
