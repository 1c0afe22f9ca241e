"""Tells people through an issue on GitHub: one for each incident, a comment for each change, closed when it ends."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from json import JSONDecodeError

from github import Auth, BadAttributeException, Github, GithubException, RateLimitExceededException
from github.GithubException import IncompletableObject
from github.Issue import Issue
from github.Repository import Repository

from watchkeeper.adapters._issue_text import alert_mark, body, incident_mark, label
from watchkeeper.adapters._wording import cut, headline, masked, seconds
from watchkeeper.domain.alerts import Alert
from watchkeeper.domain.incidents import Change
from watchkeeper.errors import OutsideError

__all__ = ["GitHubChannel"]

WHO = "github"
TIMEOUT_S = 15
PER_PAGE = 100
FAR_BACK = 300
"""How many of our newest issues are looked through when the label leads nowhere."""

LONGEST_TITLE = 256
LONGEST_ANSWER = 300

NOT_GITHUB = (IncompletableObject, BadAttributeException, TypeError, AssertionError, JSONDecodeError)
"""What PyGithub raises on an answer of another shape: a captive portal's, a proxy's."""
INVALID = 422
NEVER = (400, 413, INVALID)
"""GitHub will not take the same call later either."""
MENDABLE = (401, 403, 404, 410)
"""Somebody has to mend the token, its rights, the repository's name or its settings."""
MENDING_S = 300.0
RATE_LIMITED = 429
RATE_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class GitHubChannel:
    """The issues of one repository.

    Whatever is to be written is looked for first, so an alert sent twice, or whose answer was lost, stands there once.
    Only two processes that deliver one alert in the same second can open two issues; the outbox has one at work.

    Attributes:
        token: may read and write issues; a secret.
        repo: `owner/name`.
        url: of the REST API; GitHub Enterprise Server has another.
        labels: put on every issue, beside the one that names its incident.
        assignees: logins; an issue that GitHub refuses because of them is opened without.
        seconds_between_requests: what GitHub asks of its clients, as is `seconds_between_writes`.
    """

    token: str = field(repr=False)
    repo: str
    url: str = "https://api.github.com"
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    seconds_between_requests: float = 0.25
    seconds_between_writes: float = 1.0

    def deliver(self, alert: Alert) -> str:
        """Open, comment on or close the incident's issue; gives its URL."""
        try:
            with self._client() as client:
                return self._tell(client, alert)
        except NOT_GITHUB as error:
            what = f"{self.url} does not answer as GitHub does ({type(error).__name__})"
            raise OutsideError(WHO, what, after=MENDING_S) from error
        except GithubException as error:
            refusal = self._refusal(error)
        except OSError:
            refusal = OutsideError(WHO, "no answer; the network or the address is at fault")
        # Raised out here, the refusal drags no context along: the client's error holds what was said, unmasked.
        raise refusal

    def _client(self) -> Github:
        """Without retries: GitHub may have done what its lost answer was about, so only a new look may try again."""
        return Github(
            base_url=self.url,
            auth=Auth.Token(self.token),
            retry=None,
            timeout=TIMEOUT_S,
            per_page=PER_PAGE,
            lazy=True,
            seconds_between_requests=self.seconds_between_requests,
            seconds_between_writes=self.seconds_between_writes,
        )

    def _tell(self, client: Github, alert: Alert) -> str:
        repository = client.get_repo(self.repo)
        issue = _find(client, repository, alert) or self._open(repository, alert)
        if not _is_told(issue, alert):
            issue.create_comment(body(alert))
        if alert.change is Change.RESOLVED and issue.state != "closed":
            issue.edit(state="closed", state_reason="completed")
        return issue.html_url

    def _open(self, repository: Repository, alert: Alert) -> Issue:
        title, labels = cut(headline(alert), LONGEST_TITLE), [label(alert), *self.labels]
        try:
            return repository.create_issue(title, body(alert), labels=labels, assignees=list(self.assignees))
        except GithubException as error:
            if error.status != INVALID or not self.assignees:
                raise
        return repository.create_issue(title, body(alert), labels=labels)

    def _refusal(self, error: GithubException) -> OutsideError:
        said = masked(json.dumps(error.data, default=str), self.token)
        what = f"{error.status} {cut(said, LONGEST_ANSWER)}"
        return OutsideError(WHO, what, permanent=error.status in NEVER, after=_wait(error))


def _find(client: Github, repository: Repository, alert: Alert) -> Issue | None:
    """The incident's issue, open or closed."""
    mark = incident_mark(alert)
    return next((issue for issue in _candidates(client, repository, alert) if mark in (issue.body or "")), None)


def _candidates(client: Github, repository: Repository, alert: Alert) -> Iterator[Issue]:
    """The issues with the incident's label, then our newest ones: GitHub drops labels of users who cannot push.

    Lists are used because GitHub's search learns of a new issue too late.
    """
    yield from repository.get_issues(state="all", labels=[label(alert)], direction="asc")
    login = _login(client)
    ours = (
        repository.get_issues(state="all", creator=login)  # type: ignore[arg-type]  # a login is taken, and documented
        if login
        else repository.get_issues(state="all")
    )
    yield from islice(ours, FAR_BACK)


def _login(client: Github) -> str | None:
    """Whose token it is; None for an app's, which belongs to nobody."""
    try:
        return client.get_user().login
    except GithubException as error:
        if error.status in MENDABLE and not isinstance(error, RateLimitExceededException):
            return None
        raise


def _is_told(issue: Issue, alert: Alert) -> bool:
    mark = alert_mark(alert)
    return mark in (issue.body or "") or any(mark in (comment.body or "") for comment in issue.get_comments())


def _wait(error: GithubException) -> float | None:
    headers = error.headers or {}
    if error.status == RATE_LIMITED or isinstance(error, RateLimitExceededException):
        used_up = headers.get("x-ratelimit-remaining") == "0"
        until_reset = float(headers.get("x-ratelimit-reset", 0)) - time.time() if used_up else 0.0
        return seconds(headers.get("retry-after"), max(until_reset, RATE_LIMIT_S))
    return MENDING_S if error.status in MENDABLE else None
