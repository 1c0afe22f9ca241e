"""A stand-in of PagerDuty's Events API v2."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from starlette.responses import JSONResponse, Response

from examples.standins.pagerduty_rules import broken_rules
from examples.standins.standin import Call, Standin

__all__ = ["PagerDutyStandin"]


class PagerDutyStandin(Standin):
    """Takes events and keeps the incidents they make.

    Events with the dedup key of an open incident join it; after its resolution the next trigger opens a new one;
    acknowledging or resolving what is not open is dropped, as PagerDuty does.

    Attributes:
        incidents: oldest first: number, dedup key, status (triggered, acknowledged, resolved), and its events
            without their routing key.
    """

    def __init__(self, keep: Path | None = None) -> None:
        self.incidents: list[dict[str, Any]] = []
        super().__init__(keep)

    def state(self) -> dict[str, Any]:
        """The incidents."""
        return {"incidents": self.incidents}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up the incidents."""
        self.incidents = list(state["incidents"])

    def reply(self, call: Call) -> Response:
        """Answer `POST /v2/enqueue` as documented: 202, or 400 with what is wrong."""
        if (call.method, call.path) != ("POST", "/v2/enqueue"):
            self.violations.append(f"{call.method} {call.path} is not part of the Events API v2")
            return JSONResponse({"status": "not found", "message": "no such endpoint"}, 404)
        broken = broken_rules(call.json, len(call.raw))
        if broken:
            self.violations.extend(broken)
            return JSONResponse(
                {"status": "invalid event", "message": "Event object is invalid", "errors": broken}, 400
            )
        key = self._take({name: value for name, value in call.json.items() if name != "routing_key"})
        return JSONResponse({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    def _take(self, event: dict[str, Any]) -> str:
        key = event.setdefault("dedup_key", f"generated-{len(self.incidents) + 1}")
        incident = self._open(key)
        if incident is None and event["event_action"] == "trigger":
            incident = {"number": len(self.incidents) + 1, "dedup_key": key, "status": "triggered", "events": []}
            self.incidents.append(incident)
        if incident:
            incident["events"].append(event)
            after = {"acknowledge": "acknowledged", "resolve": "resolved"}
            incident["status"] = after.get(event["event_action"], incident["status"])
        return str(key)

    def _open(self, key: str) -> dict[str, Any] | None:
        return next((i for i in self.incidents if i["dedup_key"] == key and i["status"] != "resolved"), None)
