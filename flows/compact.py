"""Housekeeping, once a night: few large files of closed days, and no rows that nothing needs any more."""

from datetime import datetime
from typing import Any

from prefect import flow, unmapped
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from tasks.house import moment
from tasks.keeping import keep_in_order, models_kept
from tasks.showing import show_kept
from tasks.watching import EVERY, beat, sort_looks

TOGETHER: TaskRunner[Any] = ThreadPoolTaskRunner(max_workers=2)
"""Compacts so many models at once: each may hold a quarter of a gigabyte of rows in memory."""


@flow(name="compact", flow_run_name="compact {model}", task_runner=TOGETHER)
def compact(model: str = EVERY, at: datetime | None = None) -> State[str]:
    """Put the records of closed days in order, and remove those that are kept no longer. Safe to kill and to run twice.

    Args:
        model: the model whose records to put in order; `*` is every model of the house.
        at: the moment to stand at, for replays; now when left out.
    """
    now = moment(at)
    models = models_kept(model)
    done, failed = sort_looks(models, keep_in_order.map(models, at=unmapped(now), return_state=True))
    show_kept(done, failed)
    beat("compact", now, f"{len(done)} models put in order, {len(failed)} could not be")
    said = "\n".join([kept.sentence for kept in done] + [f"{name}: {why}" for name, why in failed.items()])
    return Completed(name="Incomplete" if failed else "Completed", message=said or "There is no model.")
