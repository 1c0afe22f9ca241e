"""Look, decide, tell: one sweep over every model that is due."""

from datetime import datetime
from typing import Any

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from tasks.followups import start_followups
from tasks.house import moment
from tasks.showing import show_sweep
from tasks.telling import channels_due, deliver
from tasks.watching import EVERY, beat, models_due, publish, sort_looks, watch

TOGETHER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=8)
"""Looks at so many models at once: more would wait for each other, and hold more windows in memory."""


@flow(name="monitor", flow_run_name="monitor {model}", task_runner=TOGETHER)
def monitor(model: str = EVERY, at: datetime | None = None) -> State[str]:
    """Look at every window that is due, tell people what changed, and start what must happen next.

    Safe to run twice for the same window; one bad model never stops the sweep.

    Args:
        model: the model to look at; `*` is every model of the house that is due.
        at: the moment to stand at, for replays; now when left out.
    """
    now = moment(at)
    due = models_due(model, now)
    looks = watch.map(due, at=unmapped(now), return_state=True)
    verdicts, failed = sort_looks(due, looks)
    show_sweep(verdicts, failed)
    deliver.map(channels_due(), return_state=True)
    start_followups()
    publish.map([v.model for v in verdicts], at=unmapped(now), return_state=True)
    return _told(len(verdicts), failed, now)


def _told(judged: int, failed: dict[str, str], now: datetime) -> State[str]:
    """How we worked, not how the models do; the heartbeat beats when the cycle came to its end."""
    beat("monitor", now, f"{judged} judged, {len(failed)} could not be")
    summary = f"{judged} models judged" + "".join(f"\n{model}: {why}" for model, why in failed.items())
    if failed and not judged:
        return Failed(name="NothingJudged", message=summary)
    return Completed(name="Incomplete" if failed else "Completed", message=summary)
