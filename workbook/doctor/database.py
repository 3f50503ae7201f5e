"""The project's MySQL: its account's rights, the database, its migrations, and the pool that the application opens."""

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from pymysql import MySQLError
from pymysql.cursors import Cursor

from workbook.doctor.machine import Finding, Results, said
from workbook.doctor.project import CONFIG, MIGRATIONS
from workbook.login import cursor, quoted
from workbook.mysql.ladder import database_name
from workbook.mysql.server import Unanswered
from workbook.say import Problem, _
from workbook.student import environment
from workbook.student.ground import students_server

PROBE = """
import asyncio, contextlib, json, sys

ASK = {"time_zone": "@@time_zone", "sql_mode": "@@sql_mode", "charset": "@@character_set_client"}

async def main():
    from app.configs.tortoise_config import TORTOISE_ORM
    from tortoise import Tortoise

    default = TORTOISE_ORM["connections"]["default"]
    given = default.get("credentials", {}) if isinstance(default, dict) else {}
    await Tortoise.init(config=TORTOISE_ORM)
    found = []
    try:
        async with contextlib.AsyncExitStack() as held:
            for _ in range(min(given.get("minsize", 1), 11) + 1):
                connection = await held.enter_async_context(Tortoise.get_connection("default").acquire_connection())
                async with connection.cursor() as cursor:
                    await cursor.execute("SELECT " + ", ".join(ASK.values()))
                    found.append(dict(zip(ASK, await cursor.fetchone())))
    finally:
        await Tortoise.close_connections()
    return given.get("port"), found

try:
    print(json.dumps(asyncio.run(main())))
except Exception as error:
    sys.exit(type(error).__name__ + ": " + " ".join(str(error).split())[:300])
"""
"""For the project's own Python, which has none of our packages: the port that the application asks, and what each of
its connections says. All are held at once: those that the pool keeps open, and one that it opens as they are busy."""

_ADDS = re.compile(r"ALTER TABLE `(\w+)` ADD (?:COLUMN )?`(\w+)`")
_MAY_MAKE = re.compile(r"GRANT (?:ALL PRIVILEGES|.*\bCREATE,.*) ON `?([^`.]+)`?\.\*")


def examine(project: Path | None) -> Iterator[tuple[str, Results]]:
    """Ask the server that `workbook check` and `workbook db status` use: each examination's name, and what it finds."""
    why = _("Neither the application nor its tests run without it.")
    try:
        server = students_server(project or Path())
        yield "MySQL", iter((server.sentence,))
        if project is None:
            return
        name = database_name(project)
        with cursor(server) as ask:
            found = [*database(ask, name, server.user), *migrations(ask, name, project)]
        yield _("database"), iter(found)
        # Without its database no connection of the pool opens, and that was said already.
        if found and isinstance(found[0], str) and (project / CONFIG).is_file():
            yield _("pool"), pool(project, server.port)
    except Problem as problem:
        cure = "workbook db up" if isinstance(problem, Unanswered) or not problem.ways else problem.ways[0]
        yield "MySQL", iter((Finding(problem.what, problem.why or why, cure),))
    except MySQLError as error:
        what = _("MySQL answers the login, and not the questions: {args}", args=error.args[-1])
        yield "MySQL", iter((Finding(what, why, "workbook db shell --project . <<< 'SHOW GRANTS'"),))


def _column(ask: Cursor, question: str, *arguments: object) -> list[str]:
    """The first column of what the server answers."""
    ask.execute(question, arguments)
    return [str(row[0]) for row in ask.fetchall()]


def database(ask: Cursor, name: str, user: str) -> Results:
    """Whether the database is there, and the account may make the tests' databases beside it."""
    if name not in _column(ask, "SHOW DATABASES"):
        yield Finding(
            _("There is no database {name}.", name=name),
            _("Every request fails: Unknown database (1049). Or the account may not see it (1044)."),
            "workbook db up --project .",
        )
        return
    yield name
    grants = [grant.replace("\\_", "_") for grant in _column(ask, "SHOW GRANTS")]
    may = [found[1] for grant in grants if (found := _MAY_MAKE.match(grant))]
    names = {"user": user, "tests": f"{name}_test"}
    if not any(re.fullmatch(on.replace("*", "%").replace("%", ".*"), names["tests"]) for on in may):
        grant = f"GRANT ALL ON `{name}\\_%`.* TO `{user}`@`%`"
        yield Finding(
            _("The account {user} may not make databases for the tests.", **names),
            _("They stop before the first: Access denied for user '{user}' to database '{tests}' (1044).", **names),
            f"mysql --host=127.0.0.1 --user=root --password --execute={shlex.quote(grant)}",
        )


def migrations(ask: Cursor, name: str, project: Path) -> Results:
    """Whether the database is as the project's migrations leave it."""
    files = {file.name: file.read_text(errors="replace") for file in (project / MIGRATIONS).glob("[0-9]*_*.py")}
    tables = set(_column(ask, "SELECT table_name FROM information_schema.tables WHERE table_schema = %s", name))
    done = _column(ask, f"SELECT version FROM {quoted(name)}.aerich ORDER BY id") if "aerich" in tables else []
    made = {table for file in done for table in re.findall(r"CREATE TABLE[^`]*`(\w+)`", files.get(file, ""))}
    if lost := [version for version in done if version not in files]:
        yield Finding(
            _("The database has run a migration that the project does not have: {version}.", version=lost[0]),
            _("Aerich counts it as done. It is another branch's, or its file was deleted."),
            f"git checkout {MIGRATIONS}",
        )
    elif left := ", ".join(sorted(tables - made - {"aerich"})):
        yield Finding(
            _("The database {name} has tables that no migration of the project made: {left}.", name=name, left=left),
            _("They are left over from something else, and `CREATE TABLE IF NOT EXISTS` leaves them as they are."),
            _("Take an empty one: MYSQL_DB='{name}_2' in .env, workbook db up --project ., upgrade.", name=name),
        )
    pending = sorted(set(files) - set(done))
    columns = "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema = %s"
    there = _column(ask, columns, name)
    half = [each for file in pending for each in _ADDS.findall(files[file]) if ".".join(each) in there]
    if half:
        yield Finding(
            _("The migration {file} failed half way: {column} is there.", file=pending[0], column=".".join(half[0])),
            _("MySQL takes no ALTER TABLE back. Undo what it did, then upgrade; what is in that column is lost."),
            f"workbook db shell --project . <<< 'ALTER TABLE {half[0][0]} DROP COLUMN {half[0][1]}'",
        )
    elif pending:
        yield Finding(
            _("A migration has not run here: {file}.", file=pending[0]),
            _("The application asks for tables or columns that are not there (1146, 1054)."),
            "uv run aerich upgrade",
        )


def pool(project: Path, port: int) -> Results:
    """Whether the application's connections lead to this port of MySQL's, can be had, and are all alike."""
    try:
        program = environment.python(project)
        code, printed = said(program, "-c", PROBE, cwd=project, environ=environment.running(program))
    except Problem as problem:
        code, printed = 1, problem.what
    last = (printed.splitlines() or [_("the project's Python said nothing")])[-1]
    if code:
        yield Finding(
            _("The application's own connections cannot be opened: {error}", error=last),
            _("No request can reach the database."),
            f"echo {shlex.quote(last)} | workbook explain",
        )
        return
    theirs, connections = json.loads(last)
    different = {key: {str(each[key]) for each in connections} for key in connections[0]}
    if theirs not in (None, port):
        yield Finding(
            _("The application asks port {theirs}; `workbook db status` names {port}.", theirs=theirs, port=port),
            _("What you see in one server, the other does not have."),
            "workbook db up --project . >> .env",
        )
    elif key := next((key for key, values in different.items() if len(values) > 1), None):
        yield Finding(
            _("The pool's connections differ in {key}: {values}.", key=key, values=" / ".join(sorted(different[key]))),
            _("The same request gives now one answer, now another."),
            _("In {config}: {what} in SESSION_SETTINGS, as in ch33", config=CONFIG, what="init_command"),
        )
    else:
        yield _("{count} connections alike: time zone {time_zone}, {charset}", count=len(connections), **connections[0])
