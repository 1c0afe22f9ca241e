"""Pages people through PagerDuty's Events API v2."""

import json
import warnings
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from watchkeeper.adapters._wording import cut, explained, headline, is_page, masked, seconds
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.levels import Level
from watchkeeper.errors import OutsideError

with warnings.catch_warnings():
    # The successor package refuses plain http, and with it every local stand-in.
    warnings.filterwarnings("ignore", message='The package "pdpyras" is deprecated', category=UserWarning)
    from pdpyras import EventsAPISession, PDClientError

__all__ = ["PagerDutyChannel"]

WHO = "pagerduty"
TIMEOUT_S = 10
SEVERITIES = {Level.CRITICAL: "critical", Level.WARNING: "warning", Level.UNKNOWN: "warning", Level.OK: "info"}

LONGEST_SUMMARY = 1024
LONGEST_DEDUP_KEY = 255
LONGEST_NAME = 200
LONGEST_URL = 2000
MOST = 10
"""Findings, and links, in one event."""
LARGEST_EVENT = 50_000
"""Bytes: a tenth of what PagerDuty takes, which is more than anybody reads on a phone."""
SPACE_PER_TEXT = (2000, 400, 50)
"""Characters left to each text; the next is tried when the event is too large."""

NEVER = (400, 413)
"""PagerDuty will not take the same event later either."""
MENDABLE = (401, 403, 404)
"""Somebody has to mend the key or the address; until then trying often is of no use."""
MENDING_S = 300.0
RATE_LIMITED = 429
RATE_LIMIT_S = 30.0


@dataclass(frozen=True, slots=True)
class PagerDutyChannel:
    """One Events API v2 integration.

    The incident's key is the dedup key, so an alert sent twice joins the alert it made. PagerDuty opens a new incident
    for a trigger that comes after the resolution: deliver each incident's alerts in order, as the outbox does.
    An escalation joins the open alert; PagerDuty does not page again for it.

    Attributes:
        routing_key: of the integration, 32 characters; a secret.
        url: of another events server; None is PagerDuty's own.
        client: the name PagerDuty shows as the sender, `client_url` the page it links to.
        source: what PagerDuty shows as the affected system.
        group: what PagerDuty groups the models under.
    """

    routing_key: str = field(repr=False)
    url: str | None = None
    client: str = "Watchkeeper"
    client_url: str | None = None
    source: str = "watchkeeper"
    group: str = "models"

    def deliver(self, alert: Alert) -> str:
        """Trigger or resolve; gives the dedup key."""
        try:
            return self._send(alert)
        except PDClientError as error:
            refusal = self._refusal(error)
        # Raised out here, the refusal drags no context along: the client's error holds the request, that the key.
        raise refusal

    def _send(self, alert: Alert) -> str:
        resolves = alert.change is Change.RESOLVED
        event = {} if resolves else self._event(alert)
        with EventsAPISession(self.routing_key) as session:
            _never_retry(session)
            session.url = self.url or session.url
            action = "resolve" if resolves else "trigger"
            return str(session.send_event(action, dedup_key=_dedup_key(alert), **event))

    def _event(self, alert: Alert) -> dict[str, Any]:
        """The alert in PagerDuty's terms, as much of it as fits."""
        for space in SPACE_PER_TEXT:
            sender = {"client": self.client} | ({"client_url": self.client_url} if self.client_url else {})
            event = {**sender, "links": _links(alert), "payload": self._payload(alert, space)}
            if len(json.dumps(event)) < LARGEST_EVENT:
                break
        return event

    def _payload(self, alert: Alert, space: int) -> dict[str, Any]:
        return {
            "summary": cut(headline(alert), min(LONGEST_SUMMARY, 4 * space)),
            "source": self.source,
            "severity": SEVERITIES[alert.level],
            "timestamp": alert.at.isoformat(),
            "component": cut(alert.model, LONGEST_NAME),
            "group": self.group,
            "class": str(alert.cause),
            "custom_details": _details(alert, space),
        }

    def _refusal(self, error: PDClientError) -> OutsideError:
        if error.response is None:
            return OutsideError(WHO, "no answer; the network or the address is at fault")
        status, said = error.response.status_code, masked(error.response.text, self.routing_key)
        return OutsideError(
            WHO, f"{status} {cut(said, LONGEST_NAME)}", permanent=status in NEVER, after=_wait(error.response)
        )


def _never_retry(session: EventsAPISession) -> None:
    """Every failure comes back at once: the outbox does the waiting. Without this the client retries a 429 for ever."""
    session.timeout = TIMEOUT_S
    session.retry = {RATE_LIMITED: 1}
    session.max_http_attempts = -1
    session.max_network_attempts = 0


def _wait(response: Any) -> float | None:  # noqa: ANN401 - a response of the client's, which publishes no types
    if response.status_code in MENDABLE:
        return MENDING_S
    if response.status_code == RATE_LIMITED:
        return max(RATE_LIMIT_S, seconds(response.headers.get("Retry-After"), RATE_LIMIT_S))
    return None


def _dedup_key(alert: Alert) -> str:
    key = alert.incident
    if len(key) <= LONGEST_DEDUP_KEY:
        return key
    digest = sha256(key.encode("utf-8", "replace")).hexdigest()
    return key[: LONGEST_DEDUP_KEY - len(digest)] + digest


def _links(alert: Alert) -> list[dict[str, str]]:
    pages = [link for link in alert.links if is_page(link.url) and len(json.dumps(link.url)) <= LONGEST_URL]
    return [{"href": link.url, "text": cut(link.name, 40)} for link in pages[:MOST]]


def _details(alert: Alert, space: int) -> dict[str, str]:
    """Flat, because PagerDuty's rules and tables read only one level."""
    paths = [link for link in alert.links if not is_page(link.url)]
    details = {cut(link.name, 40): cut(link.url, space) for link in paths[:MOST]}
    details |= {"model": cut(alert.model, LONGEST_NAME), "level": str(alert.level), "cause": str(alert.cause)}
    details |= {"incident": cut(alert.incident, LONGEST_DEDUP_KEY), "change": str(alert.change)}
    details["sentence"] = cut(alert.sentence, space)
    details |= {name: cut(text, space) for name, text in explained(alert).items()}
    findings = enumerate(alert.findings[:MOST], 1)
    return details | {f"finding {number:02}": cut(text, space) for number, text in findings}
