"""A service under watch: what requests ask and answer is logged with their latency and their failures."""

import asyncio
import logging
import os

import httpx
import pytest
from fastapi import BackgroundTasks
from starlette.middleware.base import BaseHTTPMiddleware

from tests.hosts import Host
from tests.services import fates, lifespan, service, talk, watched
from watchkeeper.serving import WatchMiddleware, observe


def test_what_an_endpoint_observes_is_logged_with_the_latency_of_its_request(host: Host) -> None:
    (answer,) = talk(watched(host), "/threaded/r1")
    (row,) = host.kept()
    assert answer.json() == 0.25
    assert (row["_id"], row["_key"], row["_version"], row["_prediction"], row["n"]) == ("r1", "k", 3, 0.25, 1)
    assert 20 <= row["_latency_ms"] < 10_000


def test_requests_at_the_same_time_do_not_mix(host: Host) -> None:
    talk(watched(host), *(f"/{kind}/{kind}{n}" for n in range(20) for kind in ("threaded", "looped", "streams")))
    expected = {f"threaded{n}": (3, 0.25, None) for n in range(20)}
    expected |= {f"looped{n}-{m}": (3, 0.5, None) for n in range(20) for m in range(2)}
    expected |= {f"streams{n}": (3, 0.1, None) for n in range(20)}
    assert fates(host) == expected
    assert len(host.kept()) == len(expected)


def test_an_error_of_the_server_is_a_failure_of_the_version_and_one_of_the_client_is_none(host: Host) -> None:
    answers = talk(watched(host), "/raises/a", "/status/503/b", "/status/409/c", "/silent/d")
    assert [answer.status_code for answer in answers] == [500, 503, 409, 200]
    assert fates(host) == {"a": (3, None, 3), "b": (3, None, 3), "c": (3, 0.75, None)}


def test_a_middleware_between_watch_and_endpoint_changes_nothing(host: Host) -> None:
    api = service()
    api.add_middleware(BaseHTTPMiddleware, dispatch=lambda request, go_on: go_on(request))
    api.add_middleware(WatchMiddleware, logger=host.logger())
    talk(api, "/threaded/a", "/looped/b")
    assert fates(host) == {"a": (3, 0.25, None), "b-0": (3, 0.5, None), "b-1": (3, 0.5, None)}


def test_an_answer_may_come_while_the_response_is_on_its_way_and_a_torn_one_is_a_failure(host: Host) -> None:
    talk(watched(host), "/late/a", "/torn/b")
    assert fates(host) == {"a": (3, 0.9, None), "b": (3, None, 3)}
    assert next(row for row in host.kept() if row["_id"] == "a")["_latency_ms"] < 50


def test_what_fails_behind_a_whole_answer_is_no_failure_of_the_version(host: Host) -> None:
    api = watched(host)

    def send_mail() -> None:
        raise OSError("the mail server is down")

    @api.get("/mails/{name}")
    def mails(name: str, behind: BackgroundTasks) -> float:
        observe(name, "k", 3, {"n": 1}).answer(0.5)
        behind.add_task(send_mail)
        return 0.5

    (answer,) = talk(api, "/mails/a")
    assert answer.json() == 0.5
    assert fates(host) == {"a": (3, 0.5, None)}


def test_a_task_that_outlives_its_request_is_told_that_nobody_watches(
    host: Host, caplog: pytest.LogCaptureFixture
) -> None:
    api = watched(host)

    async def last() -> None:
        async with lifespan(api), httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://x") as client:
            await client.get("/outlives/a")
            await api.state.task

    with caplog.at_level(logging.WARNING, "watchkeeper"):
        asyncio.run(last())
    assert "a is not logged" in caplog.text
    assert host.kept() == []


def test_outside_of_a_watched_request_an_observation_warns_and_breaks_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING, "watchkeeper"):
        observe("r1", "k", 3, {}).answer(0.5)
    assert "r1 is not logged" in caplog.text


def test_a_client_that_leaves_is_no_failure(host: Host) -> None:
    async def app(scope: object, receive: object, send: object) -> None:
        observe("answered", "k", 3, {}).answer(0.5)
        observe("unanswered", "k", 3, {})
        await asyncio.sleep(60)

    logger = host.logger()
    watch = WatchMiddleware(app, logger)

    async def leave() -> None:
        task = asyncio.create_task(watch({"type": "http", "path": "/", "method": "GET"}, None, None))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(leave())
    assert logger.flush()
    assert fates(host) == {"answered": (3, 0.5, None)}
    assert f'watchkeeper_requests_total{{pid="{os.getpid()}",end="left"}} 1\n' in watch.exposition()


def test_other_connections_pass_untouched(host: Host) -> None:
    seen: list[object] = []

    async def app(scope: object, receive: object, send: object) -> None:
        seen.append(scope)

    asyncio.run(WatchMiddleware(app, host.logger())({"type": "websocket", "path": "/metrics"}, None, None))
    assert seen == [{"type": "websocket", "path": "/metrics"}]
