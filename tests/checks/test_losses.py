"""Records that the hosts' own accounts say are lost."""

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import a_finding
from tests.checks.scenes import DAY, TODAY, ask, empty_window, window
from watchkeeper.checks.losses import Losses
from watchkeeper.domain.accounts import Account, Accounts
from watchkeeper.domain.causes import Cause, diagnose
from watchkeeper.domain.intervals import Interval
from watchkeeper.domain.levels import Level


def account(process: str = "web-1/7", produced: float = 1_000, lost: float = 0, **changes: object) -> Account:
    return Account(process, TODAY, produced, produced - lost, dropped=lost, **changes)


def test_hosts_that_deliver_all_they_are_handed_are_quiet() -> None:
    finding = ask(Losses(), seen=window(accounts=Accounts((account(), account("web-2/9")))))["*"]
    assert (finding.level, finding.value) == (Level.OK, 0.0)
    assert finding.sentence == "0 of 2,000 records of 2 processes were lost, 0 %."


@pytest.mark.parametrize(("lost", "level"), [(17, Level.OK), (19, Level.WARNING), (20, Level.CRITICAL)])
def test_a_lost_share_of_two_percent_is_critical(lost: int, level: Level) -> None:
    assert ask(Losses(), seen=window(accounts=Accounts((account(lost=lost),))))["*"].level is level


def test_the_process_that_lost_most_is_named_with_what_its_sink_said() -> None:
    parts = (account(lost=5), account("web-2/9", lost=400, last_error="No space left\non device"))
    finding = ask(Losses(), seen=window(accounts=Accounts.within(TODAY, parts)))["*"]
    assert finding.sentence == (
        "405 of 2,000 records of 2 processes were lost, 20.2 %; "
        'web-2/9 lost 400 and its sink said "No space left on device".'
    )


def test_what_a_killed_process_had_in_memory_is_lost_and_what_was_sampled_out_is_not() -> None:
    parts = (Account("web-1/7", TODAY, 1_000, 180, sampled_out=800, lost_by_kill=20),)
    assert ask(Losses(), seen=window(accounts=Accounts(parts)))["*"].value == 0.02


def test_losses_of_a_host_that_was_handed_nothing_more_are_losses_all_the_same() -> None:
    parts = (Account("web-1/7", TODAY, 0, 0, lost_by_kill=20),)
    assert ask(Losses(), seen=window(accounts=Accounts(parts)))["*"].level is Level.CRITICAL


def test_hosts_that_keep_no_account_are_ok_and_the_finding_says_so() -> None:
    finding = ask(Losses())["*"]
    assert (finding.level, math.isnan(finding.value)) == (Level.OK, True)
    assert finding.sentence == "No host keeps an account of what it lost; 600 records came."
    assert ask(Losses(), seen=empty_window())["*"].level is Level.UNKNOWN


def test_an_account_counts_in_a_window_by_the_part_of_its_time_that_lies_there() -> None:
    quarter = Interval(TODAY.end - timedelta(hours=6), TODAY.end + DAY)
    (part,) = Accounts.within(quarter, [account(lost=100)]).parts
    assert (part.interval, part.produced, part.delivered, part.lost) == (
        Interval(quarter.start, TODAY.end), 250.0, 225.0, 25.0
    )  # fmt: skip
    assert Accounts.within(TODAY.shifted(DAY), [account()]).parts == ()


def test_losses_are_a_fault_of_serving_and_not_of_the_values_that_came() -> None:
    lost = a_finding(check="losses", subject="*", level=Level.CRITICAL)
    assert diagnose([lost]).cause is Cause.SERVING_FAULT


def test_accounts_are_no_part_of_what_is_counted() -> None:
    seen = window(accounts=Accounts((account(lost=500),)))
    assert replace(seen, accounts=Accounts()).requests == seen.requests == seen.rows
