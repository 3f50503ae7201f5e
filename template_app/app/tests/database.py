"""Databases for tests: they are made here, named `…_test`, and dropped again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import asyncmy
from aerich import Command
from asyncmy.constants.ER import DBACCESS_DENIED_ERROR
from asyncmy.errors import OperationalError
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext

from app.configs import config
from app.configs.tortoise_config import MIGRATION_ORM, TORTOISE_ORM

MIGRATIONS = Path(__file__).parents[2] / "migrations"
PATIENCE = 60  # seconds that a run waits for another one with the same database


def get_test_db_config(database: str, tortoise_config: dict[str, Any] = TORTOISE_ORM) -> dict[str, Any]:
    """The application's own Tortoise configuration, or the migrations', on another database."""
    tortoise_config = deepcopy(tortoise_config)
    tortoise_config["connections"]["default"]["credentials"]["database"] = database
    return tortoise_config


def database_of(tortoise_config: dict[str, Any]) -> str:
    return str(tortoise_config["connections"]["default"]["credentials"]["database"])


@asynccontextmanager
async def server() -> AsyncIterator[Any]:
    """A cursor outside every database and every transaction of a test."""
    credentials = TORTOISE_ORM["connections"]["default"]["credentials"]
    login = {name: credentials[name] for name in ("host", "port", "user", "password", "ssl")}
    # IF EXISTS is silent when there is nothing to drop.
    async with asyncmy.connect(**login, init_command="SET sql_notes = 0") as connection, connection.cursor() as cursor:
        yield cursor


async def run_on_server(*statements: str) -> None:
    """Run SQL outside every database and every transaction of a test."""
    async with server() as cursor:
        for statement in statements:
            await cursor.execute(statement)


async def statements() -> int:
    """How many statements this test's connection has sent to MySQL; to ask is one of them."""
    [row] = await get_connection("default").execute_query_dict("SHOW SESSION STATUS LIKE 'Questions'")
    return int(row["Value"])


@asynccontextmanager
async def temporary_database(name: str) -> AsyncIterator[dict[str, Any]]:
    """Make an empty database, give its Tortoise configuration, and drop it at the end.

    A database of that name from an interrupted run is dropped first. That is why a name
    that does not end in `_test` is a ValueError. A run that goes on holds a lock of that name.
    """
    if not name.endswith("_test"):
        raise ValueError(f"Tests drop the database they run on; {name} is left alone, its name does not end in _test.")
    async with server() as cursor:
        await cursor.execute("SELECT GET_LOCK(%s, %s)", (name, PATIENCE))
        if await cursor.fetchone() != (1,):
            raise TimeoutError(f"Another run of the tests uses {name}. Wait for its end, or set another MYSQL_DB.")
        try:
            await cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
            await cursor.execute(f"CREATE DATABASE `{name}`")
        except OperationalError as error:
            if error.args[0] != DBACCESS_DENIED_ERROR:
                raise
            account = error.args[1].split()[4]  # Access denied for user 'shop'@'%' to database …
            grant = f"GRANT ALL ON `{config.MYSQL_DB}_%`.* TO {account};"
            raise PermissionError(f"{account} may not make the database {name}. As root: {grant}") from None
        try:
            yield get_test_db_config(name)
        finally:
            await cursor.execute(f"DROP DATABASE `{name}`")


@asynccontextmanager
async def migrations(database: str) -> AsyncIterator[Command]:
    """Aerich without the terminal, on this database."""
    async with TortoiseContext():
        command = Command(get_test_db_config(database, MIGRATION_ORM), location=str(MIGRATIONS))
        await command.init()
        yield command
