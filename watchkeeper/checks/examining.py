"""Asking all checks, so that none can silence the others."""

import math
from collections.abc import Iterable

from watchkeeper.checks.base import Check
from watchkeeper.domain.findings import Finding
from watchkeeper.domain.levels import Level
from watchkeeper.window import Baseline, Window

__all__ = ["answers", "examine_all", "worst_of_each"]

WHOLE = "*"


def examine_all(checks: Iterable[Check], baseline: Baseline, window: Window) -> tuple[Finding, ...]:
    """The findings of all checks.

    A check that raises becomes one UNKNOWN finding about `*` that names it and the error. One that worked answers for
    `*` too, with an OK where it has nothing to say about the window as a whole: else an incident that was opened by
    its error could never end.
    """
    return worst_of_each(finding for check in checks for finding in _answers(check, baseline, window))


def worst_of_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings, of two about one thing the worse one."""
    found: dict[str, Finding] = {}
    for finding in findings:
        before = found.get(finding.mark)
        if before is None or finding.level > before.level:
            found[finding.mark] = finding
    return tuple(found.values())


def answers(check: Check, baseline: Baseline, window: Window) -> tuple[list[Finding], Finding | None]:
    """The findings of one check, and the UNKNOWN one about itself when it failed."""
    try:
        return check.examine(baseline, window), None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one check, the others must be heard
        why = f"{check.kind}: the check itself failed, {type(error).__name__}: {error}"
        return [], _about_itself(check, Level.UNKNOWN, why)


def _answers(check: Check, baseline: Baseline, window: Window) -> list[Finding]:
    findings, failed = answers(check, baseline, window)
    if failed:
        return [failed]
    if any(finding.subject == WHOLE for finding in findings):
        return findings
    return [*findings, _about_itself(check, Level.OK, f"{check.kind}: answered for {len(findings)} subjects.")]


def _about_itself(check: Check, level: Level, sentence: str) -> Finding:
    return Finding(check.kind, WHOLE, check.family, level, math.nan, math.nan, sentence, check.runbook)
