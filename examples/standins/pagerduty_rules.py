"""What PagerDuty documents of an Events API v2 event.

Source: PagerDuty's developer documentation, "Send an Alert Event" and "Events API v2 Overview".
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain
from typing import Any

__all__ = ["broken_rules"]

ACTIONS = ("trigger", "acknowledge", "resolve")
SEVERITIES = ("critical", "error", "warning", "info")
ENVELOPE = {"routing_key", "event_action", "dedup_key", "payload", "images", "links", "client", "client_url"}
PAYLOAD = {"summary", "source", "severity", "timestamp", "component", "group", "class", "custom_details"}
LARGEST_EVENT = 512 * 1024
LONGEST_SUMMARY = 1024
LONGEST_DEDUP_KEY = 255
ROUTING_KEY = 32


def broken_rules(event: object, size: int) -> list[str]:
    """One sentence for every rule that an event breaks.

    Args:
        event: the decoded body.
        size: of the body, in bytes.
    """
    if not isinstance(event, dict):
        return ["the event is not a JSON object"]
    too_large = [f"the event is larger than {LARGEST_EVENT} bytes"] if size > LARGEST_EVENT else []
    rules = chain(_envelope(event), _payload(event), _links(event), _images(event))
    return too_large + [sentence for holds, sentence in rules if not holds]


Rules = list[tuple[bool, str]]


def _envelope(event: Mapping[str, Any]) -> Rules:
    key = event.get("dedup_key", "")
    return [
        (len(str(event.get("routing_key", ""))) == ROUTING_KEY, "'routing_key' is not 32 characters long"),
        (event.get("event_action") in ACTIONS, f"'event_action' is none of {', '.join(ACTIONS)}"),
        (isinstance(key, str) and len(key) <= LONGEST_DEDUP_KEY, "'dedup_key' is longer than 255 characters"),
        (bool(key) or event.get("event_action") == "trigger", "'dedup_key' is missing"),
        (set(event) <= ENVELOPE, f"unknown fields: {sorted(set(event) - ENVELOPE)}"),
    ]


def _payload(event: Mapping[str, Any]) -> Rules:
    if event.get("event_action") != "trigger":
        return []
    payload = event.get("payload")
    if not isinstance(payload, dict):
        return [(False, "'payload' is missing")]
    summary = payload.get("summary")
    fits = isinstance(summary, str) and 0 < len(summary) <= LONGEST_SUMMARY
    return [
        (fits, "'payload.summary' is missing, or longer than 1024 characters"),
        (_is_text(payload.get("source")), "'payload.source' is missing"),
        (payload.get("severity") in SEVERITIES, f"'payload.severity' is none of {', '.join(SEVERITIES)}"),
        ("timestamp" not in payload or _is_moment(payload["timestamp"]), "'payload.timestamp' is not ISO 8601"),
        (set(payload) <= PAYLOAD, f"unknown fields in 'payload': {sorted(set(payload) - PAYLOAD)}"),
    ]


def _links(event: Mapping[str, Any]) -> Rules:
    links = event.get("links", [])
    return [(all(_is_text(link.get("href")) for link in links), "a link has no 'href'")]


def _images(event: Mapping[str, Any]) -> Rules:
    images = event.get("images", [])
    return [(all(str(i.get("src", "")).startswith("https://") for i in images), "an image's 'src' is not https")]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def _is_moment(value: object) -> bool:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        return False
    return True
