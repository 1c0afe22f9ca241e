"""The state store's contract, held against every database: the outbox and the follow-ups."""

from dataclasses import replace

import pytest

from tests.builders import (
    DAY,
    HOUR,
    NOON,
    a_followup,
    a_receipt,
    a_settlement,
    an_alert,
)
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.followups import Story
from watchkeeper.errors import NotThere
from watchkeeper.ports import StateStore, Waiting


def line(channel: str, incident: str, numbers: range) -> tuple[Alert, ...]:
    return tuple(an_alert(channel=channel, incident=incident, id=f"{incident}#{n}>{channel}") for n in numbers)


def fill(state: StateStore, *alerts: Alert) -> None:
    assert state.settle(a_settlement(alerts=alerts))


def ids(alerts: tuple[Alert, ...]) -> list[str]:
    return [alert.id for alert in alerts]


def drain(state: StateStore) -> list[str]:
    """Deliver whatever is due until nothing is; the ids in the order of delivery."""
    sent: list[str] = []
    while due := state.due_alerts(NOON):
        for alert in due:
            state.delivered(a_receipt(alert))
        sent += ids(due)
    return sent


def test_an_alert_is_due_at_once_and_delivered_once(state: StateStore) -> None:
    (alert,) = line("console", "wk:a", range(1))
    fill(state, alert)
    assert state.due_alerts(NOON) == (alert,)
    assert state.undelivered() == {alert.id: (alert, Waiting(0, "", ""))}
    receipt = a_receipt(alert)
    state.delivered(receipt)
    state.delivered(a_receipt(alert, reference="another"))
    assert state.due_alerts(NOON) == ()
    assert state.undelivered() == {}
    assert state.receipts("wk:a") == (receipt,)
    assert state.receipts("wk:b") == ()


def test_only_the_head_of_each_line_is_due(state: StateStore) -> None:
    first, second, other = (
        line("console", "wk:a", range(3)),
        line("pager", "wk:a", range(2)),
        line("pager", "wk:b", range(1)),
    )
    fill(state, *first, *second, *other)
    assert ids(state.due_alerts(NOON)) == ["wk:a#0>console", "wk:a#0>pager", "wk:b#0>pager"]
    state.delivered(a_receipt(first[0]))
    assert ids(state.due_alerts(NOON)) == ["wk:a#1>console", "wk:a#0>pager", "wk:b#0>pager"]


def test_every_line_keeps_its_order(state: StateStore) -> None:
    alerts = line("console", "wk:a", range(5)), line("pager", "wk:a", range(5))
    fill(state, *(alert for pair in zip(*alerts, strict=True) for alert in pair))
    sent = drain(state)
    assert [i for i in sent if i.endswith("console")] == ids(alerts[0])
    assert [i for i in sent if i.endswith("pager")] == ids(alerts[1])


def test_a_postponed_alert_holds_back_those_behind_it(state: StateStore) -> None:
    head, behind = line("console", "wk:a", range(2))
    fill(state, head, behind)
    state.postpone(head.id, "503 \x00 \ud800 try later", NOON + HOUR)
    assert state.due_alerts(NOON) == ()
    assert ids(state.due_alerts(NOON + HOUR)) == [head.id]
    assert state.undelivered()[head.id][1] == Waiting(1, "503 \N{REPLACEMENT CHARACTER} ? try later", "")
    state.postpone(head.id, "again", NOON + DAY)
    assert state.undelivered()[head.id][1] == Waiting(2, "again", "")


def test_a_given_up_alert_lets_the_next_one_through(state: StateStore) -> None:
    head, behind = line("console", "wk:a", range(2))
    fill(state, head, behind)
    state.give_up(head.id, "401 wrong key")
    state.give_up(head.id, "said again")
    assert state.due_alerts(NOON) == (behind,)
    assert list(state.undelivered()) == [behind.id]
    assert state.given_up() == {head.id: (head, Waiting(1, "401 wrong key", ""))}


def test_what_was_delivered_cannot_be_postponed_or_given_up(state: StateStore) -> None:
    (alert,) = line("console", "wk:a", range(1))
    fill(state, alert)
    state.delivered(a_receipt(alert))
    state.postpone(alert.id, "late", NOON)
    state.give_up(alert.id, "late")
    assert (state.due_alerts(NOON), state.undelivered(), state.given_up()) == ((), {}, {})


@pytest.mark.parametrize("act", ["delivered", "postpone", "give_up", "started", "acknowledge"])
def test_writing_about_what_was_never_written_fails(state: StateStore, act: str) -> None:
    arguments = {"delivered": (replace(a_receipt(), alert="ghost"),), "postpone": ("ghost", "", NOON)}
    with pytest.raises(NotThere, match="ghost"):
        getattr(state, act)(*arguments.get(act, ("ghost", "")))


def test_a_followup_is_asked_for_once(state: StateStore) -> None:
    followup = a_followup()
    assert [state.ask_for(followup), state.ask_for(followup)] == [True, False]
    assert state.unacknowledged() == ((followup, Waiting(0, "", "")),)


def test_attempts_count_the_runs_that_took_a_followup_on(state: StateStore) -> None:
    followup = a_followup()
    state.ask_for(followup)
    for run in ("one", "one", "two"):
        state.started(followup.id, run)
    assert state.unacknowledged("flights") == ((followup, Waiting(2, "", "two")),)


def test_an_acknowledged_followup_keeps_its_first_outcome(state: StateStore) -> None:
    followup = a_followup(Story.RETRAIN)
    state.ask_for(followup)
    assert state.followups("flights", Story.RETRAIN) == ((followup, None),)
    state.acknowledge(followup.id, "trained v4")
    state.acknowledge(followup.id, "something else")
    assert state.unacknowledged() == ()
    assert state.followups("flights", Story.RETRAIN) == ((followup, "trained v4"),)
    assert state.followups("flights", Story.REPORT) == ()


def test_followups_come_oldest_first(state: StateStore) -> None:
    for day, model in ((2, "flights"), (1, "flights"), (3, "trains")):
        state.ask_for(a_followup(model=model, at=NOON + day * DAY))
    assert [f.at.day for f, _ in state.unacknowledged()] == [2, 3, 4]
    assert [f.at.day for f, _ in state.unacknowledged("flights")] == [2, 3]
    assert [f.at.day for f, _ in state.followups("flights", Story.REPORT)] == [2, 3]
