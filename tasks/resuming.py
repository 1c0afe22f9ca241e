"""Resuming a paused run from outside Prefect's UI; Prefect's own command line cannot."""

from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.responses import SetStateStatus
from prefect.exceptions import ObjectNotFound

from watchkeeper.domain.approvals import Decision

__all__ = ["resume"]


def resume(run: str, decision: Decision, by: str, because: str) -> bool:
    """Whether the paused run took the answer; False when no server answers or the run is not paused."""
    given = {"decision": str(decision), "approver": by, "comment": because}
    try:
        with get_client(sync_client=True) as client:
            answer = client.resume_flow_run(UUID(run), run_input=given)
    except (httpx.HTTPError, ObjectNotFound, RuntimeError):
        return False
    return answer.status is SetStateStatus.ACCEPT
