"""`watchkeeper up`: a Prefect server and a runner of every deployment, in one command."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deployments.environment import api_url, prepare
from deployments.server import free_port, is_healthy, prefect_server

__all__ = ["up"]

RUNS_AT_ONCE = 4


def up(home: Path, port: int, told: Callable[[str], None], *, only_server: bool = False) -> None:
    """Run until Ctrl-C or SIGTERM; a server that the environment names is used, else one is started here.

    Args:
        home: Prefect's folder, for its database, results and the server's log.
        told: is told, in a sentence, what happens.
        only_server: run nothing, to look around in the UI.
    """
    given = os.environ.get("PREFECT_API_URL")
    with contextlib.ExitStack() as stack:
        if given:
            told(f"Using the Prefect server at {given}.")
            prepare(home, port)
        else:
            port = _claim(port, told)
            prepare(home, port)
            told("Starting the Prefect server ...")
            stack.enter_context(prefect_server(home, port))
        url = given or api_url(port)
        asyncio.run(_wait(told, url) if only_server else _serve(told, url))
        told("Stopping ...")
    told("Stopped; everything asked for is written down and goes on with the next `watchkeeper up`.")


def _claim(port: int, told: Callable[[str], None]) -> int:
    claimed = free_port(port)
    if claimed != port:
        who = "another Prefect server" if is_healthy(api_url(port)) else "something else"
        told(f"Port {port} is taken by {who}; using {claimed}.")
    return claimed


async def _wait(told: Callable[[str], None], url: str) -> None:
    """Nothing but the server, until somebody stops us."""
    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    for stop in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(stop, stopping.set)
    told(f"Nothing runs; look around. Prefect UI: {url.removesuffix('/api')}")
    await stopping.wait()


async def _serve(told: Callable[[str], None], url: str) -> None:
    """Prefect is imported here, after its environment has been set."""
    from prefect.client.orchestration import get_client  # noqa: PLC0415
    from prefect.runner import Runner  # noqa: PLC0415

    from deployments.planned import planned  # noqa: PLC0415
    from deployments.tidying import cancel_backlog, crash_zombies  # noqa: PLC0415
    from tasks.house import the_house  # noqa: PLC0415

    class QuietRunner(Runner):
        """Prefect's own handler raises SystemExit wherever the signal finds it, which may be swallowed."""

        def handle_sigterm(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401 - Prefect's signature
            loop.call_soon_threadsafe(stopping.set)

    loop, stopping = asyncio.get_running_loop(), asyncio.Event()
    house = await asyncio.to_thread(the_house)
    env = house.spec.env
    with get_client(sync_client=True) as client:
        zombies, missed = await asyncio.to_thread(lambda: (crash_zombies(client, env), cancel_backlog(client, env)))
    told(f"Put in order: {zombies} killed runs, {missed} missed runs.")
    runner = QuietRunner(name="watchkeeper", limit=RUNS_AT_ONCE, pause_on_shutdown=False)
    for deployment in await asyncio.to_thread(planned, house):
        await runner.aadd_deployment(deployment)
    loop.add_signal_handler(signal.SIGINT, stopping.set)
    told(f"Watching {len(house.models)} models. Prefect UI: {url.removesuffix('/api')}")
    for name, why in house.broken.items():
        told(f"Left out: {name}: {why}")
    running = asyncio.create_task(runner.start())
    await asyncio.wait([running, asyncio.create_task(stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
    if not running.done():
        await runner.astop()
    await running
