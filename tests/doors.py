"""One address for many tests: starting and stopping a server takes longer than any of them."""

from starlette.types import ASGIApp, Receive, Scope, Send


class Door:
    """An application to serve once, behind which every test puts a stand-in of its own."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None
        self.url = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None, "nobody stands behind the door"
        await self.app(scope, receive, send)
