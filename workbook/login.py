"""A connection to a server of the ladder, for what the workbook itself asks of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.cursors import Cursor

from workbook.mysql.server import Server

SYSTEM = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
"""The databases that every MySQL server has, and nobody else's tools should touch."""


@contextmanager
def cursor(server: Server, database: str | None = None) -> Iterator[Cursor]:
    """A cursor on an autocommitting connection, closed afterwards.

    Args:
        database: the one to use; none when None.
    """
    connection = pymysql.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        # As bytes: PyMySQL would send a text in Latin-1, and a Korean password has no place in that.
        password=server.password.encode(),
        database=database,
        charset="utf8mb4",
        autocommit=True,
        connect_timeout=5,
    )
    try:
        with connection.cursor() as opened:
            yield opened
    finally:
        connection.close()


def databases(server: Server) -> list[str]:
    """The databases that people made on the server, by name."""
    with cursor(server) as ask:
        ask.execute("SHOW DATABASES")
        return sorted(name for (name,) in ask.fetchall() if name.lower() not in SYSTEM)


def create_database(server: Server, name: str) -> None:
    """Create the database unless it is there."""
    with cursor(server) as ask:
        # The warning 1007 says that it exists, which is fine: it is the data of the last time.
        ask.execute(f"CREATE DATABASE IF NOT EXISTS {quoted(name)}")


def quoted(name: str) -> str:
    """The name as an identifier in SQL."""
    return "`" + name.replace("`", "``") + "`"
