import asyncio
from collections.abc import Awaitable
from contextlib import suppress

import pytest
from tortoise.exceptions import TransactionManagementError
from tortoise.transactions import in_transaction

from app.database.mysql import ERRORS, OUTLIVED
from app.tests.deadlock import DEADLOCK, NEITHER, Cross, end_of, rename, titles
from app.tests.network import Network
from app.tests.test_mysql import HANG, WAYS, Create, create, names
from app.tests.things import Thing


async def test_a_task_that_outlives_its_transaction_writes_into_no_other(network: Network) -> None:
    async def stray(write: Create) -> str:
        await over.wait()
        try:
            await write("stray")
        except TransactionManagementError as error:
            return str(error)
        return "it has written"

    for write in WAYS:
        over = asyncio.Event()
        async with in_transaction("default"):
            task = asyncio.create_task(stray(write))
        async with in_transaction("default"):  # on the same connection
            over.set()
            assert await task == OUTLIVED

    assert await names() == []


async def test_a_statement_that_is_on_its_way_is_waited_for(network: Network) -> None:
    async with asyncio.timeout(HANG), in_transaction("default"):
        network.be_silent()
        task = asyncio.create_task(create("on its way"))
        await network.withheld.wait()
        asyncio.get_running_loop().call_soon(network.talks.set)  # when the block has ended

    await task
    assert await names() == ["on its way"]


async def swallow(work: Awaitable[None]) -> None:
    """As if an error were nothing."""
    with suppress(*ERRORS):
        await work


async def in_a_savepoint() -> None:
    async with in_transaction("default") as savepoint:
        await Thing.filter(name="two").using_db(savepoint).update(title="ours")


@pytest.mark.parametrize("asked", ["last", "before another", "in a savepoint"])
async def test_a_deadlock_that_is_swallowed_leaves_nothing_half_done(cross: Cross, asked: str) -> None:
    async def work() -> None:
        async with in_transaction("default"):
            await rename("one")
            await cross()
            await swallow(in_a_savepoint() if asked == "in a savepoint" else rename("two"))
            if asked != "last":
                await swallow(create("afterwards"))

    assert (await end_of(work()), await titles()) == (DEADLOCK, NEITHER)
