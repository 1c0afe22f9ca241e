"""How a house is put together."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests import toy
from tests.builders import NOON, a_settlement, an_alert
from watchkeeper.errors import OutsideError, SpecError
from watchkeeper.story.telling import deliver_alerts
from watchkeeper.wiring import from_environment, missing_secrets, open_house

PAGED = toy.HOUSE + '[[channels]]\nkind = "pagerduty"\n[[channels]]\nkind = "github"\nrepo = "acme/models"\n'


def nothing(_name: str) -> None:
    return None


def test_a_missing_secret_locks_its_channel_and_nothing_else(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path, house=PAGED), nothing)
    assert missing_secrets(house.spec, nothing) == ["WATCHKEEPER_PAGERDUTY_KEY", "WATCHKEEPER_GITHUB_TOKEN"]
    with pytest.raises(OutsideError, match="WATCHKEEPER_GITHUB_TOKEN is missing") as refused:
        house.channels["github"].deliver(an_alert(channel="github"))
    assert not refused.value.permanent


def test_an_alert_waits_until_its_secret_is_there(tmp_path: Path) -> None:
    house = open_house(toy.build(tmp_path, house=PAGED), nothing)
    alert = an_alert(channel="pagerduty", at=NOON)
    assert house.state.settle(a_settlement(alerts=(alert,)))
    assert deliver_alerts(house, "pagerduty", NOON) == ()
    [(_, waiting)] = house.state.undelivered().values()
    assert "WATCHKEEPER_PAGERDUTY_KEY" in waiting.error
    assert house.state.due_alerts(NOON + timedelta(minutes=1)) == ()
    assert house.state.due_alerts(NOON + timedelta(minutes=6)) == (alert,)


def test_a_secret_may_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("from a file\n")
    monkeypatch.setenv("SOME_KEY_FILE", str(tmp_path / "key"))
    assert from_environment("SOME_KEY") == "from a file"


def test_a_database_whose_password_is_missing_is_named(tmp_path: Path) -> None:
    url = 'database = "postgresql+psycopg://wk:${DB_PASSWORD}@localhost/wk"\n'
    with pytest.raises(SpecError, match="DB_PASSWORD"):
        open_house(toy.build(tmp_path, house=url + toy.HOUSE), nothing)
