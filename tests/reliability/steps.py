"""What a test does to a project that is served, and what it looks up in its database and its log."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tests.reliability.conftest import DATABASE, Mysqld, Served
from tests.waiting import until
from workbook.mysql.login import cursor

RANGE = {"start_date": "2026-12-01", "end_date": "2026-12-05"}
HELD = "SELECT COUNT(DISTINCT requesting_engine_transaction_id) FROM performance_schema.data_lock_waits"


def uncounted(served: Served) -> int:
    return lines_of(served, "requests are not counted")


def lines_of(served: Served, text: str) -> int:
    return sum(text in line for line in served.log.read_text().splitlines())


async def a_meeting(client: httpx.AsyncClient) -> str:
    """The code of a new meeting with a range, and nobody in it."""
    code = str((await client.post("/v1/meetings")).raise_for_status().json()["url_code"])
    (await client.patch(f"/v1/meetings/{code}/date_range", json=RANGE)).raise_for_status()
    return code


async def post(client: httpx.AsyncClient, saved: set[str]) -> int:
    """Ask for a meeting; keep its code when it is answered."""
    answer = await client.post("/v1/meetings")
    if answer.is_success:
        saved.add(answer.json()["url_code"])
    return answer.status_code


async def refused_by_a_full_pool(
    client: httpx.AsyncClient, mysqld: Mysqld, code: str, answers: list[httpx.Response]
) -> list[httpx.Response]:
    """Five wait for the row, each with a connection; the answers of forty others, unless one of five was let go."""
    holders = [asyncio.create_task(change(client, code)) for _ in range(5)]
    await reaches(lambda: waiting(mysqld) == 5 or any(holder.done() for holder in holders))
    turn = await asyncio.gather(*(client.post("/v1/meetings") for _ in range(40)))
    whole = waiting(mysqld) == 5 and not any(holder.done() for holder in holders)
    await asyncio.gather(*holders)
    answers += turn
    return turn if whole else []


async def change(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.patch(f"/v1/meetings/{code}/title", json={"title": "A title"})


async def again(client: httpx.AsyncClient, saved: set[str]) -> None:
    """It serves again, as soon as MySQL does."""

    async def serves() -> bool:
        return await post(client, saved) == 200

    async with asyncio.timeout(120):
        while not await serves():
            pass


async def reaches(condition: Callable[[], bool]) -> None:
    """Wait for a condition, while others go on."""
    await asyncio.to_thread(until, condition)


@contextmanager
def held(mysqld: Mysqld, code: str) -> Iterator[None]:
    """Somebody else holds the meeting's row, and does not let go."""
    with cursor(mysqld.server, DATABASE) as holder:
        holder.execute("BEGIN")
        holder.execute("SELECT 1 FROM meetings WHERE url_code = %s FOR UPDATE", (code,))
        yield


def waiting(mysqld: Mysqld) -> object:
    """How many wait for a row."""
    return mysqld.ask(HELD)[0][0]


def rows(mysqld: Mysqld) -> int:
    return int(str(mysqld.ask("SELECT COUNT(*) FROM meetings")[0][0]))


def codes(mysqld: Mysqld) -> set[object]:
    return {code for (code,) in mysqld.ask("SELECT url_code FROM meetings")}
