"""Do the hosts lose records?"""

from dataclasses import dataclass
from typing import ClassVar

from watchkeeper.checks.base import Check, percent
from watchkeeper.domain.accounts import Account, Accounts
from watchkeeper.domain.findings import Family, Finding
from watchkeeper.window import Baseline, Window

__all__ = ["Losses"]


@dataclass(frozen=True, kw_only=True)
class Losses(Check):
    """The share of the records handed to the hosts' loggers that was dropped, or lost when a process was killed.

    What was sampled out on purpose is no loss. A host that keeps no account is not asked.
    """

    family: ClassVar[Family] = Family.INTEGRITY
    runbook: ClassVar[str] = "losses.md"
    of_segments: ClassVar[bool] = False

    critical: float = 0.02

    def examine(self, baseline: Baseline, window: Window) -> list[Finding]:  # noqa: ARG002 - every check is asked alike
        """One finding; without an account it is OK where records came, and UNKNOWN where there is neither."""
        accounts = window.accounts
        if not accounts.parts:
            return [self._without_account(window)]
        share = accounts.lost_share
        measures = (self.measure("*", "lost", share, window),)
        return [self.judged("*", share, _sentence(accounts, share), measures)]

    def _without_account(self, window: Window) -> Finding:
        if window.rows:
            said = f"No host keeps an account of what it lost; {window.rows:,} records came."
            return self.not_judged("*", said)
        return self.unknown("*", "There is neither a record in the window nor a host's account of what it lost.")


def _sentence(accounts: Accounts, share: float) -> str:
    processes = len({part.process for part in accounts.parts})
    of_whom = f"{processes} processes" if processes > 1 else "one process"
    told = f"{accounts.lost:,.0f} of {accounts.produced:,.0f} records of {of_whom} were lost, {percent(share)}"
    return f"{told}{_worst(accounts.parts[0])}."


def _worst(part: Account) -> str:
    """The process that lost most, and what its sink said."""
    if not part.lost:
        return ""
    said = f' and its sink said "{" ".join(part.last_error.split())[:120]}"' if part.last_error else ""
    return f"; {part.process} lost {part.lost:,.0f}{said}"
