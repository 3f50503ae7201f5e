"""One limit of time for a whole request, whatever it waits for: its body, a connection, MySQL, another service."""

import asyncio

from starlette.status import HTTP_503_SERVICE_UNAVAILABLE
from starlette.types import ASGIApp, Receive, Scope, Send

from app.apis.errors import problem

SECONDS = 10.0  # longer than each of MySQL's own limits, so that MySQL's error comes first
LATE = problem(HTTP_503_SERVICE_UNAVAILABLE, "this took too long: try again", {"Retry-After": "1"})


class Deadline:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(SECONDS if scope["type"] == "http" else None) as deadline:
                await self.app(scope, receive, send)
        except TimeoutError:
            if not deadline.expired():
                raise
            await LATE(scope, receive, send)
