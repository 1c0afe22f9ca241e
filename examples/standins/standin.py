"""What every stand-in has: faults on demand, a memory, and a list of broken rules."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

__all__ = ["Call", "Fault", "Standin"]

METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that goes wrong with one call.

    Attributes:
        status: what is answered instead of the truth.
        method: the first call of this method is struck; None strikes the next call of any.
        headers: sent with the answer, for example `{"Retry-After": "7"}`.
        body: the answer's JSON.
        accepted: the call has its effect all the same.
        dropped: the connection breaks before the answer is complete.
    """

    status: int = 500
    method: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=lambda: {"message": "scripted fault"})
    accepted: bool = False
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came in; `json` is None without a body or with one that is not JSON."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    json: Any
    base: str


class CutShort(Response):
    """An answer whose connection breaks before the body is complete."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Promise one byte and send none: the server then closes the connection."""
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})


class Standin(ABC):
    """A stateful stand-in.

    Attributes:
        keep: a JSON file that holds the state across restarts; None keeps it in memory.
        faults: what goes wrong next, in order.
        calls: all calls that came in.
        violations: every rule that a call broke.
    """

    def __init__(self, keep: Path | None = None) -> None:
        self.keep = keep
        self.faults: list[Fault] = []
        self.calls: list[Call] = []
        self.violations: list[str] = []
        if keep and keep.exists():
            self.restore(json.loads(keep.read_text(encoding="utf-8")))

    @abstractmethod
    def reply(self, call: Call) -> Response:
        """The truth: do what the call asks, and answer."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """All that must survive a restart, as JSON."""

    @abstractmethod
    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up what `state` gave."""

    def app(self) -> Starlette:
        """The application to serve."""
        return Starlette(routes=[Route("/{path:path}", self._answer, methods=METHODS)])

    async def _answer(self, request: Request) -> Response:
        call = await _call(request)
        self.calls.append(call)
        fault = self._strikes(call)
        if fault is None or fault.accepted:
            truth = self.reply(call)
            self._remember()
        if fault is None:
            return truth
        return CutShort() if fault.dropped else JSONResponse(fault.body, fault.status, headers=fault.headers)

    def _strikes(self, call: Call) -> Fault | None:
        fault = next((f for f in self.faults if f.method in (None, call.method)), None)
        if fault:
            self.faults.remove(fault)
        return fault

    def _remember(self) -> None:
        if self.keep:
            draft = self.keep.with_suffix(".draft")
            draft.write_text(json.dumps(self.state(), indent=1), encoding="utf-8")
            draft.replace(self.keep)


async def _call(request: Request) -> Call:
    raw = await request.body()
    return Call(
        method=request.method,
        path=request.url.path,
        query=dict(request.query_params),
        headers=dict(request.headers),
        raw=raw,
        json=_strict_json(raw),
        base=str(request.base_url).rstrip("/"),
    )


def _strict_json(raw: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value, None when it is not strict JSON: NaN and Infinity are Python's, not JSON's."""
    try:
        return json.loads(raw, parse_constant=_refuse)
    except ValueError:
        return None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
