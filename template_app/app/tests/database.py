"""Databases for tests: they are made here, named `…_test`, and dropped again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from typing import Any

import asyncmy

from app.configs import config
from app.configs.tortoise_config import TORTOISE_ORM


def get_test_db_config(database: str) -> dict[str, Any]:
    """The application's own Tortoise configuration, on another database."""
    tortoise_config = deepcopy(TORTOISE_ORM)
    tortoise_config["connections"]["default"]["credentials"]["database"] = database
    return tortoise_config


async def run_on_server(*statements: str) -> None:
    """Run SQL outside every database and every transaction of a test."""
    connecting = asyncmy.connect(
        host=config.MYSQL_HOST,
        port=config.MYSQL_PORT,
        user=config.MYSQL_USER,
        password=config.MYSQL_PASSWORD,
        init_command="SET sql_notes = 0",  # IF EXISTS is silent when there is nothing to drop
    )
    async with connecting as connection, connection.cursor() as cursor:
        for statement in statements:
            await cursor.execute(statement)


@asynccontextmanager
async def temporary_database(name: str) -> AsyncIterator[dict[str, Any]]:
    """Make an empty database, give its Tortoise configuration, and drop it at the end.

    A database of that name from an interrupted run is dropped first. That is why a name
    that does not end in `_test` is a ValueError.
    """
    if not name.endswith("_test"):
        raise ValueError(f"Tests drop the database they run on; {name} is left alone, its name does not end in _test.")
    await run_on_server(f"DROP DATABASE IF EXISTS `{name}`", f"CREATE DATABASE `{name}`")
    try:
        yield get_test_db_config(name)
    finally:
        await run_on_server(f"DROP DATABASE `{name}`")
