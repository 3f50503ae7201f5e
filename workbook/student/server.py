"""The MySQL that the student works with, and databases on it that nobody misses."""

import contextlib
import os
from pathlib import Path

from workbook.login import create_database, cursor, databases, quoted
from workbook.mysql import docker, given, local
from workbook.mysql.probe import Unanswered, probe
from workbook.mysql.server import Server
from workbook.say import Problem

PREFIX = "workbook_check_"
"""Every database that a check makes is named so, and none that is named otherwise is ever dropped."""


def of(project: Path) -> Server:
    """The server that the environment or `.env` names, else the course's own address, else the workbook's.

    Raises:
        Problem: none answers, or it is no MySQL that lets the student in.
    """
    server = given.find(os.environ, project / ".env")
    if server:
        return server
    course = given.DEFAULTS
    host, port = "127.0.0.1", int(course["MYSQL_PORT"])
    try:
        version = probe(host, port, course["MYSQL_USER"], course["MYSQL_PASSWORD"])
    except Unanswered:
        found = local.found() or docker.found(project)
        if found is None:
            raise
        return found
    return Server(host, port, course["MYSQL_USER"], course["MYSQL_PASSWORD"], version, "at the course's own address")


class Databases:
    """Throwaway databases of one run, all under one name."""

    def __init__(self, server: Server) -> None:
        """Take a name that nobody has."""
        self.server = server
        self.prefix = f"{PREFIX}{os.getpid()}_{os.urandom(3).hex()}"

    def make(self, suffix: str) -> str:
        """Make an empty database; its name."""
        name = f"{self.prefix}_{suffix}"
        create_database(self.server, name)
        return name

    def drop(self) -> None:
        """Drop all that were made, and those that the student's tests made under a name that begins like ours."""
        with contextlib.suppress(Problem, OSError), cursor(self.server) as ask:
            for name in databases(self.server):
                if name.startswith(self.prefix):
                    ask.execute(f"DROP DATABASE {quoted(name)}")


def tables(server: Server, database: str) -> dict[str, str]:
    """Every table of a database with its `SHOW CREATE TABLE`, without the counter of its keys."""
    found = {}
    with cursor(server, database) as ask:
        ask.execute("SHOW FULL TABLES WHERE Table_type = 'BASE TABLE'")
        for name, _ in ask.fetchall():
            ask.execute(f"SHOW CREATE TABLE {quoted(name)}")
            row = ask.fetchone()
            assert row is not None
            found[str(name)] = str(row[1])
    return found
