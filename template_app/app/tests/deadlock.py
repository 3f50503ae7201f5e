"""Two transactions that cross: each has a row that the other one wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from app.database.mysql import ERRORS, code_of
from app.tests.database import server
from app.tests.things import Thing

Cross = Callable[[], Awaitable[None]]
DEADLOCK, LOCK_WAIT_TIMEOUT = 1213, 1205
BOTH = {"one": "ours", "two": "ours"}
NEITHER = {"one": "", "two": ""}


async def create(name: str) -> None:
    await Thing.create(name=name)


async def rename(name: str) -> None:
    await Thing.filter(name=name).update(title="ours")


async def titles() -> dict[str, Any]:
    return dict(await Thing.all().values_list("name", "title"))


async def end_of(work: Awaitable[None]) -> int | str | None:
    """The number of the error with which it ends."""
    try:
        await work
    except ERRORS as error:
        return code_of(error)
    return "done"


@asynccontextmanager
async def crossing(database: str) -> AsyncIterator[Cross]:
    """What a test calls between its statements on `one` and on `two`: another transaction goes from `two` to `one`.

    MySQL ends the one of the two that has changed fewer rows, so it is always ours.
    """
    await create("one")
    await create("two")
    rows = ", ".join(f"('theirs{n}', '')" for n in range(10))
    async with server() as cursor:
        await cursor.execute(f"USE `{database}`")
        others: list[asyncio.Task[None]] = []

        async def wait_for_us() -> None:
            await cursor.execute("UPDATE things SET title = 'theirs' WHERE name = 'one'")
            await cursor.execute("ROLLBACK")

        async def cross() -> None:
            await asyncio.gather(*others)
            await cursor.execute(f"INSERT INTO things (name, title) VALUES {rows}")
            await cursor.execute("UPDATE things SET title = 'theirs' WHERE name = 'two'")
            others.append(asyncio.create_task(wait_for_us()))

        yield cross
        await asyncio.gather(*others)
