"""What is run beside the student's application: two who go on when their transaction is over."""

import asyncio
from contextlib import suppress

from tortoise.transactions import in_transaction

CHANGE, ADD = "UPDATE {} SET word = 'ours' WHERE number = {}", "INSERT INTO {} (number) VALUES ({})"


async def swallow(table: str) -> bool:
    """Whether a block ends well that swallows a deadlock (somebody comes across) and goes on."""
    with suppress(Exception):
        async with in_transaction() as transaction:
            await transaction.execute_query(CHANGE.format(table, 1))
            with suppress(Exception):
                await transaction.execute_query(CHANGE.format(table, 2))
            with suppress(Exception):
                await transaction.execute_query(ADD.format(table, -1))
        return True
    return False


async def outlive(table: str) -> bool:
    """Whether a task that was started in a transaction writes when it is over, and another one has begun."""

    async def stray() -> None:
        await over.wait()
        await transaction.execute_query(ADD.format(table, -2))

    over = asyncio.Event()
    async with in_transaction() as transaction:
        task = asyncio.create_task(stray())
    async with in_transaction():
        over.set()
        [error] = await asyncio.gather(task, return_exceptions=True)
    return error is None
