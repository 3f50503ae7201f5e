"""What breaks in production, done to a project that serves: by MySQL, by its clients, by whoever runs it.

Order and outcome are asserted; a deadline only catches a hang. What is counted goes into docs/reliability.md.
"""

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.reliability.conftest import OTHERS, Mysqld, Serve, asking, migrate
from tests.reliability.redis import NoRedis, Redis
from tests.reliability.steps import (
    a_meeting,
    again,
    change,
    codes,
    held,
    lines_of,
    post,
    reaches,
    refused_by_a_full_pool,
    rows,
    uncounted,
    waiting,
)
from tests.waiting import until
from workbook.mysql import free_port
from workbook.mysql.login import create_database, cursor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

Figure = Callable[..., None]
CANCEL = Path(__file__).with_name("cancel.py")
WAIT_FOR_A_LOCK = "SELECT id FROM performance_schema.processlist WHERE db = %s AND state = 'User lock'"


def test_two_thousand_cancelled_transactions_leave_the_pool_whole(
    project: Path, mysqld: Mysqld, figure: Figure
) -> None:
    settings = mysqld.environment() | {"MYSQL_POOL_SIZE": "5", "PYTHONPATH": str(project)}

    done = subprocess.run(
        [sys.executable, str(CANCEL), "2000"], cwd=project, env=settings, capture_output=True, text=True, timeout=540
    )

    assert done.returncode == 0, done.stderr
    counted = json.loads(done.stdout)
    figure(asked=counted["asked"], cancelled=counted["cancelled"], lost=counted["lost"])
    assert counted["cancelled"] > 500  # the others were quicker
    assert counted["lost"] == 0
    assert counted["closed"]


def test_with_every_connection_held_all_are_refused_before_the_holder_lets_go(
    mysqld: Mysqld, serve: Serve, figure: Figure
) -> None:
    served = serve(MYSQL_POOL_SIZE="5")

    async def play() -> list[httpx.Response]:
        async with asking(served) as client:
            code, before = await a_meeting(client), rows(mysqld)
            answers: list[httpx.Response] = []
            with held(mysqld, code):
                # MySQL gives up on a holder after a while: then the pool was not full all the time: once more.
                for _ in range(10):
                    if turn := await refused_by_a_full_pool(client, mysqld, code, answers):
                        break
            assert rows(mysqld) - before == sum(answer.is_success for answer in answers)
            assert (await client.post("/v1/meetings")).status_code == 200
            return turn

    answers = asyncio.run(play())

    figure(refused=sum(answer.status_code == 503 for answer in answers), of=40)
    assert [(answer.status_code, answer.headers.get("retry-after")) for answer in answers] == [(503, "1")] * 40


def test_while_mysql_is_silent_everybody_is_answered_nothing_is_lost_and_it_can_be_stopped(
    mysqld: Mysqld, serve: Serve, figure: Figure
) -> None:
    served = serve(MYSQL_POOL_SIZE="5")
    saved: set[str] = set()

    async def play() -> None:
        async with asking(served, hang=60) as client:
            with mysqld.silent():
                answers = await asyncio.gather(*(post(client, saved) for _ in range(30)), return_exceptions=True)
            figure(answered=sum(isinstance(answer, int) for answer in answers), of=30)
            assert answers == [503] * 30
            await again(client, saved)
            with mysqld.silent():
                waiting = [asyncio.create_task(post(client, saved)) for _ in range(30)]
                assert (await client.get("/livez")).status_code == 200
                served.process.terminate()
                await asyncio.to_thread(until, served.ended, "the end of the process")
            await asyncio.gather(*waiting, return_exceptions=True)

    asyncio.run(play())

    assert saved <= codes(mysqld)


def test_when_mysql_is_killed_and_comes_back_no_row_that_was_answered_for_is_lost(
    mysqld: Mysqld, serve: Serve, figure: Figure
) -> None:
    served = serve()
    saved: set[str] = set()
    statuses: Counter[int | str] = Counter()

    async def send(client: httpx.AsyncClient) -> None:
        while True:
            try:
                statuses[await post(client, saved)] += 1
            except httpx.TransportError:
                statuses["reset"] += 1

    async def play() -> None:
        async with asking(served) as client, asyncio.TaskGroup() as group:
            senders = [group.create_task(send(client)) for _ in range(16)]
            await reaches(lambda: len(saved) >= 100)
            mysqld.kill()
            answered = statuses.total() - statuses[200]
            await reaches(lambda: statuses.total() - statuses[200] >= answered + 16)
            await asyncio.to_thread(mysqld.start)
            served_again = len(saved) + 100
            await reaches(lambda: len(saved) >= served_again)
            for sender in senders:
                sender.cancel()

    try:
        asyncio.run(play())
    finally:
        lost = len(saved - codes(mysqld))
        figure(saved=statuses[200], refused=statuses[503], errors=statuses[500], reset=statuses["reset"], lost=lost)
    assert statuses.keys() == {200, 503}
    assert not lost
    lines = served.log.read_text().splitlines()
    assert len(lines) <= statuses.total() + 20, lines[:40]


def test_stopped_under_load_it_ends_while_a_lock_is_held_and_loses_no_row_that_was_answered_for(
    mysqld: Mysqld, serve: Serve, figure: Figure
) -> None:
    served = serve()
    saved: set[str] = set()

    async def send(client: httpx.AsyncClient) -> None:
        try:
            while True:
                await post(client, saved)
        except httpx.TransportError:
            return  # it has gone

    async def play() -> None:
        async with asking(served) as client:
            code = await a_meeting(client)
            host, port = served.url.removeprefix("http://").split(":")
            _, half_sent = await asyncio.open_connection(host, int(port))
            half_sent.write(b"POST /v1/participants HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{")
            await half_sent.drain()
            with held(mysqld, code):
                locked = asyncio.create_task(change(client, code))
                await reaches(lambda: waiting(mysqld) == 1)
                senders = [asyncio.create_task(send(client)) for _ in range(50)]
                await reaches(lambda: len(saved) >= 100)
                served.process.send_signal(signal.SIGTERM)
                await asyncio.to_thread(until, served.ended, "the end of the process")
            await asyncio.gather(locked, *senders, return_exceptions=True)
            half_sent.close()

    asyncio.run(play())

    figure(saved=len(saved), lost=len(saved - codes(mysqld)))
    assert saved <= codes(mysqld)


def test_idle_connections_that_mysql_has_closed_are_noticed_by_nobody(
    mysqld: Mysqld, serve: Serve, figure: Figure
) -> None:
    served = serve(MYSQL_POOL_SIZE="10")

    async def play() -> Counter[int]:
        async with asking(served) as client:
            await asyncio.gather(*(client.post("/v1/meetings") for _ in range(10)))
            for (number,) in mysqld.ask(OTHERS):
                mysqld.ask(f"KILL {number}")
            answers = await asyncio.gather(*(client.post("/v1/meetings") for _ in range(30)))
            return Counter(answer.status_code for answer in answers)

    statuses = asyncio.run(play())

    figure(answered=statuses[200], of=30)
    assert statuses == {200: 30}


@pytest.mark.parametrize("filled", [False, True], ids=["an empty database", "a filled one"])
def test_three_migrators_at_once_all_succeed_and_each_version_is_there_once(
    project: Path, mysqld: Mysqld, filled: bool, figure: Figure, tmp_path: Path
) -> None:
    name, code = ("migrated_filled" if filled else "migrated"), tmp_path / "code"
    create_database(mysqld.server, name)
    shutil.copytree(project, code)
    settings, command = mysqld.environment(name), [sys.executable, "-m", "app.migrate"]
    files = sorted((code / "migrations/models").glob("[0-9]*_*.py"), key=lambda file: int(file.name.split("_")[0]))
    if filled:
        youngest = files[-1].rename(code / "youngest.py")
        migrate(code, settings)
        mysqld.ask(f"INSERT INTO {name}.meetings (created_at, url_code) VALUES (NOW(6), 'aB3')")
        youngest.rename(files[-1])

    with cursor(mysqld.server) as first:  # nobody begins before all three are there
        first.execute("SELECT GET_LOCK(CONCAT('migrate ', %s), 0)", (name,))
        migrators = [subprocess.Popen(command, cwd=code, env=settings, stdout=-1, stderr=-1) for _ in range(3)]
        until(lambda: len(mysqld.ask(WAIT_FOR_A_LOCK, name)) == 3, "three who wait")
    said = [migrator.communicate(timeout=300) for migrator in migrators]

    figure(succeeded=sum(migrator.returncode == 0 for migrator in migrators), of=3)
    assert [migrator.returncode for migrator in migrators] == [0, 0, 0], said
    versions = mysqld.ask(f"SELECT version FROM {name}.aerich ORDER BY id")
    assert versions == [(file.name,) for file in files]
    assert mysqld.ask(f"SELECT url_code FROM {name}.meetings") == [("aB3",)] * filled


def test_sixty_megabytes_are_refused_without_being_kept(mysqld: Mysqld, serve: Serve, figure: Figure) -> None:
    served = serve()
    process = psutil.Process(served.process.pid)

    async def play() -> tuple[int, int]:
        async with asking(served) as client:
            await a_meeting(client)
            before = most = process.memory_info().rss

            async def body() -> AsyncIterator[bytes]:
                nonlocal most
                for _ in range(60):
                    yield b" " * 1_000_000
                    most = max(most, process.memory_info().rss)

            headers = {"Content-Type": "application/json"}
            status = (await client.post("/v1/participants", content=body(), headers=headers)).status_code
            return status, max(most, process.memory_info().rss) - before

    status, grown = asyncio.run(play())

    figure(megabytes=round(grown / 1e6))
    assert status == 413
    assert grown < 20_000_000


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    try:
        started = Redis(free_port(), tmp_path)
    except NoRedis as reason:
        pytest.skip(str(reason))
    until(started.answers, "Redis")
    yield started
    started.kill()


def test_when_its_redis_goes_it_serves_and_says_so_and_counts_again_when_it_is_back(
    serve: Serve, redis: Redis, figure: Figure
) -> None:
    served = serve(RATE="5/day", RATE_STORAGE=f"async+redis://127.0.0.1:{redis.port}")

    async def play() -> list[tuple[int, int]]:
        async with asking(served) as client:

            async def ten() -> tuple[int, int]:
                """How many of ten are served, and of how many the log says that they were not counted."""
                lines, before = lines_of(served, '"/v1/meetings"'), uncounted(served)
                answers = [await client.post("/v1/meetings") for _ in range(10)]
                # A request's line follows its answer.
                await reaches(lambda: lines_of(served, '"/v1/meetings"') == lines + 10)
                return sum(answer.status_code == 200 for answer in answers), uncounted(served) - before

            counted = await ten()
            redis.kill()
            gone = await ten()
            redis.start()
            await reaches(redis.answers)
            return [counted, gone, await ten()]

    counted, gone, again = asyncio.run(play())

    figure(answered=gone[0], of=10, said=gone[1])
    assert gone == (10, 10)
    assert counted == again == (5, 0)
