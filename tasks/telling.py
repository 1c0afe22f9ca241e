"""Alerts on their way, and reports."""

from datetime import UTC, datetime

from tasks.house import the_house
from tasks.kind import outside
from watchkeeper.domain.alerts import Receipt
from watchkeeper.ports import Tracked
from watchkeeper.story import telling

__all__ = ["channels_due", "deliver", "draw_report"]


@outside()
def channels_due() -> list[str]:
    """The channels that have something to tell now."""
    due = the_house().state.due_alerts(datetime.now(UTC))
    return sorted({alert.channel for alert in due})


@outside("deliver by {channel}")
def deliver(channel: str) -> tuple[Receipt, ...]:
    """Send what is due on one channel; what fails is kept and tried again by a later run."""
    return telling.deliver_alerts(the_house(), channel, datetime.now(UTC))


@outside()
def draw_report(model: str, incident: str | None, at: datetime) -> Tracked:
    """The Evidently report: on disk, in the tracker, linked from the incident."""
    return telling.draw_report(the_house(), model, incident, at)
