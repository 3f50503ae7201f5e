"""What the limits of waiting cost: processor time of one query, of one transaction, and of one request around them.

Three things in turns, because a machine's speed drifts: Tortoise's own client, the same with `read_timeout`, and the
template's engine. Then the template's `Deadline` around an application that does nothing, against that application.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: microseconds of processor time each, the median and the range of the rounds. Everything runs in one process.
"""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from copy import deepcopy
from statistics import median

from benchmarks.beginning import begin, enter_template, given

enter_template()

from starlette.types import Receive, Scope, Send  # noqa: E402
from tortoise.connection import get_connection  # noqa: E402
from tortoise.context import TortoiseContext  # noqa: E402
from tortoise.transactions import in_transaction  # noqa: E402

from app.apis.deadline import Deadline  # noqa: E402
from app.configs import config  # noqa: E402
from app.tests.database import temporary_database  # noqa: E402

ENGINES = {
    "Tortoise's client": ("tortoise.backends.mysql", {}),
    "Tortoise's client, read_timeout": ("tortoise.backends.mysql", {"read_timeout": 10}),
    "the template's engine": ("app.database.mysql", {}),
}


async def query() -> None:
    await get_connection("default").execute_query("SELECT 1")


async def transaction() -> None:
    async with in_transaction("default"):
        await query()


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    pass


async def cost(work: Callable[[], Awaitable[None]], times: int) -> float:
    """Microseconds of this process's time each."""
    before = time.process_time()
    for _ in range(times):
        await work()
    return (time.process_time() - before) / times * 1e6


async def main(rounds: int, times: int) -> None:
    given()
    found: dict[str, list[float]] = {}
    bounded = Deadline(nothing)
    async with temporary_database(f"{config.MYSQL_DB}_benchmark_test") as tortoise_config:
        for _ in range(rounds):
            for name, (engine, more) in ENGINES.items():
                changed = deepcopy(tortoise_config)
                changed["connections"]["default"]["engine"] = engine
                changed["connections"]["default"]["credentials"] |= more
                async with TortoiseContext() as context:
                    await context.init(config=changed)
                    await query()
                    found.setdefault(f"a query, {name}", []).append(await cost(query, times))
                    found.setdefault(f"a transaction, {name}", []).append(await cost(transaction, times))
            for name, app in (("with a deadline", bounded), ("without", nothing)):
                request = lambda app=app: app({"type": "http"}, None, None)  # noqa: E731
                found.setdefault(f"a request that does nothing, {name}", []).append(await cost(request, times))
    for name, figures in sorted(found.items()):
        print(f"{name}: {median(figures):.1f} us ({min(figures):.1f} to {max(figures):.1f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--times", type=int, default=500)
    options = parser.parse_args()
    begin(lambda: asyncio.run(main(options.rounds, options.times)))
