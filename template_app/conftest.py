import logging
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from tortoise.context import TortoiseContext
from tortoise.transactions import in_transaction

from app.configs import config
from app.main import app
from app.tests.database import database_of, get_test_db_config, migrations, run_on_server, temporary_database
from app.tests.deadlock import Cross, crossing
from app.tests.network import SIZE, Network, network_to_mysql
from app.tests.things import TABLE

WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # gw0, gw1, … under pytest -n
TEST_DB = f"{config.MYSQL_DB}_{WORKER}_test" if WORKER else f"{config.MYSQL_DB}_test"
logging.getLogger("app.logs").setLevel(logging.WARNING)  # a test that fails shows its own errors, not each request


def pytest_report_header() -> str:
    return f"MySQL: database {TEST_DB} on {config.MYSQL_HOST}:{config.MYSQL_PORT}, as {config.MYSQL_USER}"


@pytest.fixture(scope="session", autouse=True)
async def initialize() -> AsyncIterator[dict[str, Any]]:
    """One database for the whole run, built by the migrations; gives its Tortoise configuration."""
    async with temporary_database(TEST_DB) as tortoise_config:
        async with migrations(TEST_DB) as command:
            await command.upgrade()
        async with TortoiseContext() as context:
            await context.init(config=tortoise_config)
            yield tortoise_config


class Rollback(Exception):
    """Raised to leave a transaction without committing it."""


@pytest.fixture(autouse=True)
async def rollback(initialize: dict[str, Any]) -> AsyncIterator[None]:
    """One transaction around every test: what the test wrote is gone before the next one starts."""
    with suppress(Rollback):
        async with in_transaction("default"):
            yield
            raise Rollback


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
        yield client


@pytest.fixture
async def committed(initialize: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    """A database of the test's own, without a transaction around it: each request has a connection, and commits."""
    name = database_of(initialize).replace("_test", "_committed_test")
    async with temporary_database(name) as tortoise_config:
        async with migrations(name) as command:
            await command.upgrade()
        async with TortoiseContext() as context:
            await context.init(config=tortoise_config)
            yield tortoise_config


@pytest.fixture
async def network(initialize: dict[str, Any]) -> AsyncIterator[Network]:
    """A small pool, outside of the test's transaction, and the network between it and MySQL.

    No connection is open yet. The table of things is there, and it is empty.
    """
    database = database_of(initialize)
    await run_on_server(f"CREATE TABLE `{database}`.{TABLE}")
    async with network_to_mysql() as (network, port), TortoiseContext() as context:
        tortoise_config = get_test_db_config(database)
        tortoise_config["apps"]["tests"] = {"models": ["app.tests.things"]}
        behind = {"host": "127.0.0.1", "port": port, "minsize": 1, "maxsize": SIZE}
        tortoise_config["connections"]["default"]["credentials"] |= behind
        await context.init(config=tortoise_config)
        yield network
        if pool := context.db()._pool:
            pool.terminate()  # or a connection that is lost would be waited for
    await run_on_server(f"DROP TABLE `{database}`.things")


@pytest.fixture
async def cross(network: Network, initialize: dict[str, Any]) -> AsyncIterator[Cross]:
    async with crossing(database_of(initialize)) as cross:
        yield cross
