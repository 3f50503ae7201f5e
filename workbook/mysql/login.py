"""What the workbook asks of a server of the ladder: connections, databases, and a project's own account."""

from collections.abc import Iterator
from contextlib import contextmanager

import pymysql
from pymysql.cursors import Cursor

from workbook.mysql.server import Server
from workbook.say import Problem, _

SYSTEM = frozenset({"information_schema", "mysql", "performance_schema", "sys"})
"""The databases that every MySQL server has, and nobody else's tools should touch."""


@contextmanager
def cursor(server: Server, database: str | None = None) -> Iterator[Cursor]:
    """A cursor on an autocommitting connection, closed afterwards; it uses the database, if one is given."""
    # As bytes: PyMySQL would send a text in Latin-1, and a Korean password has no place in that.
    login = server.login | {"password": server.password.encode(), "database": database}
    login |= {"charset": "utf8mb4", "autocommit": True, "connect_timeout": 5}
    with pymysql.connect(**login) as connection, connection.cursor() as opened:
        yield opened


def databases(server: Server) -> list[str]:
    """The databases that people made on the server, by name."""
    with cursor(server) as ask:
        ask.execute("SHOW DATABASES")
        return sorted(name for (name,) in ask.fetchall() if name.lower() not in SYSTEM)


def create_database(server: Server, name: str) -> None:
    """Create the database unless it is there."""
    with cursor(server) as ask:
        ask.execute(f"CREATE DATABASE IF NOT EXISTS {quoted(name)}")


def quoted(name: str) -> str:
    """The name as an identifier in SQL."""
    return "`" + name.replace("`", "``") + "`"


def require_unknown(server: Server, name: str) -> None:
    """Refuse a database or an account that exists, by a Problem: it is somebody's data, somebody's password."""
    with _may(server), cursor(server) as ask:
        if not ask.execute("SELECT 1 FROM mysql.user WHERE user = %s", (name,)) and name not in databases(server):
            return
    at = {"host": server.host, "port": server.port, "name": name}
    drop = _("Or drop it, if nobody needs it: DROP DATABASE IF EXISTS {name}; DROP USER IF EXISTS {name};", name=name)
    what = _("MySQL on {host}:{port} has {name} already, so it stays as it is.", **at)
    raise Problem(what, ways=(_("Choose another name."), drop))


def open_account(server: Server, name: str, password: str) -> None:
    """Make the database, and an account of its name for it and its tests' databases alone; a Problem if we may not."""
    pattern = name.replace("_", r"\_")
    with _may(server), cursor(server) as ask:
        ask.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (name, password))
        # The tests make databases named after the project's, and one of them makes an account.
        for grant in (pattern, rf"{pattern}\_%"):
            ask.execute(f"GRANT ALL ON {quoted(grant)}.* TO {quoted(name)}@'%'")
        ask.execute(f"GRANT CREATE USER ON *.* TO {quoted(name)}@'%'")
        create_database(server, name)


@contextmanager
def _may(server: Server) -> Iterator[None]:
    try:
        yield
    except pymysql.MySQLError as error:
        values = {"user": server.user, "host": server.host, "port": server.port, "args": error.args[-1]}
        root = _("Name root in MYSQL_USER and MYSQL_PASSWORD.")
        without = _("Or leave the server out: workbook new NAME --no-server")
        what = _("{user} may not make accounts on {host}:{port}: {args}.", **values)
        raise Problem(what, why=_("A project gets an account of its own."), ways=(root, without)) from error
