"""GitHub's JSON for users, issues and comments, with every field its API requires."""

from collections.abc import Mapping
from typing import Any

__all__ = ["comment_json", "issue_json", "public_user_json", "user_json"]

Kept = Mapping[str, Any]


def user_json(base: str, login: str) -> dict[str, Any]:
    """A user, as GitHub shows one to others."""
    url = f"{base}/users/{login}"
    names = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events")
    links = {f"{name}_url": f"{url}/{name}" for name in (*names, "received_events")}
    page = {"url": url, "html_url": f"{base}/{login}", "avatar_url": f"{url}/avatar", "gravatar_id": ""}
    return {"login": login, "id": 1, "node_id": "U_1", "type": "User", "site_admin": False} | page | links


def public_user_json(base: str, login: str) -> dict[str, Any]:
    """A user, as GitHub shows it to itself."""
    about = dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    dates = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z"}
    return user_json(base, login) | {"user_view_type": "public"} | about | counts | dates


def issue_json(base: str, kept: Kept, comments: int) -> dict[str, Any]:
    """An issue; `kept` is what the stand-in remembers of it."""
    repository = f"{base}/repos/{kept['repo']}"
    url = f"{repository}/issues/{kept['number']}"
    same = ("number", "title", "body", "state", "state_reason", "created_at", "updated_at", "closed_at")
    return {name: kept[name] for name in same} | {
        "id": 1000 + kept["number"],
        "node_id": f"I_{kept['number']}",
        "url": url,
        "html_url": f"{base}/{kept['repo']}/issues/{kept['number']}",
        "repository_url": repository,
        "labels_url": url + "/labels{/name}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "user": user_json(base, kept["user"]),
        "labels": [_label_json(repository, name) for name in kept["labels"]],
        "assignee": user_json(base, kept["assignees"][0]) if kept["assignees"] else None,
        "assignees": [user_json(base, login) for login in kept["assignees"]],
        "milestone": None,
        "locked": False,
        "comments": comments,
        "author_association": "NONE",
    }


def comment_json(base: str, kept: Kept) -> dict[str, Any]:
    """A comment; `kept` is what the stand-in remembers of it."""
    issue = f"{kept['repo']}/issues/{kept['number']}"
    return {
        "id": kept["id"],
        "node_id": f"IC_{kept['id']}",
        "url": f"{base}/repos/{kept['repo']}/issues/comments/{kept['id']}",
        "html_url": f"{base}/{issue}#issuecomment-{kept['id']}",
        "issue_url": f"{base}/repos/{issue}",
        "body": kept["body"],
        "user": user_json(base, kept["user"]),
        "created_at": kept["created_at"],
        "updated_at": kept["created_at"],
        "author_association": "NONE",
    }


def _label_json(repository: str, name: str) -> dict[str, Any]:
    url = f"{repository}/labels/{name}"
    about = {"description": None, "color": "ededed", "default": False}
    return {"id": 1, "node_id": "L_1", "url": url, "name": name} | about
