"""A service under watch: what requests ask and answer is logged with their latency and their failures."""

import asyncio
import logging
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from prometheus_client.parser import text_string_to_metric_families
from starlette.middleware.base import BaseHTTPMiddleware

from tests.hosts import Host, raises, says
from watchkeeper.errors import NoAnswer
from watchkeeper.serving import Request, WatchMiddleware, observe

Asks = Callable[[httpx.AsyncClient], Awaitable[list[httpx.Response]]]


def service() -> FastAPI:
    """Endpoints that end in every way there is."""
    api = FastAPI()

    @api.get("/threaded/{name}")
    def threaded(name: str) -> float:
        exchange = observe(name, "k", 3, {"n": 1})
        time.sleep(0.02)
        exchange.answer(0.25)
        return 0.25

    @api.get("/looped/{name}")
    async def looped(name: str) -> float:
        for n in range(2):
            observe(f"{name}-{n}", "k", 3, {"n": n}).answer(0.5)
        return 0.5

    @api.get("/raises/{name}")
    def breaks(name: str) -> float:
        observe(name, "k", 3, {"n": 1})
        raise ZeroDivisionError("by nothing")

    @api.get("/status/{code}/{name}")
    def with_status(code: int, name: str) -> float:
        observe(name, "k", 3, {"n": 1}).answer(0.75)
        raise HTTPException(code)

    @api.get("/silent/{name}")
    def silent(name: str) -> float:
        observe(name, "k", 3, {"n": 1})
        return 0.0

    @api.get("/streams/{name}")
    def streams(name: str) -> StreamingResponse:
        observe(name, "k", 3, {"n": 1}).answer(0.1)
        return StreamingResponse(iter(["a", "b"]))

    return api


def talk(api: FastAPI, *paths: str) -> list[httpx.Response]:
    """Answers to paths, all asked at once, between the service's start and its end."""

    async def talking() -> list[httpx.Response]:
        transport = httpx.ASGITransport(api, raise_app_exceptions=False)
        client = httpx.AsyncClient(transport=transport, base_url="http://x")
        async with lifespan(api), client:
            return await asyncio.gather(*map(client.get, paths))

    return asyncio.run(talking())


class lifespan:  # noqa: N801 - reads as the context manager it is
    """The service's start and end as a server has them, through all its middleware."""

    def __init__(self, api: FastAPI) -> None:
        self._api = api
        self._said: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        self._heard: asyncio.Queue[dict[str, object]] = asyncio.Queue()

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._api({"type": "lifespan"}, self._heard.get, self._said.put))
        await self._heard.put({"type": "lifespan.startup"})
        assert (await self._said.get())["type"] == "lifespan.startup.complete"

    async def __aexit__(self, *_: object) -> None:
        await self._heard.put({"type": "lifespan.shutdown"})
        assert (await self._said.get())["type"] == "lifespan.shutdown.complete"
        await self._task


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path, {1: says(0.1), 2: raises(ValueError("broken"))})


def watched(host: Host, **settings: object) -> FastAPI:
    api = service()
    api.add_middleware(WatchMiddleware, logger=host.logger(), **settings)
    return api


def fates(host: Host) -> dict[object, tuple[object, object, object]]:
    return {row["_id"]: (row["_version"], row["_prediction"], row.get("_failed")) for row in host.kept()}


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


def test_what_an_answerer_answers_is_logged_once_and_failed_when_its_response_fails(host: Host) -> None:
    answerer, api = host.answerer(), FastAPI()

    @api.get("/{name}")
    def predict(name: str) -> float:
        answered = answerer.answer(Request(name, "k", {"n": 1}))
        if name == "unwritable":
            raise TypeError("the answer cannot be written")
        return answered.prediction

    api.add_middleware(WatchMiddleware, logger=host.logger(), also=answerer.metrics)
    fine, broken, figures = talk(api, "/good", "/unwritable", "/metrics")
    assert (fine.status_code, broken.status_code) == (200, 500)
    assert answerer.close()
    assert fates(host) == {"good": (1, 0.1, None), "unwritable": (1, None, 1)}
    assert "watchkeeper_split_share" in figures.text


def test_a_fallback_names_the_version_that_failed_and_its_own_latency(host: Host) -> None:
    host.split(1.0)
    answerer, api = host.answerer(), FastAPI()

    @api.get("/{name}")
    def predict(name: str) -> float:
        answered = answerer.answer(Request(name, "k", {"n": 1}))
        time.sleep(0.05)
        return answered.prediction

    api.add_middleware(WatchMiddleware, logger=host.logger())
    talk(api, "/a")
    assert answerer.close()
    assert fates(host) == {"a": (1, 0.1, 2)}
    assert host.kept()[0]["_latency_ms"] < 50


def test_a_service_whose_versions_all_fail_says_so_and_the_record_too(host: Host) -> None:
    host.models[1] = raises(ValueError("broken, too"))
    answerer, api = host.answerer(), FastAPI()

    @api.get("/{name}")
    def predict(name: str) -> float:
        try:
            return answerer.answer(Request(name, "k", {"n": 1})).prediction
        except NoAnswer as error:
            raise HTTPException(503, str(error)) from error

    api.add_middleware(WatchMiddleware, logger=host.logger())
    (answer,) = talk(api, "/a")
    assert answer.status_code == 503
    assert answerer.close()
    assert fates(host) == {"a": (1, None, 1)}


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


def test_the_figures_of_requests_and_logger_are_prometheus_text(host: Host) -> None:
    api = watched(host)
    *_, figures = talk(api, "/threaded/a", "/looped/b", "/raises/c", "/silent/d", "/status/404/e")
    *_, figures = talk(api, "/metrics")
    assert figures.headers["content-type"].startswith("text/plain; version=0.0.4")
    families = {family.name: family for family in text_string_to_metric_families(figures.text)}
    ends = Counter({sample.labels["end"]: sample.value for sample in families["watchkeeper_requests"].samples})
    assert ends == {"2xx": 3, "4xx": 1, "5xx": 1, "left": 0}
    took = {sample.labels.get("le"): sample for sample in families["watchkeeper_request_seconds"].samples}
    assert families["watchkeeper_logger_produced"].samples[0].labels == {"pid": str(os.getpid()), "model": "toy"}
    assert took["+Inf"].value == 5
    assert took["0.01"].value < 5
    assert families["watchkeeper_unanswered_observations"].samples[0].value == 1


def test_the_figures_can_lie_elsewhere_or_nowhere(host: Host) -> None:
    elsewhere, _ = talk(watched(host, metrics="/figures"), "/figures", "/metrics")
    assert "watchkeeper_requests_total" in elsewhere.text
    (nowhere,) = talk(watched(host, metrics=None), "/metrics")
    assert nowhere.status_code == 404
