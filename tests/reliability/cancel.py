"""In a project: cancel as many transactions as asked for, at any point, and print what is left of the pool, as JSON."""

import asyncio
import json
import random
import sys
from importlib import import_module
from typing import Any

from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

MODEL = import_module("app.tortoise_models.meeting").MeetingModel


async def work(code: str) -> None:
    async with in_transaction("default"):
        await MODEL.create(url_code=code)


async def main(times: int) -> dict[str, object]:
    await Tortoise.init(config=import_module("app.configs.tortoise_config").TORTOISE_ORM)
    await work("first")
    pool: Any = get_connection("default")._pool
    cancelled = 0
    for turn in range(times):
        task = asyncio.create_task(work(str(turn)))
        await asyncio.sleep(random.uniform(0, 0.002))
        task.cancel()
        await asyncio.wait([task], timeout=60)
        cancelled += task.done() and task.cancelled()
        if len(pool._used) >= pool.maxsize:
            break
    lost = len(pool._used)
    closing = asyncio.ensure_future(Tortoise.close_connections())
    await asyncio.wait([closing], timeout=60)
    return {"asked": turn + 1, "cancelled": cancelled, "lost": lost, "closed": closing.done()}


random.seed(1)
print(json.dumps(asyncio.run(main(int(sys.argv[1])))), flush=True)
