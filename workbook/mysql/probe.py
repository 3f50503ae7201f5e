"""Logs in to a MySQL server over TCP, or says on one screen why that cannot be."""

import re
import socket
from collections.abc import Callable

from pymysql import MySQLError
from pymysql.connections import Connection
from pymysql.constants import ER

from workbook.mysql.server import Server, leave_it
from workbook.say import Problem, _, marked

OLDEST = (8, 0, 17)
"""The first MySQL with the collation `utf8mb4_0900_bin`, which the template's `url_code` is kept in."""

HOST, USER, PASSWORD = "127.0.0.1", "root", "1234"
"""How to log in to every server of the workbook's own, with the notes' password. It listens on this address alone."""


class Unanswered(Problem):
    """Nothing answers there at all. The ladder may go on; any other Problem means that something answered wrongly."""


def probe(host: str, port: int, user: str, password: str, *, timeout: float = 5.0) -> str:
    """Log in and out.

    Args:
        host, port, user, password: where, and as whom.
        timeout: seconds to wait for each of the server's answers.

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
    try:
        connection.connect()
    except Exception as error:
        # A stranger's bytes can break PyMySQL anywhere; what counts is whether MySQL's first packet came.
        greeted = getattr(connection, "server_version", "")
        if re.match(r"\d+\.\d+", greeted):
            raise _unfit(host, port, greeted) or _refused(host, port, user, error) from error
        raise _unreached(host, port, user, timeout, error) from error
    version = str(getattr(connection, "server_version", ""))
    connection.close()
    if wrong := _unfit(host, port, version):
        raise wrong
    return version


def ours(port: int, how: str, stop: Callable[[], object] = leave_it) -> Server:
    """A server of the workbook's own on this machine, once root is logged in; raises as `probe` does."""
    return Server(HOST, port, USER, PASSWORD, probe(HOST, port, USER, PASSWORD), how, stop)


def describe(host: str, port: int, timeout: float) -> str:
    """Ask what takes connections on this port what it is: a noun ("an HTTP server"). Two answers, `timeout` s each."""
    said = b""
    for request, names in _ANSWERS.items():
        try:
            with socket.create_connection((host, port), timeout) as connection:
                connection.sendall(request)
                answer = connection.recv(64)
        except OSError:
            continue
        for prefix, name in names.items():
            if answer.startswith(prefix):
                return _(name)
        said = said or answer
    return _("something that says {said!r}", said=said[:20]) if said else _("something that says nothing")


# A server that speaks first does so whatever it is asked; one that waits to be asked answers one of these.
_ANSWERS = {
    b"GET / HTTP/1.0\r\n\r\n": {
        b"HTTP/": marked("an HTTP server"),
        b"\x15\x03": marked("a TLS server (HTTPS, perhaps)"),
        b"-ERR": marked("a Redis server"),
        b"SSH-": marked("an SSH server"),
        # A notice frame of the X Protocol: five bytes long, type 11.
        b"\x05\x00\x00\x00\x0b": marked("MySQL's X Protocol; the classic protocol has its own port, usually 3306"),
    },
    # An SSLRequest of PostgreSQL's.
    bytes.fromhex("0000000804d2162f"): dict.fromkeys((b"S", b"N"), marked("a PostgreSQL server")),
}

_NO_CONNECTION_LEFT = (
    marked("MySQL on {host}:{port} has no connection left for {account} ({code})."),
    marked("The server said: {said}. Every connection that a pool holds open counts, used or not."),
    (marked("Stop a program that holds some; SHOW PROCESSLIST names them."), marked("Or raise the limit there.")),
)

_REFUSALS: dict[int, tuple[str, str, tuple[str, ...]]] = {
    ER.ACCESS_DENIED_ERROR: (
        marked("MySQL on {host}:{port} does not let {account} in: wrong password, or no such account ({code})."),
        marked("The server said: {said}."),
        (marked("Give this account's password in MYSQL_PASSWORD, or another account in MYSQL_USER."),),
    ),
    # ER_ACCESS_DENIED_NO_PASSWORD_ERROR; PyMySQL's table ends before it.
    1698: (
        marked("MySQL on {host}:{port} does not let {account} in with any password ({code})."),
        marked("The account logs in by its operating-system user (auth_socket), which works over the socket only."),
        (
            marked("Name an account with a password in MYSQL_USER and MYSQL_PASSWORD."),
            marked("Or give it one: ALTER USER '{user}'@'localhost' IDENTIFIED BY '…';"),
        ),
    ),
    ER.CON_COUNT_ERROR: _NO_CONNECTION_LEFT,
    ER.TOO_MANY_USER_CONNECTIONS: _NO_CONNECTION_LEFT,
    ER.USER_LIMIT_REACHED: _NO_CONNECTION_LEFT,
}
"""For MySQL's number of a refusal: what is wrong, why, and the ways on."""

_BROKEN_OFF = (
    marked("MySQL on {host}:{port} broke off the login of {account}: {said} ({code})."),
    "",
    (marked("See what MySQL's own client says: mysql --host={host} --port={port} --user={user} --password"),),
)


def _refused(host: str, port: int, user: str, error: Exception) -> Problem:
    """Why a MySQL server did not let us in."""
    numbered = isinstance(error, MySQLError) and len(error.args) > 1
    code, said = error.args[:2] if numbered else (type(error).__name__, error)
    what, why, ways = _REFUSALS.get(code, _BROKEN_OFF)
    account, said = f"{user}@{host}", str(said).rstrip(".")
    values = {"host": host, "port": port, "user": user, "account": account, "code": code, "said": said}
    return Problem(_(what, **values), why=why and _(why, **values), ways=tuple(_(way, **values) for way in ways))


def _unfit(host: str, port: int, version: str) -> Problem | None:
    """Why a server of this version cannot be used, if so."""
    # MariaDB puts 5.5.5- before its version, for old replicas that refuse a major version above 5.
    if "mariadb" in version.lower():
        mariadb = version.removeprefix("5.5.5-")
        return Problem(
            _("{host}:{port} is a MariaDB server ({mariadb}), not MySQL.", host=host, port=port, mariadb=mariadb),
            why=_(
                "MariaDB began as a copy of MySQL and went its own way: its collations, its logins and its "
                "SQL differ, so what a chapter shows is not what it would print."
            ),
            ways=(_("Run MySQL 8.0 or newer, on another port if MariaDB must keep this one."),),
        )
    if tuple(int(number) for number in re.findall(r"\d+", version)[:3]) >= OLDEST:
        return None
    too_old = marked("MySQL {version} on {host}:{port} is too old: MySQL {oldest} or newer is needed.")
    return Problem(
        _(too_old, version=version, host=host, port=port, oldest=".".join(map(str, OLDEST))),
        why=_("The tables use the collation utf8mb4_0900_bin, and older servers do not know it."),
        ways=(_("Run a newer MySQL, on another port if the old one must stay."),),
    )


def _unreached(host: str, port: int, user: str, timeout: float, error: Exception) -> Problem:
    """Why there was not even a greeting."""
    cause = getattr(error, "original_exception", error)
    reason = getattr(cause, "strerror", "") or cause
    if isinstance(cause, socket.gaierror | UnicodeError):
        return Problem(
            _("No host is called {host!r}.", host=host),
            why=_("Looking it up failed: {reason}.", reason=reason),
            ways=(
                _("Correct MYSQL_HOST; this machine's own name is localhost."),
                _("MYSQL_HOST takes the name alone; the port goes into MYSQL_PORT."),
            ),
        )
    if isinstance(cause, OSError):
        what = marked("{host}:{port} cannot be reached: {unreached}.")
        if isinstance(cause, ConnectionRefusedError):
            what = marked("Nothing listens on {host}:{port}.")
        if isinstance(cause, TimeoutError):
            what = marked("Nobody answers on {host}:{port}: no connection within {timeout:g} seconds.")
        return Unanswered(_(what, host=host, port=port, timeout=timeout, unreached=reason))
    # An error packet in place of the greeting: MySQL has no room for us, or has barred this machine.
    if error.args and error.args[0] in (ER.CON_COUNT_ERROR, ER.HOST_IS_BLOCKED, ER.HOST_NOT_PRIVILEGED):
        return _refused(host, port, user, error)
    found = describe(host, port, min(timeout, 1.0))
    return Problem(
        _("What listens on {host}:{port} is not MySQL: it is {found}.", host=host, port=port, found=found),
        why=_(
            "MySQL speaks first: it greets whoever connects. A container whose MySQL is still starting does not yet."
        ),
        ways=(
            _("Name MySQL's own address in MYSQL_HOST and MYSQL_PORT."),
            _("To see which program has the port:") + f" lsof -i:{port}",
        ),
    )
