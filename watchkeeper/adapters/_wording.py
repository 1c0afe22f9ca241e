"""The words that every channel shares: what a sentence made of live traffic may contain, and what it may not."""

from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.incidents import Change
from watchkeeper.domain.responses import ADVICE

__all__ = ["cut", "explained", "headline", "is_page", "masked", "seconds"]

ELLIPSIS = "…"


def headline(alert: Alert) -> str:
    """The alert on one line: `CRITICAL flights: 31 % of temp is missing`; an ended one begins with `RESOLVED`."""
    word = "RESOLVED" if alert.change is Change.RESOLVED else str(alert.level)
    return f"{word} {alert.sentence}"


def explained(alert: Alert) -> dict[str, str]:
    """The sentence that speaks for the cause, and what follows from the cause; nothing of an incident that is over."""
    if alert.change is Change.RESOLVED or not alert.evidence:
        return {}
    return {"evidence": alert.evidence, "what to do": ADVICE[alert.cause]}


def cut(text: str, most: int) -> str:
    """The text on one line, with nothing unprintable in it, of at most `most` characters.

    Findings quote values of live traffic, so a text may hold line breaks, terminal codes or halves of characters.
    """
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= most else clean[: most - len(ELLIPSIS)] + ELLIPSIS


def is_page(url: str) -> bool:
    """Whether a browser can open it; a runbook may also be a path in the repository."""
    return url.startswith(("https://", "http://"))


def masked(text: str, secret: str) -> str:
    """The text without the secret, wherever somebody echoed it."""
    return text.replace(secret, "***") if secret else text


def seconds(retry_after: str | None, otherwise: float) -> float:
    """How long a `Retry-After` header asks to wait; `otherwise` without one, or with a date in it."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else otherwise
