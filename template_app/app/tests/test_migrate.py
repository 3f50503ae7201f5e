import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

import app.migrate
from app.configs.base_config import PROJECT
from app.configs.tortoise_config import MIGRATION_ORM
from app.migrate import FILES, migrate
from app.tests.database import database_of, server, temporary_database

CREDENTIALS = MIGRATION_ORM["connections"]["default"]["credentials"]
NAMES = [file.name for file in FILES]
NOTES = "CREATE TABLE notes (note VARCHAR(20));"
NUMBER = "ALTER TABLE notes ADD number INT;"
NOTHING = "nothing to do"


@pytest.fixture
async def database(initialize: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """An empty database, which is the application's own for this test."""
    name = database_of(initialize).replace("_test", "_migrate_test")
    async with temporary_database(name):
        monkeypatch.setitem(CREDENTIALS, "database", name)
        yield name


@pytest.fixture
def bring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let the code bring, besides these files, some more: their names and statements."""

    def bring(files: list[Path], **more: list[str]) -> None:
        head, rest = FILES[-1].read_text().split('"""', 1)
        for name, statements in more.items():
            script = "\n        ".join(statements)
            _, tail = rest.split('"""', 1)
            (tmp_path / f"{name[1:]}.py").write_text(f'{head}"""\n        {script}"""{tail}')
        added = [tmp_path / f"{name[1:]}.py" for name in more]
        monkeypatch.setattr(app.migrate, "FILES", files + added)

    return bring


async def ask(database: str, *queries: str) -> list[Any]:
    """The first column of the last query's answer."""
    async with server() as cursor:
        for query in (f"USE `{database}`", *queries):
            await cursor.execute(query)
        return [row[0] for row in await cursor.fetchall()]


async def versions(database: str) -> list[Any]:
    return await ask(database, "SELECT version FROM aerich ORDER BY id")


async def run(database: str) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.migrate"),
        env=os.environ | {"MYSQL_DB": database},
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode, said.decode().strip()


def applied(names: list[str]) -> str:
    return "\n".join(f"applied {name}" for name in names)


async def test_of_three_at_once_one_works_and_all_succeed(database: str, bring: Callable[..., None]) -> None:
    # Given: an empty database, and the code of some versions ago
    bring(FILES[:3])

    # When
    ends = await asyncio.gather(*(migrate() for _ in range(3)))

    # Then
    assert sorted(ends) == [applied(NAMES[:3]), NOTHING, NOTHING]

    # Given: it is in use, and the code is today's
    await ask(
        database,
        "INSERT INTO meetings (created_at, url_code) VALUES (NOW(6), 'aB3')",
        "INSERT INTO participants (created_at, name, meeting_id) VALUES (NOW(6), '민수', 'aB3')",
        "COMMIT",
    )

    # When
    processes = await asyncio.gather(*(run(database) for _ in range(3)))

    # Then
    assert sorted(processes) == [(0, applied(NAMES[3:])), (0, NOTHING), (0, NOTHING)]
    assert await versions(database) == NAMES
    assert await ask(database, "SELECT url_code FROM meetings") == ["aB3"]
    assert await ask(database, "SELECT name FROM participants") == ["민수"]


async def refusal() -> str:
    """The sentence with which it stops."""
    try:
        return f"no sentence, but: {await migrate()}"
    except SystemExit as stopped:
        return str(stopped)
    except Exception as error:
        return f"no sentence, but: {error!r}"


async def test_who_stops_half_way_says_where_and_the_way_back(database: str, bring: Callable[..., None]) -> None:
    # Given
    title = "ALTER TABLE meetings ADD title INT;"  # is there already
    bring(FILES, _998_half=[NOTES, title, NUMBER])

    # When
    said = await refusal()

    # Then
    back = "A table that was changed before it stays so: undo that, or take it out of the file. Then run this again."
    assert said == f"998_half.py stopped at\n{title}\n{back}\n(1060, \"Duplicate column name 'title'\")"
    assert await versions(database) == NAMES

    # When: it is taken out of the file, and the cause is mended
    bring(FILES, _998_half=[NUMBER])

    # Then
    assert [await migrate(), await migrate()] == ["applied 998_half.py", NOTHING]
    assert await versions(database) == [*NAMES, "998_half.py"]


async def test_rows_are_changed_together_with_their_version_or_not_at_all(
    database: str, bring: Callable[..., None]
) -> None:
    row = "INSERT INTO users (created_at, name, password_hash) VALUES (NOW(6), 'Mina', 'a; b');"
    bring(FILES, _998_rows=[row, row])  # a name is there once

    assert (await refusal()).splitlines()[0] == "998_rows.py stopped at"

    assert await ask(database, "SELECT name FROM users") == []


async def test_two_files_of_one_number_are_refused_before_anything_is_done(
    database: str, bring: Callable[..., None]
) -> None:
    bring(FILES, _998_yours=[NOTES], _998_mine=[NUMBER])

    assert (await refusal()).startswith("998_yours.py and 998_mine.py have one number.")

    assert await ask(database, "SHOW TABLES") == []


async def test_without_a_database_it_says_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"{database}_nowhere"
    monkeypatch.setitem(CREDENTIALS, "database", nowhere)

    assert await refusal() == f"No database.\n(1049, \"Unknown database '{nowhere}'\")"


async def test_who_waits_in_vain_says_so(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.migrate, "PATIENCE", 0)
    async with server() as cursor:
        await cursor.execute("SELECT GET_LOCK(%s, 0)", (f"migrate {database}"[:64],))

        assert (await refusal()).startswith("Another one has been at work for")


async def test_who_loses_its_connection_says_so(database: str) -> None:
    waiting = f"SELECT id FROM information_schema.processlist WHERE db = '{database}' AND info LIKE '%GET\\_LOCK%'"
    async with server() as cursor:
        await cursor.execute("SELECT GET_LOCK(%s, 0)", (f"migrate {database}"[:64],))
        waits = asyncio.create_task(refusal())
        while not waits.done() and not await cursor.execute(f"{waiting} AND id <> CONNECTION_ID()"):
            pass  # until it waits
        for (connection_id,) in await cursor.fetchall():
            await cursor.execute(f"KILL {connection_id}")

        assert await waits == "No database.\n(2013, 'Lost connection to MySQL server during query')"
