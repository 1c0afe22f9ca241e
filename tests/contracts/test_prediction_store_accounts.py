"""What every prediction store promises about the accounts of hosts."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.contracts.records import DAY, HOUR, NOON, TODAY, look, records
from watchkeeper.adapters.parquet_predictions import ParquetPredictions
from watchkeeper.domain.intervals import Interval
from watchkeeper.errors import OutsideError


def wrote(root: Path, began: datetime, until: datetime, **counts: object) -> Path:
    """What a host's process writes of itself."""
    written = {"host": "web-1", "pid": 7, "began": began.isoformat(), "until": until.isoformat(), **counts}
    path = root / f"flights/accounts/day={began:%Y-%m-%d}/web-1-7-{began:%H%M}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(written))
    return path


def test_a_window_comes_with_the_accounts_of_its_hosts(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    store.append("flights", records(["a"]))
    wrote(tmp_path, NOON, NOON + HOUR, produced=100, delivered=90, dropped=8, lost_by_kill=2, last_error="full")
    wrote(tmp_path, NOON + HOUR, NOON + 2 * HOUR, produced=50, delivered=20, sampled_out=30, last_error=None)
    accounts = store.window(look()).accounts
    assert (accounts.produced, accounts.lost) == (150, 10)
    assert [(part.process, part.last_error) for part in accounts.parts] == [("web-1/7", "full"), ("web-1/7", "")]
    assert store.accounts("flights", TODAY) == accounts


def test_an_account_that_crosses_midnight_counts_on_both_days_in_parts(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    wrote(tmp_path, TODAY.end - HOUR, TODAY.end + 3 * HOUR, produced=400, delivered=360, dropped=40)
    assert store.accounts("flights", TODAY).lost == 10
    assert store.accounts("flights", TODAY.shifted(DAY)).lost == 30
    assert store.accounts("flights", TODAY.shifted(-DAY)).parts == ()


def test_a_process_that_was_killed_at_once_has_an_account_of_an_instant(tmp_path: Path) -> None:
    store = ParquetPredictions(tmp_path)
    wrote(tmp_path, NOON, NOON, produced=3, delivered=0, lost_by_kill=3)
    assert store.accounts("flights", Interval(NOON, NOON + HOUR)).lost == 3


@pytest.mark.parametrize("content", ["{", "[]", '"text"', '{"host": "web-1"}', '{"began": 3, "until": null}'])
def test_what_is_no_account_costs_no_other(tmp_path: Path, content: str) -> None:
    store = ParquetPredictions(tmp_path)
    wrote(tmp_path, NOON, NOON + HOUR, produced=3, delivered=3)
    wrote(tmp_path, NOON + HOUR, NOON + HOUR).write_text(content)
    assert store.accounts("flights", TODAY).produced == 3


def test_accounts_that_the_disk_refuses_are_an_error_of_the_outside(tmp_path: Path) -> None:
    (tmp_path / "flights").write_text("a file where the folder should be")
    with pytest.raises(OutsideError):
        ParquetPredictions(tmp_path).accounts("flights", TODAY)
