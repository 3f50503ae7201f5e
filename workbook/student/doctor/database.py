"""The project's MySQL: its account's rights, the database, its migrations, and the pool that the application opens."""

import os
import re
import shlex
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pymysql import MySQLError
from pymysql.cursors import Cursor

from workbook.mysql import ladder
from workbook.mysql.ladder import database_name
from workbook.mysql.login import cursor, databases, quoted
from workbook.mysql.server import Server, Unanswered
from workbook.say import Problem, _
from workbook.student import environment
from workbook.student.doctor.machine import Results, said
from workbook.student.doctor.project import migration_files, uses_tortoise
from workbook.student.ground import Ground, Probe, students_server
from workbook.student.inside import Pool, Settings

_ADDS = re.compile(r"ALTER TABLE `(\w+)` ADD (?:COLUMN |(?:UNIQUE )?(INDEX|KEY) )?`(\w+)`")
_MAY_MAKE = re.compile(r"GRANT (?:ALL PRIVILEGES|.*\bCREATE(?:,.*)?) ON `?([^`.]+)`?\.\*")
_HERE = ("localhost", "127.0.0.1", "::1")


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
                yield _("pool"), pool(project, server)


def database(server: Server, project: Path) -> Results:
    """Whether the database is there, and as the migrations leave it, and the account may make the tests' beside it."""
    name = database_name(project)
    with cursor(server) as ask:
        if missing := rights(ask, name):
            (account,) = _column(ask, "SELECT CURRENT_USER()")
            pattern, to = name.replace("_", r"\_"), "`@`".join(account.rsplit("@", 1))
            grants = [f"GRANT ALL ON `{each}`.* TO `{to}`;" for each in (pattern, rf"{pattern}\_%")]
            yield "no_right", {"account": account, "missing": missing, "grant": shlex.quote(" ".join(grants))}
        if name in databases(server):
            yield name
            yield from migrations(ask, name, project)
        elif missing != name:
            yield "no_database", {"name": name}


def rights(ask: Cursor, name: str) -> str:
    """Which database the account may not make, the project's or the one of its tests; empty when it may make both."""
    grants = [grant.replace("\\_", "_") for grant in _column(ask, "SHOW GRANTS")]
    may = [found[1].replace("*", "%").replace("%", ".*") for grant in grants if (found := _MAY_MAKE.match(grant))]
    wanted = (each for each in (name, f"{name}_test") if not any(re.fullmatch(on, each) for on in may))
    return next(wanted, "")


def migrations(ask: Cursor, name: str, project: Path) -> Results:
    """Whether the database is as the project's migrations leave it."""
    texts = {file.name: file.read_text(errors="replace") for file in migration_files(project)}
    # Its way back adds what it takes away.
    files = {file: text.partition("def downgrade")[0] for file, text in texts.items()}
    tables = set(_column(ask, "SELECT table_name FROM information_schema.tables WHERE table_schema = %s", name))
    done = _column(ask, f"SELECT version FROM {quoted(name)}.aerich ORDER BY id") if "aerich" in tables else []
    made = {table for file in done for table in re.findall(r"CREATE TABLE[^`]*`(\w+)`", files.get(file, ""))}
    another: dict[str, object] = {"name": name, "quoted": shlex.quote(f"MYSQL_DB='{name}_2'")}
    another["upgrade"] = " && uv run aerich upgrade" if files else ""
    if lost := [version for version in done if version not in files]:
        path = f"migrations/models/{lost[0]}"
        sha = said("git", "log", "-1", "--format=%h", "--diff-filter=AM", "--", path, cwd=project)[1]
        if re.fullmatch(r"[0-9a-f]+", sha):
            yield "migration_lost", {"version": lost[0], "sha": sha, "path": shlex.quote(path)}
        else:
            yield "migration_unknown", another | {"version": lost[0]}
    elif left := ", ".join(sorted(tables - made - {"aerich"})):
        yield "tables_left", another | {"left": left}
    pending = sorted(set(files) - set(done))
    there = "SELECT CONCAT(table_name, '.', {0}_name) FROM information_schema.{1} WHERE table_schema = %s"
    kinds = (("column", "columns"), ("index", "statistics"))
    known = {each for kind in kinds for each in _column(ask, there.format(*kind), name)}
    added = ((file, *each) for file in pending for each in _ADDS.findall(files[file]))
    for file, table, kind, part in added:
        if f"{table}.{part}" in known:
            at = {"kind": "INDEX" if kind else "COLUMN", "table": quoted(table), "part": quoted(part)}
            yield "migration_half", at | {"file": file, "there": f"{table}.{part}"}
            break
    else:
        if pending:
            yield "migration_pending", {"file": pending[0]}


def pool(project: Path, server: Server) -> Results:
    """Whether the application's connections can be had, lead to this server, and are all alike.

    It asks as the checks of ch33 do: in a copy of the project, and in a temporary table.
    """
    if not uses_tortoise(project):
        yield _("none yet")
        return
    with Ground(project) as ground:
        try:
            probe = Probe(ground, environment.python(project), {})
            settings = Settings(**probe.ask("settings"))
            asked, answers = ((each.host in _HERE or each.host, each.port) for each in (settings, server))
            # First, for nobody may answer where the application asks.
            if settings.found and asked != answers:
                theirs, ours = (f"{each.host}:{each.port}" for each in (settings, server))
                named = {"MYSQL_HOST", "MYSQL_PORT"} & {*ladder.settings(project), *os.environ}
                yield "env_unheard" if named else "other_server", {"theirs": theirs, "ours": ours}
            elif settings.found:
                yield _compared(Pool(**probe.ask("pool", login={})))
        except Problem as error:
            yield "pool_fails", {"error": error.what, "quoted": shlex.quote(error.what)}


def _compared(pool: Pool) -> str | tuple[str, dict[str, object]]:
    session = pool.sessions[0]
    if different := next((key for key in session if len(pool.values(key)) > 1), ""):
        return "pool_differs", {"key": different, "values": " / ".join(sorted(pool.values(different)))}
    charset = str(session["collation_connection"]).partition("_")[0]
    alike = {"count": len({*pool.ids}), "time_zone": session["time_zone"], "charset": charset}
    return _("{count} connections alike: time zone {time_zone}, {charset}", **alike)


def _column(ask: Cursor, question: str, *arguments: object) -> list[str]:
    """The first column of what the server answers."""
    ask.execute(question, arguments)
    return [str(row[0]) for row in ask.fetchall()]
