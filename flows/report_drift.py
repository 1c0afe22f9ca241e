"""The human-facing Evidently report of a window, attached to W&B and linked from its incident."""

from datetime import datetime

from prefect import flow

from tasks.followups import acknowledge
from tasks.house import moment
from tasks.showing import show_report
from tasks.telling import draw_report
from watchkeeper.ports import Tracked


@flow(name="report_drift", flow_run_name="report {model}")
def report_drift(
    model: str, incident: str | None = None, at: datetime | None = None, followup: str | None = None
) -> Tracked:
    """Draw the newest judged window; twice is once.

    Args:
        incident: the key of the incident that the report belongs to, if any.
        at: the end of the window, for replays; the newest when left out.
        followup: the row that asked for this run; leave it out by hand.
    """
    tracked = draw_report(model, incident, moment(at))
    show_report(model, incident, tracked)
    acknowledge(followup, f"{tracked.artifact} in {tracked.run}")
    return tracked
