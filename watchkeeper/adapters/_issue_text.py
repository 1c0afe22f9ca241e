"""An alert as Markdown, with the marks by which its issue and its comment are found again."""

import re
from hashlib import sha256

from watchkeeper.adapters._wording import cut, explained, is_page
from watchkeeper.domain.alerts import Alert, Link

__all__ = ["alert_mark", "body", "incident_mark", "label"]

MOST = 10
"""Findings, and links."""
LONGEST_TEXT = 1200
"""Characters of a sentence: ten findings and ten links stay under the 65,536 that GitHub takes, all escaped."""
LONGEST_URL = 800
LONGEST_NAME = 80

MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!&])")


def label(alert: Alert) -> str:
    """The label that every issue of the incident carries."""
    return f"wk-{_digest(alert.incident)[:12]}"


def incident_mark(alert: Alert) -> str:
    """What stands in the incident's issue, unseen: a digest, because no text of ours can spell it by chance."""
    return f"<!-- watchkeeper incident {_digest(alert.incident)} -->"


def alert_mark(alert: Alert) -> str:
    """What stands, unseen, where this alert was told."""
    return f"<!-- watchkeeper alert {_digest(alert.id)} -->"


def body(alert: Alert) -> str:
    """Level, cause, sentence, evidence and advice; findings; links, the runbook first; the incident's key; marks."""
    parts = [
        f"**{alert.level}** - {alert.cause} - {alert.change}",
        _plain(alert.sentence, LONGEST_TEXT),
        "\n\n".join(f"{name.capitalize()}: {_plain(text, LONGEST_TEXT)}" for name, text in explained(alert).items()),
        "\n".join(f"* {_plain(finding, LONGEST_TEXT)}" for finding in alert.findings[:MOST]),
        " - ".join(_link(link) for link in alert.links[:MOST]),
        f"Incident {_plain(alert.incident, LONGEST_TEXT)}",
        f"{incident_mark(alert)}\n{alert_mark(alert)}",
    ]
    return "\n\n".join(part for part in parts if part)


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _plain(text: str, most: int) -> str:
    """The text as it reads: it may quote live traffic, which shall neither format the page nor call people by name."""
    return MARKDOWN.sub(r"\\\1", cut(text, most)).replace("@", "@\u200b")


def _link(link: Link) -> str:
    name, url = _plain(link.name, LONGEST_NAME), cut(link.url, LONGEST_URL)
    if not is_page(url):
        return f"{name}: {_plain(url, LONGEST_URL)}"
    return f"[{name}](<{url.replace('<', '%3C').replace('>', '%3E')}>)"
