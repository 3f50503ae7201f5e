from collections.abc import AsyncIterator
from typing import Any

import pytest
from tortoise import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from app.tests.database import database_of, run_on_server, temporary_database


@pytest.fixture(scope="module", autouse=True)
async def notes(initialize: dict[str, Any]) -> AsyncIterator[None]:
    """A table of these tests' own: your models may change as they like."""
    table = f"`{database_of(initialize)}`.notes"
    await run_on_server(f"CREATE TABLE {table} (note VARCHAR(20))")
    yield
    await run_on_server(f"DROP TABLE {table}")


async def write(note: str) -> None:
    await get_connection("default").execute_query("INSERT INTO notes VALUES (%s)", [note])


async def notes_in(database: BaseDBAsyncClient) -> list[str]:
    return [row["note"] for row in await database.execute_query_dict("SELECT note FROM notes")]


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_no_test_sees_the_rows_of_another(turn: str) -> None:
    await write(turn)

    assert await notes_in(get_connection("default")) == [turn]


async def test_no_other_connection_sees_the_rows_of_a_test(initialize: dict[str, Any]) -> None:
    await write("mine")

    async with TortoiseContext() as context:
        await context.init(config=initialize)
        assert await notes_in(context.db()) == []


async def test_a_database_that_is_not_named_for_tests_is_refused(initialize: dict[str, Any]) -> None:
    precious = database_of(initialize).replace("_test", "_precious")
    await run_on_server(f"CREATE DATABASE `{precious}`")
    try:
        with pytest.raises(ValueError, match=f"{precious} is left alone, its name does not end in _test"):
            async with temporary_database(precious):
                pass
        await run_on_server(f"USE `{precious}`")  # it is still there
    finally:
        await run_on_server(f"DROP DATABASE `{precious}`")
