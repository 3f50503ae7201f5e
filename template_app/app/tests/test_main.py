import asyncio
import gc
from contextvars import Context
from typing import Any

import httpx
import pytest
from tortoise.connection import get_connection

from app.configs import config
from app.main import app
from app.tests.database import database_of


async def test_the_lifespan_gives_requests_their_database(
    initialize: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.main.TORTOISE_ORM", initialize)

    async def serve() -> str:
        async with app.router.lifespan_context(app):
            return await asyncio.create_task(ask(), context=Context())

    # An empty Context knows nothing of the database that `initialize` opened: as under Uvicorn.
    assert await asyncio.create_task(serve(), context=Context()) == database_of(initialize)


async def test_the_lifespan_has_a_client_for_the_holidays_and_closes_it(
    initialize: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.main.TORTOISE_ORM", initialize)
    monkeypatch.setattr(config, "HOLIDAYS_URL", "http://holidays.test/api/v3")

    async def serve() -> httpx.AsyncClient:
        async with app.router.lifespan_context(app) as state:
            assert state is not None
            client: httpx.AsyncClient = state["holidays"]
            assert gc.get_freeze_count() > 0
            assert (client.is_closed, str(client.base_url)) == (False, "http://holidays.test/api/v3/")
        return client

    assert (await asyncio.create_task(serve(), context=Context())).is_closed


async def ask() -> str:
    [row] = await get_connection("default").execute_query_dict("SELECT DATABASE() AS name")
    return str(row["name"])
