"""How much one client may ask for: bytes in a body, and requests in a time."""

import asyncio
import math
import time

from fastapi import HTTPException, Request
from limits import parse
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError
from limits.storage import storage_from_string
from starlette.status import HTTP_413_CONTENT_TOO_LARGE, HTTP_429_TOO_MANY_REQUESTS
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.configs import config

MAX_BODY = 64 * 1024  # bytes
UNLIMITED = {"/livez", "/readyz"}  # whoever runs the container asks them, and all the time
PATIENCE = 0.5  # seconds for a count; without one, the request is served
RATE = parse(config.RATE) if config.RATE else None


class BodyLimit:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = MAX_BODY

        async def receive_within() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(HTTP_413_CONTENT_TOO_LARGE, f"a body has at most {MAX_BODY} bytes")
            return message

        await self.app(scope, receive_within, send)


def limiter(uri: str) -> SlidingWindowCounterRateLimiter:
    storage = storage_from_string(uri, implementation="redispy", wrap_exceptions=True)
    assert isinstance(storage, Storage)
    return SlidingWindowCounterRateLimiter(storage)


LIMITER = limiter(config.RATE_STORAGE)


async def limit(request: Request) -> None:
    """Count this request. Nobody is refused because the storage is gone: the log says that nothing was counted."""
    if RATE is None or request.url.path in UNLIMITED:
        return
    client = request.client.host if request.client else ""
    try:
        async with asyncio.timeout(PATIENCE):
            if await LIMITER.hit(RATE, client):
                return
            again, _ = await LIMITER.get_window_stats(RATE, client)
    except (StorageError, TimeoutError) as error:
        request.scope["why"] = f"requests are not counted: {error.__cause__ or error!r}"
        return
    wait = max(1, math.ceil(again - time.time()))
    raise HTTPException(HTTP_429_TOO_MANY_REQUESTS, "too many requests", {"Retry-After": str(wait)})
