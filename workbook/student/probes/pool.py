"""Hold several connections of the project's pool at once and ask each about its session."""

import os
from contextlib import AsyncExitStack
from typing import Any

from . import find, redirect, report

CONNECTIONS = 6
ASKED = "SELECT @@time_zone, @@sql_mode, @@collation_connection, @@max_execution_time, @@innodb_lock_wait_timeout"


async def main() -> None:
    """Tells `sessions`, one list of answers a connection, and `matched`, what an UPDATE to the same value counts."""
    from tortoise import Tortoise

    config = find.tortoise_config()
    if config is None:
        report.tell(config=False)
        return
    redirect.redirect(os.environ["WORKBOOK_DATABASE"])
    await Tortoise.init(config=config)
    client = redirect.connection(config)
    try:
        async with AsyncExitStack() as held:
            answers = [
                await _ask(await held.enter_async_context(client.acquire_connection())) for _ in range(CONNECTIONS)
            ]
        report.tell(config=True, sessions=[each[0] for each in answers], matched=[each[1] for each in answers])
    finally:
        await redirect.close()


async def _ask(connection: Any) -> tuple[list[Any], int]:
    async with connection.cursor() as cursor:
        await cursor.execute(ASKED)
        session = list(await cursor.fetchone())
        await cursor.execute("CREATE TEMPORARY TABLE workbook_probe (id INT PRIMARY KEY, word VARCHAR(9))")
        await cursor.execute("INSERT INTO workbook_probe VALUES (1, 'same')")
        matched = int(await cursor.execute("UPDATE workbook_probe SET word = 'same' WHERE id = 1"))
    return session, matched


if __name__ == "__main__":
    report.run(main)
