import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from app.database import mysql
from app.database.mysql import ERRORS
from app.tests.database import server
from app.tests.network import SIZE, Network

HANG = 10  # seconds, many times more than an end takes


def in_use() -> int:
    pool = get_connection("default")._pool
    return int(pool.size - pool.freesize) if pool else 0


async def names() -> list[Any]:
    return [row["name"] for row in await get_connection("default").execute_query_dict("SELECT name FROM things")]


async def create(name: str) -> None:
    await get_connection("default").execute_query("INSERT INTO things (name) VALUES (%s)", [name])


async def create_in_transaction(name: str) -> None:
    async with in_transaction("default"):
        await create(name)


Create = Callable[[str], Awaitable[None]]
WAYS: list[Create] = [create, create_in_transaction]


async def ends(*works: Awaitable[None]) -> list[str]:
    """The errors with which they end, while nothing else changes."""
    tasks = [asyncio.ensure_future(work) for work in works]
    await asyncio.wait(tasks, timeout=HANG)
    for task in tasks:
        task.cancel()
    return [repr(end) for end in await asyncio.gather(*tasks, return_exceptions=True)]


@pytest.mark.parametrize("statement", ["BEGIN", "INSERT", "INSERT in a savepoint", "COMMIT"])
async def test_who_is_cancelled_gives_the_connection_back(network: Network, statement: str) -> None:
    await create("before")

    def before(this: str) -> None:
        if this == statement:
            network.be_silent()

    async def work() -> None:
        before("BEGIN")
        async with in_transaction("default"):
            before("INSERT")
            await create("given up")
            async with in_transaction("default"):
                before("INSERT in a savepoint")
                await create("given up, too")
            before("COMMIT")

    task = asyncio.create_task(work())
    await network.withheld.wait()

    task.cancel()
    [end] = await asyncio.gather(task, return_exceptions=True)

    assert (type(end).__name__, in_use()) == ("CancelledError", 0)
    network.talks.set()
    await create_in_transaction("later")
    assert {"before", "later"} <= set(await names())


async def test_nobody_waits_until_the_others_let_go(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql, "BUSY", 0)

    async with AsyncExitStack() as held:
        for _ in range(SIZE):
            await held.enter_async_context(get_connection("default").acquire_connection())
        said = await ends(*(create("too many") for create in WAYS))

    assert said == ["NoConnection('all connections are in use')"] * 2
    assert (in_use(), await names()) == (0, [])


async def test_nobody_waits_to_connect_while_mysql_is_silent(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mysql, "CONNECT", 0.5)
    network.be_silent()

    said = [end for create in WAYS for end in await ends(create("lost"))]

    assert said == ["NoConnection('MySQL does not answer: TimeoutError()')"] * 2
    monkeypatch.undo()
    network.talks.set()
    await create("later")
    assert (in_use(), await names()) == (0, ["later"])


async def kill(connections: int) -> None:
    """Have MySQL end so many idle connections of the pool, and wait until they are gone."""
    async with server() as cursor:
        async with AsyncExitStack() as held:
            mine = [
                (await held.enter_async_context(get_connection("default").acquire_connection())).thread_id()
                for _ in range(connections)
            ]
        for each in mine:
            await cursor.execute(f"KILL {each}")
        among = ", ".join(map(str, mine))
        while await cursor.execute(f"SELECT id FROM information_schema.processlist WHERE id IN ({among})"):
            pass


async def test_nobody_notices_that_idle_connections_were_killed(network: Network) -> None:
    await kill(SIZE)

    await asyncio.gather(*(create(f"{create.__name__}{n}") for create in WAYS for n in range(5)))

    assert len(await names()) == 10


@pytest.mark.parametrize("statement", ["INSERT", "COMMIT"])
async def test_who_loses_the_connection_in_a_transaction_has_saved_nothing(network: Network, statement: str) -> None:
    async def work() -> None:
        async with in_transaction("default") as transaction:
            await create("before")
            async with server() as cursor, transaction.acquire_connection() as connection:
                await cursor.execute(f"KILL {connection.thread_id()}")
            if statement == "INSERT":
                await create("after")

    with pytest.raises(ERRORS):
        await work()

    assert (in_use(), await names()) == (0, [])
