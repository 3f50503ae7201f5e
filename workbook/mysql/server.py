"""A MySQL server that answers: where it is, how it was found, how to let go of it; or on one screen why none does."""

import re
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pymysql import MySQLError
from pymysql.connections import Connection
from pymysql.constants import ER

from workbook.say import Problem, _

OLDEST = (8, 0, 17)
"""The first MySQL with the collation `utf8mb4_0900_bin`, which the template's `url_code` is kept in."""
HOST, USER, PASSWORD = "127.0.0.1", "root", "1234"
"""How to log in to every server of the workbook's own, with the notes' password. It listens on this address alone."""


class Unavailable(Exception):
    """This rung cannot serve here; the sentence says why. The ladder goes on to the next rung."""


class Unanswered(Problem):
    """Nothing answers there at all. The ladder may go on; any other Problem means that something answered wrongly."""


def leave_it() -> None:
    """What to do with a server that was running before: nothing."""


@dataclass(frozen=True, slots=True)
class Server:
    """A MySQL that has answered a login. Leaving it as a context stops it.

    Attributes:
        host, port, user, password: how to log in, over TCP.
        version: for example `9.7.4-2`.
        how: how it was found, as the end of the sentence "MySQL 9.7.4 on 127.0.0.1:3306, …".
        stop: lets go of it: stops a server that this process started, leaves any other alone.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    version: str
    how: str
    stop: Callable[[], object] = field(default=leave_it, repr=False, compare=False)

    @property
    def sentence(self) -> str:
        """Which MySQL it is, where, and how it was found."""
        values = {"version": self.version, "host": self.host, "port": self.port, "how": self.how}
        return _("MySQL {version} on {host}:{port}, {how}", **values)

    @property
    def login(self) -> dict[str, Any]:
        """How to log in, as drivers take it: `host`, `port`, `user` and `password`."""
        return {"host": self.host, "port": self.port, "user": self.user, "password": self.password}

    def environment(self, database: str | None = None) -> dict[str, str]:
        """The `MYSQL_*` values under the notes' names, as the application reads them; `MYSQL_DB` if it is given."""
        values = {f"MYSQL_{name.upper()}": str(value) for name, value in self.login.items()}
        return values if database is None else values | {"MYSQL_DB": database}

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def ours(port: int, how: str, stop: Callable[[], object] = leave_it) -> Server:
    """A server of the workbook's own on this machine, once root is logged in; raises as `probe` does."""
    return Server(HOST, port, USER, PASSWORD, probe(HOST, port, USER, PASSWORD), how, stop)


def probe(host: str, port: int, user: str, password: str, *, timeout: float = 5.0) -> str:
    """Log in and out, waiting `timeout` seconds for each answer; the version in the server's greeting, such as `8.4.7`.

    Raises Unanswered: nothing listens there, or nobody takes the call in time. Problem: something answered, and it is
    not a MySQL of `OLDEST` or newer that lets this account in.
    """
    seconds: dict[str, Any] = dict.fromkeys(("connect_timeout", "read_timeout", "write_timeout"), timeout)
    # The password as bytes: PyMySQL would send a text in Latin-1, and MySQL compares what a UTF-8 client once set.
    connection = Connection(host=host, port=port, user=user, password=password.encode(), defer_connect=True, **seconds)
    failure = None
    try:
        connection.connect()
        connection.close()
    except Exception as error:
        # A stranger's bytes can break PyMySQL anywhere; what counts is whether MySQL's first packet came.
        failure = error
    version = str(getattr(connection, "server_version", ""))
    at = {"host": host, "port": port, "user": user}
    if not re.match(r"\d+\.\d+", version):
        raise _unreached(at, failure or ValueError(version)) from failure
    # MariaDB puts 5.5.5- before its version, for old replicas that refuse a major version above 5.
    at |= {"version": version.removeprefix("5.5.5-"), "oldest": ".".join(map(str, OLDEST))}
    newer = _("Run MySQL {oldest} or newer, on another port if this one must stay.", **at)
    if "mariadb" in version.lower():
        why = _("MariaDB's collations, logins and SQL differ, so what a chapter shows is not what it would print.")
        raise Problem(_("{host}:{port} is a MariaDB server ({version}), not MySQL.", **at), why=why, ways=(newer,))
    if tuple(map(int, re.findall(r"\d+", version)[:3])) < OLDEST:
        what = _("MySQL {version} on {host}:{port} is too old: MySQL {oldest} or newer is needed.", **at)
        why = _("The tables use the collation utf8mb4_0900_bin, and older servers do not know it.")
        raise Problem(what, why=why, ways=(newer,))
    if failure:
        raise _refused(at, failure) from failure
    return version


def _refused(at: dict[str, Any], error: Exception) -> Problem:
    """Why a MySQL server did not let us in."""
    numbered = isinstance(error, MySQLError) and len(error.args) > 1
    code, said = error.args[:2] if numbered else (type(error).__name__, error)
    at |= {"account": f"{at['user']}@{at['host']}", "code": code, "said": str(said).rstrip(".")}
    # The second is ER_ACCESS_DENIED_NO_PASSWORD_ERROR; PyMySQL's table ends before it.
    if code in (ER.ACCESS_DENIED_ERROR, 1698):
        alter = _("Or, if it logs in over the socket alone: ALTER USER '{user}'@'localhost' IDENTIFIED BY '…';", **at)
        return Problem(
            _("MySQL on {host}:{port} does not let {account} in: wrong password, or no such account ({code}).", **at),
            why=_("The server said: {said}.", **at),
            ways=(_("Give this account's password in MYSQL_PASSWORD, or another account in MYSQL_USER."), alter),
        )
    see = _("See what MySQL's own client says: mysql --host={host} --port={port} --user={user} --password", **at)
    return Problem(_("MySQL on {host}:{port} broke off the login of {account}: {said} ({code}).", **at), ways=(see,))


def _unreached(at: dict[str, Any], error: Exception) -> Problem:
    """Why there was not even a greeting."""
    cause = getattr(error, "original_exception", error)
    if isinstance(cause, ConnectionRefusedError):
        return Unanswered(_("Nothing listens on {host}:{port}.", **at))
    if isinstance(cause, OSError | UnicodeError):
        at |= {"unreached": getattr(cause, "strerror", "") or cause}
        what = _("{host}:{port} cannot be reached: {unreached}.", **at)
        if not isinstance(cause, socket.gaierror | UnicodeError):
            return Unanswered(what)
        return Problem(what, ways=(_("MYSQL_HOST takes the name alone; the port goes into MYSQL_PORT."),))
    # An error of the server's in place of the greeting: it has no room for us, or has barred this machine.
    if error.args and error.args[0] in (ER.CON_COUNT_ERROR, ER.HOST_IS_BLOCKED, ER.HOST_NOT_PRIVILEGED):
        return _refused(at, error)
    return Problem(
        _("What listens on {host}:{port} is not MySQL.", **at),
        why=_(
            "MySQL speaks first: it greets whoever connects. A container whose MySQL is still starting does not yet."
        ),
        ways=(
            _("Name MySQL's own address in MYSQL_HOST and MYSQL_PORT."),
            _("To see which program has the port:") + f" lsof -i:{at['port']}",
        ),
    )
