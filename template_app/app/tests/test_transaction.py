from typing import Any

import pytest
from tortoise.connection import get_connection

from app.database.transaction import TRIES, transaction
from app.tests.database import database_of, server
from app.tests.deadlock import BOTH, DEADLOCK, LOCK_WAIT_TIMEOUT, NEITHER, Cross, create, end_of, rename, titles
from app.tests.network import Network


@pytest.mark.parametrize("deadlocks", [TRIES - 1, TRIES])
async def test_a_deadlock_is_tried_again_from_the_start_but_not_for_ever(cross: Cross, deadlocks: int) -> None:
    tries: list[str] = []

    @transaction
    async def work() -> None:
        tries.append("work")
        await create(f"try{len(tries)}")
        await rename("one")
        if len(tries) <= deadlocks:
            await cross()
        await rename("two")

    end = await end_of(work())

    assert len(tries) == TRIES
    saved = (DEADLOCK, NEITHER) if deadlocks == TRIES else ("done", {"try3": ""} | BOTH)
    assert (end, await titles()) == saved


async def test_a_deadlock_inside_starts_the_outermost_again(cross: Cross) -> None:
    tries: list[str] = []

    @transaction
    async def inner() -> None:
        tries.append("inner")
        await rename("two")

    @transaction
    async def outer() -> None:
        tries.append("outer")
        await rename("one")
        if tries == ["outer"]:
            await cross()
        await inner()

    end = await end_of(outer())

    assert tries.count("outer") == 2
    assert (end, tries, await titles()) == ("done", ["outer", "inner"] * 2, BOTH)


async def test_who_waits_in_vain_for_a_row_does_not_wait_again(network: Network, initialize: dict[str, Any]) -> None:
    tries: list[str] = []
    await create("one")

    @transaction
    async def work() -> None:
        tries.append("once")
        await get_connection("default").execute_query("SET innodb_lock_wait_timeout = 1")  # second, MySQL's smallest
        await rename("one")

    async with server() as cursor:
        await cursor.execute(f"SELECT * FROM `{database_of(initialize)}`.things FOR UPDATE")
        end = await end_of(work())

    assert (end, tries) == (LOCK_WAIT_TIMEOUT, ["once"])
