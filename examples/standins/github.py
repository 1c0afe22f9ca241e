"""A stand-in of GitHub's REST API for issues and their comments."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse

from examples.standins.contract import Contract
from examples.standins.github_json import comment_json, issue_json, public_user_json
from examples.standins.standin import Call, Standin

__all__ = ["GitHubStandin"]

SLICE = Path(__file__).with_name("github_openapi.json")
ISSUES = re.compile(r"/repos/(?P<repo>[^/]+/[^/]+)/issues")
ISSUE = re.compile(ISSUES.pattern + r"/(?P<number>\d+)")
COMMENTS = re.compile(ISSUE.pattern + r"/comments")


class GitHubStandin(Standin):
    """Keeps the issues of any repository; calls and its own answers are checked against GitHub's OpenAPI document.

    Attributes:
        token: the only token that is let in; None lets in every one.
        login: the user that the token belongs to; None for an app's token, which belongs to nobody.
        people: who can be assigned; GitHub refuses an issue for anybody else.
        may_push: without push access GitHub silently drops labels and assignees of new issues.
        issues: oldest first, as plain JSON: repo, number, title, body, labels, assignees, state, ...
        comments: oldest first, as plain JSON: repo, number, body, ...
    """

    def __init__(self, token: str | None = None, keep: Path | None = None) -> None:
        self.token = token
        self.login: str | None = "watchkeeper-bot"
        self.people: set[str] = set()
        self.may_push = True
        self.issues: list[dict[str, Any]] = []
        self.comments: list[dict[str, Any]] = []
        self.contract = Contract(SLICE)
        super().__init__(keep)

    def state(self) -> dict[str, Any]:
        """The issues and comments."""
        return {"issues": self.issues, "comments": self.comments}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up the issues and comments."""
        self.issues, self.comments = list(state["issues"]), list(state["comments"])

    def reply(self, call: Call) -> JSONResponse:
        """Answer as documented; 422 to what breaks the contract, which is also remembered as a violation."""
        if self.token and call.headers.get("authorization") not in (f"token {self.token}", f"Bearer {self.token}"):
            return _refusal(401, "Bad credentials")
        broken = self.contract.broken_by_call(call.method, call.path, call.query, call.json)
        self.violations.extend(f"{call.method} {call.path}: {sentence}" for sentence in broken)
        answer = _refusal(422, "Validation Failed", broken) if broken else self._truth(call)
        untrue = self.contract.broken_by_answer(
            call.method, call.path, answer.status_code, json.loads(bytes(answer.body))
        )
        self.violations.extend(f"answer to {call.method} {call.path}: {sentence}" for sentence in untrue)
        return answer

    def _truth(self, call: Call) -> JSONResponse:
        if call.path == "/user":
            return self._who(call)
        if match := ISSUES.fullmatch(call.path):
            return self._create(call, match["repo"]) if call.method == "POST" else self._list(call, match["repo"])
        match = COMMENTS.fullmatch(call.path) or ISSUE.fullmatch(call.path)
        issue = self._issue(match["repo"], int(match["number"])) if match else None
        if issue is None:
            return _refusal(404, "Not Found")
        if COMMENTS.fullmatch(call.path):
            return self._comment(call, issue) if call.method == "POST" else self._list_comments(call, issue)
        return self._edit(call, issue) if call.method == "PATCH" else self._shown(call, issue)

    def _who(self, call: Call) -> JSONResponse:
        if self.login is None:
            return _refusal(403, "Resource not accessible by integration")
        return JSONResponse(public_user_json(call.base, self.login))

    def _issue(self, repo: str, number: int) -> dict[str, Any] | None:
        return next((i for i in self.issues if (i["repo"], i["number"]) == (repo, number)), None)

    def _shown(self, call: Call, issue: Mapping[str, Any], status: int = 200) -> JSONResponse:
        return JSONResponse(issue_json(call.base, issue, len(self._comments(issue))), status)

    def _list(self, call: Call, repo: str) -> JSONResponse:
        state, creator = call.query.get("state", "open"), call.query.get("creator")
        labels = {name for name in call.query.get("labels", "").split(",") if name}
        found = [
            issue_json(call.base, i, len(self._comments(i)))
            for i in sorted(self.issues, key=lambda i: -i["number"])
            if i["repo"] == repo
            and state in ("all", i["state"])
            and labels <= set(i["labels"])
            and creator in (None, i["user"])
        ]
        return _page(call, found)

    def _create(self, call: Call, repo: str) -> JSONResponse:
        strangers = set(call.json.get("assignees", [])) - self.people
        if strangers and self.may_push:
            return _refusal(422, "Validation Failed", [f"assignees: {name} is invalid" for name in sorted(strangers)])
        issue = {
            "repo": repo,
            "number": 1 + sum(i["repo"] == repo for i in self.issues),
            "title": call.json["title"],
            "body": call.json.get("body"),
            "labels": call.json.get("labels", []) if self.may_push else [],
            "assignees": call.json.get("assignees", []) if self.may_push else [],
            "user": self.login or "an-app[bot]",
            "state": "open",
            "state_reason": None,
            "created_at": _now(),
            "updated_at": _now(),
            "closed_at": None,
        }
        self.issues.append(issue)
        return self._shown(call, issue, 201)

    def _edit(self, call: Call, issue: dict[str, Any]) -> JSONResponse:
        closed_at = issue["closed_at"] or _now()
        issue.update({name: value for name, value in call.json.items() if name in issue}, updated_at=_now())
        issue["closed_at"] = closed_at if issue["state"] == "closed" else None
        return self._shown(call, issue)

    def _comments(self, issue: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [c for c in self.comments if (c["repo"], c["number"]) == (issue["repo"], issue["number"])]

    def _list_comments(self, call: Call, issue: Mapping[str, Any]) -> JSONResponse:
        return _page(call, [comment_json(call.base, comment) for comment in self._comments(issue)])

    def _comment(self, call: Call, issue: Mapping[str, Any]) -> JSONResponse:
        comment = {name: issue[name] for name in ("repo", "number")} | {
            "id": len(self.comments) + 1,
            "body": call.json["body"],
            "user": self.login or "an-app[bot]",
            "created_at": _now(),
        }
        self.comments.append(comment)
        return JSONResponse(comment_json(call.base, comment), 201)


def _page(call: Call, found: list[dict[str, Any]]) -> JSONResponse:
    size, number = int(call.query.get("per_page", 30)), int(call.query.get("page", 1))
    following = urlencode({**call.query, "page": number + 1})
    headers = {"Link": f'<{call.base}{call.path}?{following}>; rel="next"'} if len(found) > number * size else {}
    return JSONResponse(found[(number - 1) * size : number * size], headers=headers)


def _refusal(status: int, message: str, errors: list[str] | None = None) -> JSONResponse:
    body: dict[str, Any] = {"message": message, "documentation_url": "https://docs.github.com/rest"}
    if errors:
        body["errors"] = [{"code": "custom", "message": sentence} for sentence in errors]
    return JSONResponse(body, status)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
