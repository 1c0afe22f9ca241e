"""A split as the text that lies between the one who decides it and the hosts that follow it."""

import json
from datetime import datetime

from watchkeeper.domain.traffic import Split

__all__ = ["split_from_text", "split_to_text"]


def split_to_text(split: Split) -> str:
    """JSON with the fields of a split, readable by a person."""
    fields = {
        "champion": split.champion,
        "canary": split.canary,
        "share": split.share,
        "salt": split.salt,
        "at": split.at.isoformat(),
        "shadow": split.shadow,
        "shadow_share": split.shadow_share,
    }
    return json.dumps(fields, indent=2) + "\n"


def split_from_text(text: str | bytes) -> Split:
    """The split in a text, also in one from before there were shadows; ValueError names the field that is wrong."""
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("a split is a JSON object with the fields champion, canary, share, salt and at")  # noqa: TRY004
    return Split(
        champion=_version(fields, "champion"),
        canary=_version_or_none(fields, "canary"),
        share=_share(fields, "share"),
        salt=_salt(fields.get("salt")),
        at=_moment(fields.get("at")),
        shadow=_version_or_none(fields, "shadow"),
        shadow_share=_share(fields, "shadow_share") if "shadow_share" in fields else 0.0,
    )


def _version_or_none(fields: dict[str, object], name: str) -> int | None:
    return None if fields.get(name) is None else _version(fields, name)


def _version(fields: dict[str, object], name: str) -> int:
    value = fields.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"`{name}` is the number of a version, not {value!r}")  # noqa: TRY004 - one error for callers
    return value


def _share(fields: dict[str, object], name: str) -> float:
    value = fields.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError(f"`{name}` is a number between 0 and 1, not {value!r}")  # noqa: TRY004 - one error for callers
    return float(value)


def _salt(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"`salt` is a text, not {value!r}")  # noqa: TRY004 - one error for callers
    return value


def _moment(value: object) -> datetime:
    at = datetime.fromisoformat(value) if isinstance(value, str) else None
    if at is None or at.tzinfo is None:
        raise ValueError(f"`at` is a time with a zone, not {value!r}")
    return at
