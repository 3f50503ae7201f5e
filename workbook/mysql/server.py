"""A MySQL server that answers: where it is, how it was found, how to let go of it; or on one screen why none does."""

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

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

    def environment(self, database: str | None = None) -> dict[str, str]:
        """The `MYSQL_*` values under the notes' names, as the application reads them; `MYSQL_DB` if it is given."""
        login = {"HOST": self.host, "PORT": str(self.port), "USER": self.user, "PASSWORD": self.password}
        values = {f"MYSQL_{name}": value for name, value in login.items()}
        return values if database is None else values | {"MYSQL_DB": database}

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


def ours(port: int, how: str, stop: Callable[[], object] = leave_it) -> Server:
    """A server of the workbook's own on this machine, once root is logged in; raises as `probe` does."""
    return Server(HOST, port, USER, PASSWORD, probe(HOST, port, USER, PASSWORD), how, stop)


def probe(host: str, port: int, user: str, password: str, *, timeout: float = 5.0) -> str:
    """Log in and out, waiting `timeout` seconds for each of the server's answers.

    Returns:
        the version that the server greets with, for example `8.4.7`.

    Raises:
        Unanswered: nothing listens there, or nobody takes the call in time.
        Problem: something answered, and it is not a MySQL of `OLDEST` or newer that lets this account in.
    """
    connection = Connection(
        host=host,
        port=port,
        user=user,
        # As bytes: PyMySQL would send a text in Latin-1, and MySQL compares what a UTF-8 client once set.
        password=password.encode(),
        connect_timeout=timeout,
        read_timeout=timeout,
        write_timeout=timeout,
        defer_connect=True,
    )
    failure = None
    try:
        connection.connect()
        connection.close()
    except Exception as error:
        # A stranger's bytes can break PyMySQL anywhere; what counts is whether MySQL's first packet came.
        failure = error
    version = str(getattr(connection, "server_version", ""))
    if not re.match(r"\d+\.\d+", version):
        raise _unreached(host, port, user, failure or ValueError(version)) from failure
    if wrong := _unfit(host, port, version):
        raise wrong from failure
    if failure:
        raise _refused(host, port, user, failure) from failure
    return version


def _unfit(host: str, port: int, version: str) -> Problem | None:
    """Why a server of this version cannot be used, if so."""
    # MariaDB puts 5.5.5- before its version, for old replicas that refuse a major version above 5.
    at = {"host": host, "port": port, "version": version.removeprefix("5.5.5-"), "oldest": ".".join(map(str, OLDEST))}
    if "mariadb" in version.lower():
        what = _("{host}:{port} is a MariaDB server ({version}), not MySQL.", **at)
        why = _("MariaDB's collations, logins and SQL differ, so what a chapter shows is not what it would print.")
    elif tuple(map(int, re.findall(r"\d+", version)[:3])) < OLDEST:
        what = _("MySQL {version} on {host}:{port} is too old: MySQL {oldest} or newer is needed.", **at)
        why = _("The tables use the collation utf8mb4_0900_bin, and older servers do not know it.")
    else:
        return None
    return Problem(
        what, why=why, ways=(_("Run MySQL {oldest} or newer, on another port if this one must stay.", **at),)
    )


def _refused(host: str, port: int, user: str, error: Exception) -> Problem:
    """Why a MySQL server did not let us in."""
    numbered = isinstance(error, MySQLError) and len(error.args) > 1
    code, said = error.args[:2] if numbered else (type(error).__name__, error)
    at = {"host": host, "port": port, "user": user, "account": f"{user}@{host}"}
    at |= {"code": code, "said": str(said).rstrip(".")}
    # The second is ER_ACCESS_DENIED_NO_PASSWORD_ERROR; PyMySQL's table ends before it.
    if code in (ER.ACCESS_DENIED_ERROR, 1698):
        alter = _("Or, if it logs in over the socket alone: ALTER USER '{user}'@'localhost' IDENTIFIED BY '…';", **at)
        return Problem(
            _("MySQL on {host}:{port} does not let {account} in: wrong password, or no such account ({code}).", **at),
            why=_("The server said: {said}.", **at),
            ways=(_("Give this account's password in MYSQL_PASSWORD, or another account in MYSQL_USER."), alter),
        )
    return Problem(
        _("MySQL on {host}:{port} broke off the login of {account}: {said} ({code}).", **at),
        ways=(_("See what MySQL's own client says: mysql --host={host} --port={port} --user={user} --password", **at),),
    )


def _unreached(host: str, port: int, user: str, error: Exception) -> Problem:
    """Why there was not even a greeting."""
    cause = getattr(error, "original_exception", error)
    at = {"host": host, "port": port, "unreached": getattr(cause, "strerror", "") or cause}
    if isinstance(cause, socket.gaierror | UnicodeError):
        name_alone = _("MYSQL_HOST takes the name alone; the port goes into MYSQL_PORT.")
        return Problem(_("{host}:{port} cannot be reached: {unreached}.", **at), ways=(name_alone,))
    if isinstance(cause, ConnectionRefusedError):
        return Unanswered(_("Nothing listens on {host}:{port}.", **at))
    if isinstance(cause, OSError):
        return Unanswered(_("{host}:{port} cannot be reached: {unreached}.", **at))
    # An error of the server's in place of the greeting: it has no room for us, or has barred this machine.
    if error.args and error.args[0] in (ER.CON_COUNT_ERROR, ER.HOST_IS_BLOCKED, ER.HOST_NOT_PRIVILEGED):
        return _refused(host, port, user, error)
    said = b""
    with suppress(OSError), socket.create_connection((host, port), 1) as connection:
        said = connection.recv(20)
    found = _("something that says {said!r}", said=said) if said else _("something that says nothing")
    speaks = _(
        "MySQL speaks first: it greets whoever connects. A container whose MySQL is still starting does not yet."
    )
    return Problem(
        _("What listens on {host}:{port} is not MySQL: it is {found}.", found=found, **at),
        why=speaks,
        ways=(
            _("Name MySQL's own address in MYSQL_HOST and MYSQL_PORT."),
            _("To see which program has the port:") + f" lsof -i:{port}",
        ),
    )
