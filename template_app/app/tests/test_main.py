import asyncio
from contextvars import Context
from typing import Any

import pytest
from tortoise.connection import get_connection

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


async def ask() -> str:
    [row] = await get_connection("default").execute_query_dict("SELECT DATABASE() AS name")
    return str(row["name"])
