"""GET of a meeting of 50 participants x 62 days, against a bare asyncmy script with the same rows and the same JSON.

Both run in this process, in turns, because a machine's speed drifts: only the ratio inside one pair counts. The
template answers over ASGI, with everything that a request passes through but the socket; the bare one has one open
connection and no framework. The database is their own (`<MYSQL_DB>_benchmark_test`, built by the migrations, dropped at
the end), and its rows are counted.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: rows, bytes, statements of one GET, milliseconds of both (medians), the median of the pairs' ratios, its quartiles.
"""

import argparse
import asyncio
import json
import time
from collections import Counter, defaultdict
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

from benchmarks.beginning import begin, built, enter_template

enter_template()

import asyncmy  # noqa: E402
import httpx  # noqa: E402
from tortoise.context import TortoiseContext  # noqa: E402

from app.main import app  # noqa: E402
from app.services.participant_service import service_create_participant  # noqa: E402
from app.tests.apis.v1.given import START, meeting  # noqa: E402
from app.tests.database import statements  # noqa: E402
from app.tortoise_models.participant_date import ParticipantDateModel  # noqa: E402

CODE, PARTICIPANTS, DAYS = "aB3", 50, 62
MEETING = "SELECT url_code, start_date, end_date, title, location FROM meetings WHERE url_code = %s"
PEOPLE = "SELECT id, name FROM participants WHERE meeting_id = %s ORDER BY id"
VOTES = """SELECT d.participant_id, d.id, d.date, d.enabled, d.starred FROM participant_dates d
    JOIN participants p ON p.id = d.participant_id WHERE p.meeting_id = %s ORDER BY d.date"""


async def bare(connection: Any) -> bytes:
    """The answer of `GET /v1/meetings/aB3`, by hand."""
    rows = []
    async with connection.cursor() as cursor:
        for question in (MEETING, PEOPLE, VOTES):
            await cursor.execute(question, (CODE,))
            rows.append(await cursor.fetchall())
    ((code, start, end, title, location),), people, votes = rows
    dates, enabled, starred = defaultdict[int, list[dict[str, Any]]](list), Counter[Any](), Counter[Any]()
    for participant, number, day, can, star in votes:
        each = {"id": number, "date": day.isoformat(), "enabled": bool(can), "starred": bool(star)}
        dates[participant].append(each)
        enabled[day] += can
        starred[day] += star
    best = sorted((day for day in enabled if enabled[day]), key=lambda day: (-enabled[day], -starred[day], day))[:3]
    answer = {
        "url_code": code,
        "start_date": start.isoformat(),
        "end_date": end.isoformat(),
        "title": title,
        "location": location,
        "participants": [{"id": number, "name": name, "dates": dates[number]} for number, name in people],
        "best_dates": [day.isoformat() for day in best],
    }
    return json.dumps(answer, ensure_ascii=False).encode()


async def fill() -> None:
    """A meeting at its full size, with votes: every third day of everybody is off, every seventh has a star."""
    await meeting(CODE, DAYS)
    for number in range(PARTICIPANTS):
        _, days = await service_create_participant(CODE, f"참가자 {number}")
        off, star = ([day["id"] for day in days[number % each :: each]] for each in (3, 7))
        await ParticipantDateModel.filter(id__in=star).update(starred=True)
        await ParticipantDateModel.filter(id__in=off).update(enabled=False, starred=False)
    rows = await ParticipantDateModel.filter(participant__meeting_id=CODE).count()
    first, last = START, START + timedelta(DAYS - 1)
    if rows != PARTICIPANTS * DAYS:
        raise SystemExit(f"The meeting from {first} to {last} has {rows} days of participants.")
    print(f"{PARTICIPANTS} participants x {DAYS} days: {rows:,} rows")


async def compare(connection: Any, client: httpx.AsyncClient, pairs: int) -> None:
    path, taken = app.url_path_for("meetings:get", url_code=CODE), list[tuple[float, float]]()
    asked = await statements()
    answer = await client.get(path)
    asked = await statements() - asked - 1  # without the question itself
    if answer.json() != json.loads(await bare(connection)):
        raise SystemExit("The two answers differ.")
    print(f"{len(answer.content):,} bytes, {asked} statements, the same answer from both")
    for turn in range(pairs + 10):
        times = [0.0, 0.0]
        for which in (0, 1) if turn % 2 else (1, 0):
            begin = time.perf_counter()
            await (client.get(path) if which == 0 else bare(connection))
            times[which] = (time.perf_counter() - begin) * 1000
        taken.append((times[0], times[1]))
    taken = taken[10:]  # the first warm up
    ours, theirs = (median(side) for side in zip(*taken, strict=True))
    low, ratio, high = quantiles((one / other for one, other in taken), n=4)
    spread = f"{ratio:.2f} (quartiles {low:.2f} to {high:.2f})"
    print(f"{pairs} pairs: template {ours:.1f} ms, bare {theirs:.1f} ms, ratio {spread}")


async def run(pairs: int) -> None:
    async with built() as tortoise_config:
        credentials = tortoise_config["connections"]["default"]["credentials"]
        credentials |= {"minsize": 1, "maxsize": 1}  # so that one connection counts all statements
        login = {name: credentials[name] for name in ("host", "port", "user", "password", "ssl", "database")}
        async with TortoiseContext() as context, asyncmy.connect(**login, autocommit=True) as connection:
            await context.init(config=tortoise_config)
            await fill()
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://benchmark") as client:
                await compare(connection, client, pairs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=100)
    pairs = parser.parse_args().pairs
    begin(lambda: asyncio.run(run(pairs)))
