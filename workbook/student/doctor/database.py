"""The project's MySQL: its account's rights, the database, its migrations, and the pool that the application opens."""

import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pymysql import MySQLError
from pymysql.cursors import Cursor

from workbook.mysql.ladder import database_name
from workbook.mysql.login import cursor, databases, quoted
from workbook.mysql.server import Server, Unanswered
from workbook.say import Problem, _
from workbook.student import environment
from workbook.student.check import Broken
from workbook.student.doctor.machine import Results
from workbook.student.doctor.project import migration_files
from workbook.student.ground import Ground, Probe, students_server
from workbook.student.inside import Pool, Settings

_ADDS = re.compile(r"ALTER TABLE `(\w+)` ADD (?:COLUMN )?`(\w+)`")
_MAY_MAKE = re.compile(r"GRANT (?:ALL PRIVILEGES|.*\bCREATE,.*) ON `?([^`.]+)`?\.\*")


def examine(project: Path | None) -> Iterator[tuple[str, Results]]:
    """Ask the server that `workbook check` and `workbook db status` use: each examination's name, and what it finds."""
    try:
        server = students_server(project or Path())
    except Problem as problem:
        cure = "workbook db up" if isinstance(problem, Unanswered) or not problem.ways else problem.ways[0]
        values: dict[str, object] = {"what": problem.what, "why": problem.why, "cure": cure}
        yield "MySQL", iter((("mysql_refuses" if problem.why else "mysql_silent", values),))
        return
    yield "MySQL", iter((server.sentence,))
    if project:
        yield _("database"), database(server, project)
        # Without its database no connection of the pool opens, and that was said already.
        with suppress(MySQLError):
            if database_name(project) in databases(server):
                yield _("pool"), pool(project, server.port)


def database(server: Server, project: Path) -> Results:
    """Whether the database is there, and as the migrations leave it, and the account may make the tests' beside it."""
    name = database_name(project)
    if name in databases(server):
        yield name
        with cursor(server) as ask:
            yield from rights(ask, f"{name}_test", server.user)
            yield from migrations(ask, name, project)
    else:
        yield "no_database", {"name": name}


def rights(ask: Cursor, tests: str, user: str) -> Results:
    """Whether the account may make the database of the tests."""
    grants = [grant.replace("\\_", "_") for grant in _column(ask, "SHOW GRANTS")]
    may = [found[1].replace("*", "%").replace("%", ".*") for grant in grants if (found := _MAY_MAKE.match(grant))]
    if not any(re.fullmatch(on, tests) for on in may):
        grant = f"GRANT ALL ON `{tests.removesuffix('_test')}\\_%`.* TO `{user}`@`%`"
        yield "no_right", {"user": user, "tests": tests, "grant": shlex.quote(grant)}


def migrations(ask: Cursor, name: str, project: Path) -> Results:
    """Whether the database is as the project's migrations leave it."""
    files = {file.name: file.read_text(errors="replace") for file in migration_files(project)}
    tables = set(_column(ask, "SELECT table_name FROM information_schema.tables WHERE table_schema = %s", name))
    done = _column(ask, f"SELECT version FROM {quoted(name)}.aerich ORDER BY id") if "aerich" in tables else []
    made = {table for file in done for table in re.findall(r"CREATE TABLE[^`]*`(\w+)`", files.get(file, ""))}
    if lost := [version for version in done if version not in files]:
        yield "migration_lost", {"version": lost[0]}
    elif left := ", ".join(sorted(tables - made - {"aerich"})):
        yield "tables_left", {"name": name, "left": left}
    pending = sorted(set(files) - set(done))
    columns = "SELECT CONCAT(table_name, '.', column_name) FROM information_schema.columns WHERE table_schema = %s"
    there = _column(ask, columns, name)
    half = [each for file in pending for each in _ADDS.findall(files[file]) if ".".join(each) in there]
    if half:
        table, column = half[0]
        yield "migration_half", {"file": pending[0], "column": f"{table}.{column}", "table": table, "name": column}
    elif pending:
        yield "migration_pending", {"file": pending[0]}


def pool(project: Path, port: int) -> Results:
    """Whether the application's connections can be had, lead to this port of MySQL's, and are all alike.

    It asks as the checks of ch33 do: in a copy of the project, and in a temporary table.
    """
    with Ground(project) as ground:
        try:
            probe = Probe(ground, environment.python(project), {})
            settings = Settings(**probe.ask("settings"))
            pooled = Pool(**probe.ask("pool", login={})) if settings.found else None
        except (Broken, Problem) as error:
            yield "pool_fails", {"error": error, "quoted": shlex.quote(str(error))}
            return
    if pooled is None:
        return
    zone, charset = (pooled.sessions[0][key] for key in ("time_zone", "collation_connection"))
    if settings.port != port:
        yield "other_port", {"theirs": settings.port, "port": port}
    elif different := [key for key in pooled.sessions[0] if len(pooled.values(key)) > 1]:
        yield "pool_differs", {"key": different[0], "values": " / ".join(sorted(pooled.values(different[0])))}
    else:
        alike = {"count": len(pooled.sessions), "time_zone": zone, "charset": str(charset).partition("_")[0]}
        yield _("{count} connections alike: time zone {time_zone}, {charset}", **alike)


def _column(ask: Cursor, question: str, *arguments: object) -> list[str]:
    """The first column of what the server answers."""
    ask.execute(question, arguments)
    return [str(row[0]) for row in ask.fetchall()]
