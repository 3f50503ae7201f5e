"""All that a chapter's `checks.py` is written with: `check` and `look`, and what a check may ask for by name.

Every look is a function marked `@look`, by whose name a check asks for it: here, in `inside.py` and in `pipeline.py`.
What the application and the tests do, they do on a throwaway server.
"""

# ruff: noqa: F401 - chapters import from here

import re
from collections.abc import Callable, Iterable
from importlib.metadata import distributions
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from workbook.history.git import try_git
from workbook.history.lock import canonical
from workbook.mysql import ladder
from workbook.mysql.ladder import database_name
from workbook.mysql.login import databases as databases_on
from workbook.mysql.server import Server
from workbook.rehearsal.workflow import Workflow
from workbook.say import _
from workbook.student.api import Answer, Api
from workbook.student.check import Broken, Found, Moot, check, look
from workbook.student.ground import Ground, students_server, tables
from workbook.student.inside import ApiWith, Pool, Rows, Schema, Settings, SettingsWith
from workbook.student.pipeline import Rehearsal, events, mysql_services
from workbook.student.suite import Run, Tests, TestsOf, TestsUnder

Git: TypeAlias = Callable[..., str]
"""What git prints in the project: `git("log", "--format=%h")`; nothing when it refuses."""

_DEFAULT = re.compile(r" DEFAULT (?!CHARSET)(?:'(?:[^']|'')*'|\S+)")


@look
def database(ground: Ground, settings: Settings | None = None) -> str:
    """The application's database: that of its settings, else of the environment or `.env`, else the course's."""
    return (settings and settings.database) or database_name(ground.project)


@look
def server(ground: Ground, database: str, settings: Settings | None = None) -> Server:
    """The student's own MySQL: the one that is named, else where the application's settings lead."""
    found = (ladder.given(ground.project) is None and settings and settings.reached()) or students_server(
        ground.project
    )
    name = database
    ground.remarks.append(
        _("Your MySQL: {host}:{port}, database {name}. It was only read.", host=found.host, port=found.port, name=name)
    )
    return found


@look
def git(ground: Ground) -> Git:
    """Git in the student's project, which looks and changes nothing."""

    def ask(*arguments: str) -> str:
        done = try_git(ground.project, *arguments, looking=True)
        return done.stdout if done.returncode == 0 else ""

    return ask


@look
def packages(python: Path) -> dict[str, str]:
    """The project's packages, as PyPI writes their names, with their versions."""
    folders = [str(folder) for folder in python.parent.parent.glob("lib/python*/site-packages")]
    return {canonical(each.name): each.version for each in distributions(path=folders)}


def said(answer: Answer) -> dict[str, object]:
    """What stands for `{status}` and `{said}`: an error that the application let through is a 500."""
    return {"status": answer.status or 500, "said": answer.raised or answer.body[:200]}


def unlike(**answers: tuple[Answer, int]) -> Found:
    """The first answer that has another status than the one beside it, under its name."""
    wrong = ((name, said(answer)) for name, (answer, status) in answers.items() if answer.status != status)
    yield from islice(wrong, 1)


def untested(*routes: Tests, elsewhere: str = "nobody") -> Found:
    """What keeps tests from speaking for their routes: some fail, or none sends the request (but others)."""
    for tests in routes:
        for failure in tests.failing:
            yield "fails", {"failure": failure}
        if tests.sent_instead is not None and not tests.failing:
            yield elsewhere if tests.sent_instead else "nobody", {"route": tests.route, "sent": tests.sent_instead}


def fooled(*routes: Tests) -> Found:
    """What tests cannot tell: some are never green, or a wrong application, by its name, turns none of them red."""
    for tests in routes:
        for test, told in tests.never_green.items():
            yield "never_green", {"test": test, "said": told}
        for wrong in tests.fooled_by:
            yield wrong, {}


def only_in(one: dict[str, str], other: dict[str, str]) -> Iterable[str]:
    """Lines of tables that the other lacks, as `table: line`. Aerich's own table does not count.

    Aerich gives a new column a default for the rows that are there, Tortoise gives a new table none: it does not count.
    """
    lines = [
        {f"{name}: {_DEFAULT.sub('', line.strip(' ,'))}" for name in made for line in made[name].splitlines()}
        for made in (one, other)
    ]
    return sorted(line for line in lines[0] - lines[1] if not line.startswith("aerich: "))
