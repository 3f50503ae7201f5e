import socket
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from starlette.status import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE
from tortoise.connection import get_connection

from app.configs import config
from app.configs.tortoise_config import TORTOISE_ORM
from app.migrate import FILES
from app.tests.database import database_of, run_on_server, statements
from app.tests.serving import served

CREDENTIALS = TORTOISE_ORM["connections"]["default"]["credentials"]
ALIVE = (HTTP_200_OK, {"status": "alive"})
READY = (HTTP_200_OK, {"status": "ready"})


def not_ready(reason: str) -> tuple[int, dict[str, str]]:
    return HTTP_503_SERVICE_UNAVAILABLE, {"status": reason}


async def ask(client: httpx.AsyncClient, path: str) -> tuple[int, dict[str, str]]:
    response = await client.get(path)
    return response.status_code, response.json()


@pytest.fixture
def database(committed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
    """The application's own database, for this test."""
    name = database_of(committed)
    monkeypatch.setitem(CREDENTIALS, "database", name)
    return name


async def test_whether_it_is_alive_is_not_asked_of_the_database(client: httpx.AsyncClient) -> None:
    before = await statements()

    assert await ask(client, "/livez") == ALIVE

    assert await statements() == before + 1  # the question itself


async def test_a_migrated_database_is_ready(client: httpx.AsyncClient, database: str) -> None:
    assert await ask(client, "/readyz") == READY


async def test_what_is_not_migrated_is_named(client: httpx.AsyncClient, database: str) -> None:
    first, last = FILES[0].name, FILES[-1].name

    await run_on_server(f"DELETE FROM `{database}`.aerich WHERE version = '{last}'", "COMMIT")
    assert await ask(client, "/readyz") == not_ready(f"not migrated: {last}")

    await run_on_server(f"DROP TABLE `{database}`.aerich")
    assert await ask(client, "/readyz") == not_ready(f"not migrated: {first}")


async def test_a_database_that_is_ahead_of_the_code_is_ready(client: httpx.AsyncClient, database: str) -> None:
    newer = "INSERT INTO `{}`.aerich (version, app, content) VALUES ('999_newer.py', 'models', '{{}}')"
    await run_on_server(newer.format(database), "COMMIT")

    assert await ask(client, "/readyz") == READY


@pytest.mark.parametrize("fault", ["refused", "silent", "unknown"])
async def test_no_database_is_said(
    client: httpx.AsyncClient, database: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as refused, socket.create_server(("127.0.0.1", 0)) as silent:
        refused.bind(("127.0.0.1", 0))  # and listens to nobody
        change: dict[str, tuple[str, Any]] = {
            "refused": ("port", refused.getsockname()[1]),
            "silent": ("port", silent.getsockname()[1]),
            "unknown": ("database", f"{database}_nowhere"),
        }
        monkeypatch.setitem(CREDENTIALS, *change[fault])
        monkeypatch.setitem(CREDENTIALS, "host", "127.0.0.1" if fault != "unknown" else config.MYSQL_HOST)

        assert await ask(client, "/readyz") == not_ready("no database")
        assert await ask(client, "/livez") == ALIVE


async def test_one_full_pool_is_no_reason_and_two_in_a_row_are(client: httpx.AsyncClient, database: str) -> None:
    assert await ask(client, "/readyz") == READY

    async with AsyncExitStack() as held:
        for _ in range(config.MYSQL_POOL_SIZE):
            await held.enter_async_context(get_connection("default").acquire_connection())
        assert await ask(client, "/readyz") == READY
        assert await ask(client, "/readyz") == not_ready("busy")

    assert await ask(client, "/readyz") == READY


async def test_it_starts_without_a_database_and_says_so() -> None:
    with socket.socket() as refused:
        refused.bind(("127.0.0.1", 0))
        port = str(refused.getsockname()[1])
        async with (
            served(config.MYSQL_DB, MYSQL_HOST="127.0.0.1", MYSQL_PORT=port) as address,
            httpx.AsyncClient(base_url=address, timeout=60) as client,
        ):
            assert await ask(client, "/livez") == ALIVE
            assert await ask(client, "/readyz") == not_ready("no database")
