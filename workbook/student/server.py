"""The MySQL that the student works with, and databases on it that nobody misses."""

import contextlib
import os
from pathlib import Path

from workbook.login import create_database, cursor, databases, quoted
from workbook.mysql import ladder
from workbook.mysql.server import Server
from workbook.say import Problem, _

PREFIX = "workbook_check_"
"""Every database that a check makes is named so, and none that is named otherwise is ever dropped."""


def of(project: Path) -> Server:
    """The server that the environment or `.env` names, else the workbook's, else at the course's own address.

    Raises:
        Problem: none answers, or it is no MySQL that lets the student in.
    """
    server = ladder.running(project, strict=True) or ladder.unnamed()
    if server is None:
        raise Problem(_("No MySQL is running for this project."), ways=("workbook db up",))
    return server


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
        for name, _kind in ask.fetchall():
            ask.execute(f"SHOW CREATE TABLE {quoted(name)}")
            row = ask.fetchone()
            assert row is not None
            found[str(name)] = str(row[1])
    return found
