from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import asyncmy
import pytest
from tortoise import BaseDBAsyncClient
from tortoise.context import TortoiseContext

from app.configs import config
from app.configs.tortoise_config import MIGRATION_ORM, UTC_OFFSET
from app.tests.database import database_of, get_test_db_config, run_on_server

MAXSIZE = config.MYSQL_POOL_SIZE


@pytest.fixture
async def pool(initialize: dict[str, Any]) -> AsyncIterator[BaseDBAsyncClient]:
    """A connection pool of its own, opened as the application opens it, outside the test's transaction."""
    async with TortoiseContext() as context:
        await context.init(config=initialize)
        yield context.db()


async def test_every_connection_of_the_pool_has_the_same_session(pool: BaseDBAsyncClient) -> None:
    async with AsyncExitStack() as held:
        connections = [await held.enter_async_context(pool.acquire_connection()) for _ in range(MAXSIZE)]
        sessions = []
        for connection in connections:
            async with connection.cursor() as cursor:
                await cursor.execute(
                    "SELECT CONNECTION_ID(), @@sql_mode,"
                    " @@time_zone, @@collation_connection,"
                    " @@max_execution_time, @@innodb_lock_wait_timeout, @@lock_wait_timeout"
                )
                sessions.append(await cursor.fetchone())

    assert len({connection_id for connection_id, *_ in sessions}) == MAXSIZE
    assert all({"TRADITIONAL", "ONLY_FULL_GROUP_BY"} <= set(sql_mode.split(",")) for _, sql_mode, *_ in sessions)
    assert {tuple(settings) for _, _, *settings in sessions} == {(UTC_OFFSET, "utf8mb4_0900_ai_ci", 5000, 5, 5)}


async def test_every_connection_of_the_pool_counts_matched_rows(pool: BaseDBAsyncClient) -> None:
    matched = []
    async with AsyncExitStack() as held:
        connections = [await held.enter_async_context(pool.acquire_connection()) for _ in range(MAXSIZE)]
        for connection in connections:
            async with connection.cursor() as cursor:
                await cursor.execute("CREATE TEMPORARY TABLE titles (title VARCHAR(20))")
                await cursor.execute("INSERT INTO titles VALUES ('Lunch')")
                matched.append(await cursor.execute("UPDATE titles SET title = 'Lunch'"))

    assert matched == [1] * MAXSIZE


async def test_a_migration_has_all_the_time_it_needs_but_waits_for_no_table(initialize: dict[str, Any]) -> None:
    migrations = get_test_db_config(database_of(initialize), MIGRATION_ORM)
    credentials = migrations["connections"]["default"]["credentials"]
    assert ("read_timeout" in credentials, credentials["maxsize"]) == (False, 1)

    async with TortoiseContext() as context:
        await context.init(config=migrations)
        [limits] = await context.db().execute_query_dict("SELECT @@max_execution_time, @@lock_wait_timeout")
    assert list(limits.values()) == [0, 5]


@pytest.mark.skipif(config.MYSQL_SSL_CA != "", reason="with TLS, the password needs no RSA")
async def test_a_fresh_user_can_log_in_without_tls() -> None:
    """MySQL asks a user whom it has not seen since its start for the password itself, encrypted with RSA."""
    user = f"fresh_{uuid4().hex[:8]}"
    try:
        await run_on_server(f"CREATE USER {user} IDENTIFIED WITH caching_sha2_password BY 'secret'")
    except asyncmy.errors.OperationalError as error:
        pytest.skip(f"our own account may not make another one: {error}")
    try:
        async with (
            asyncmy.connect(host=config.MYSQL_HOST, port=config.MYSQL_PORT, user=user, password="secret") as connection,
            connection.cursor() as cursor,
        ):
            await cursor.execute("SELECT CURRENT_USER()")
            assert await cursor.fetchone() == (f"{user}@%",)
    finally:
        await run_on_server(f"DROP USER {user}")
