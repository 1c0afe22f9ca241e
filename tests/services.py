"""A service whose endpoints end in every way there is, and how it is asked."""

import asyncio
import time
from collections.abc import Iterator

import httpx
from fastapi import FastAPI, HTTPException
from fastapi.responses import StreamingResponse

from tests.hosts import Host
from watchkeeper.serving import WatchMiddleware, observe


def service() -> FastAPI:
    """Endpoints that end in every way there is."""
    api = FastAPI()
    _at_once(api)
    _bit_by_bit(api)
    return api


def _at_once(api: FastAPI) -> None:
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


def _bit_by_bit(api: FastAPI) -> None:
    @api.get("/streams/{name}")
    def streams(name: str) -> StreamingResponse:
        observe(name, "k", 3, {"n": 1}).answer(0.1)
        return StreamingResponse(iter(["a", "b"]))

    @api.get("/late/{name}")
    def late(name: str) -> StreamingResponse:
        def answered() -> Iterator[str]:
            yield "the answer is "
            time.sleep(0.05)
            observe(name, "k", 3, {"n": 1}).answer(0.9)
            yield "0.9"

        return StreamingResponse(answered())

    @api.get("/torn/{name}")
    def torn(name: str) -> StreamingResponse:
        def answered() -> Iterator[str]:
            observe(name, "k", 3, {"n": 1}).answer(0.9)
            yield "the answer is "
            raise OSError("no more")

        return StreamingResponse(answered())

    @api.get("/outlives/{name}")
    async def outlives(name: str) -> float:
        async def work() -> None:
            await asyncio.sleep(0.01)
            observe(name, "k", 3, {"n": 1}).answer(0.9)

        api.state.task = asyncio.create_task(work())
        return 0.0


def watched(host: Host, **settings: object) -> FastAPI:
    """The service under watch."""
    api = service()
    api.add_middleware(WatchMiddleware, logger=host.logger(), **settings)
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


def fates(host: Host) -> dict[object, tuple[object, object, object]]:
    """Who answered each record, what, and who failed."""
    return {row["_id"]: (row["_version"], row["_prediction"], row.get("_failed")) for row in host.kept()}
