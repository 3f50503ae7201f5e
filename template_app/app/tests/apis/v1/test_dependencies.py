import httpx
from fastapi import Request

from app.apis.dependencies import holiday_client


async def test_a_request_gets_the_client_that_the_lifespan_opened() -> None:
    async with httpx.AsyncClient() as opened:
        request = Request({"type": "http", "state": {"holidays": opened}})

        assert holiday_client(request) is opened
