"""The beginning that benchmarks share: a MySQL that answers, the template on it, a sentence where there is none."""

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from workbook.mysql import ladder
from workbook.mysql.server import Server, Unanswered
from workbook.place import TEMPLATE
from workbook.say import Problem, say


def begin(benchmark: Callable[[], int | None]) -> NoReturn:
    """Run a benchmark and exit with its code; what a person can mend is shown as a sentence, never as a traceback."""
    try:
        sys.exit(benchmark())
    except Problem as problem:
        say(f"\n{problem}")
        sys.exit(problem.code)


def given() -> Server:
    """The MySQL that the environment or the template's `.env` names, else the one at the notes' own address.

    None is brought up: a figure is of the server that its reader means. Raises Problem: it does not answer.
    """
    try:
        if server := ladder.given(TEMPLATE) or ladder.unnamed():
            return server
        silent = "Nothing listens on localhost:3306."
    except Unanswered as unanswered:
        silent = unanswered.what
    ways = ("export $(.venv/bin/workbook db up), which brings one up and names it", "or name yours in MYSQL_HOST, …")
    raise Problem(f"{silent} A benchmark needs a MySQL that runs.", ways=ways)


def enter_template() -> None:
    """Make the template's modules importable, and its folder the current one."""
    sys.path.insert(0, str(TEMPLATE))
    os.chdir(TEMPLATE)


@asynccontextmanager
async def built(name: str = "benchmark") -> AsyncIterator[dict[str, Any]]:
    """A database of the benchmark's own, built by the template's migrations: its Tortoise configuration."""
    given()
    from app.configs import config
    from app.tests.database import database_of, migrations, temporary_database

    async with temporary_database(f"{config.MYSQL_DB}_{name}_test") as tortoise_config:
        async with migrations(database_of(tortoise_config)) as command:
            await command.upgrade()
        yield tortoise_config
