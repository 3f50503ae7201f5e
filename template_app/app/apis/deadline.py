"""One limit of time for a whole request, whatever it waits for: its body, a connection, MySQL, another service."""

import asyncio

from fastapi.responses import JSONResponse
from starlette.status import HTTP_503_SERVICE_UNAVAILABLE
from starlette.types import ASGIApp, Receive, Scope, Send

SECONDS = 10.0  # longer than each of MySQL's own limits, so that MySQL's error comes first
LATE = JSONResponse({"detail": "this took too long: try again"}, HTTP_503_SERVICE_UNAVAILABLE, {"Retry-After": "1"})


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
