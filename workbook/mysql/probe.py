"""Logs in to a MySQL server over TCP, or says in one sentence why that cannot be."""

import re
import socket
from typing import Any

from pymysql import MySQLError
from pymysql.connections import Connection
from pymysql.constants import ER

from workbook.mysql.stranger import describe
from workbook.problem import Problem

NO_PASSWORD_LOGIN = 1698  # ER_ACCESS_DENIED_NO_PASSWORD_ERROR; PyMySQL's table ends before it

OLDEST = (8, 0, 17)
"""The first MySQL with the collation `utf8mb4_0900_bin`, which the template's `url_code` is kept in."""


class Unanswered(Problem):
    """Nothing answers there at all. The ladder may go on; any other Problem means that something answered wrongly."""


def probe(host: str, port: int, user: str, password: str, *, timeout: float = 5.0) -> str:
    """Log in, ask for the version, log out.

    Args:
        host, port, user, password: where, and as whom.
        timeout: seconds to wait for each of the server's answers.

    Returns:
        what `SELECT VERSION()` said, for example `8.4.7`.

    Raises:
        Unanswered: nothing listens there, or nobody takes the call in time.
        Problem: something answered, and it is not a MySQL 8.0 or newer that lets this account in.
    """
    # As bytes: PyMySQL would send a text in Latin-1, and MySQL compares what a UTF-8 client once set.
    connection = Connection(
        host=host,
        port=port,
        user=user,
        password=password.encode(),
        connect_timeout=timeout,
        read_timeout=timeout,
        write_timeout=timeout,
        defer_connect=True,
    )
    try:
        connection.connect()
        with connection.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            (version,) = cursor.fetchone() or ("",)
    except Exception as error:
        greeting = _greeting(connection)
        if greeting:
            problem = _unfit(host, port, greeting) or _refused(host, port, user, error)
        else:
            problem = _unreached(host, port, user, timeout, error)
        if problem is None:
            raise
        raise problem from error
    finally:
        if connection.open:
            connection.close()
    unfit = _unfit(host, port, version)
    if unfit:
        raise unfit
    return str(version)


def _greeting(connection: "Connection[Any]") -> str:
    """The version that the server's first packet names; empty when there was no such packet."""
    version = getattr(connection, "server_version", "")
    return version if re.match(r"\d+\.\d+", version) else ""


def _unfit(host: str, port: int, version: str) -> Problem | None:
    """Why a server of this version cannot be used, if so."""
    # MariaDB puts 5.5.5- before its version, for old replicas that refuse a major version above 5.
    if "mariadb" in version.lower():
        return Problem(
            f"{host}:{port} is a MariaDB server ({version.removeprefix('5.5.5-')}), not MySQL.",
            why="MariaDB began as a copy of MySQL and went its own way: its collations, its logins and its SQL differ, "
            "so what a chapter shows is not what it would print.",
            ways=("Run MySQL 8.0 or newer, on another port if MariaDB must keep this one.",),
        )
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:3])
    if numbers < OLDEST:
        return Problem(
            f"MySQL {version} on {host}:{port} is too old: MySQL {'.'.join(map(str, OLDEST))} or newer is needed.",
            why="The tables use the collation utf8mb4_0900_bin, and older servers do not know it.",
            ways=("Run a newer MySQL, on another port if the old one must stay.",),
        )
    return None


def _refused(host: str, port: int, user: str, error: Exception) -> Problem | None:
    """Why a MySQL server did not let us in; None for an error that is ours."""
    account = f"{user}@{host}"
    if isinstance(error, RuntimeError) and "cryptography" in str(error):
        return Problem(
            f"The login of {account}, port {port}, needs the Python package `cryptography`, and it is not installed.",
            why="Without TLS, the password travels encrypted with the server's RSA key, and that takes this package.",
            ways=("Install the pinned packages again: make setup",),
        )
    if not isinstance(error, MySQLError):
        return None
    code, said = _code_and_text(error)
    match code:
        case ER.ACCESS_DENIED_ERROR:
            return Problem(
                f"MySQL on {host}:{port} does not let {account} in: wrong password, or no such account ({code}).",
                why=f"The server said: {said}.",
                ways=("Give this account's password in MYSQL_PASSWORD, or another account in MYSQL_USER.",),
            )
        case _ if code == NO_PASSWORD_LOGIN:
            return Problem(
                f"MySQL on {host}:{port} does not let {account} in with any password ({code}).",
                why="The account logs in by its operating-system user (auth_socket), which works over the socket only.",
                ways=(
                    "Name an account with a password in MYSQL_USER and MYSQL_PASSWORD.",
                    f"Or give it one: ALTER USER '{user}'@'localhost' IDENTIFIED BY '…';",
                ),
            )
        case ER.CON_COUNT_ERROR | ER.TOO_MANY_USER_CONNECTIONS | ER.USER_LIMIT_REACHED:
            return Problem(
                f"MySQL on {host}:{port} has no connection left for {account} ({code}).",
                why=f"The server said: {said}. Every connection that a pool holds open counts, used or not.",
                ways=("Stop a program that holds some; SHOW PROCESSLIST names them.", "Or raise the limit there."),
            )
    return Problem(
        f"MySQL on {host}:{port} broke off the login of {account}{f' ({code})' if code else ''}: {said}.",
        ways=(f"See what MySQL's own client says: mysql --host={host} --port={port} --user={user} --password",),
    )


def _unreached(host: str, port: int, user: str, timeout: float, error: Exception) -> Problem | None:
    """Why there was not even a greeting."""
    cause = getattr(error, "original_exception", error)
    if isinstance(cause, socket.gaierror | UnicodeError):
        ways = ["Correct MYSQL_HOST; this machine's own name is localhost."]
        if ":" in host:
            ways.insert(0, "MYSQL_HOST takes the name alone; the port goes into MYSQL_PORT.")
        why = f"Looking it up failed: {getattr(cause, 'strerror', '') or cause}."
        return Problem(f"No host is called {host!r}.", why=why, ways=tuple(ways))
    if isinstance(cause, ConnectionRefusedError):
        return Unanswered(f"Nothing listens on {host}:{port}.", why="The connection was refused.")
    if isinstance(cause, TimeoutError):
        return Unanswered(f"Nobody answers on {host}:{port}: no connection within {timeout:g} seconds.")
    if isinstance(cause, OSError):
        return Unanswered(f"{host}:{port} cannot be reached: {cause.strerror or cause}.")
    # An error packet in place of the greeting: MySQL has no room for us, or has barred this machine.
    if isinstance(error, MySQLError) and _code_and_text(error)[0] in _INSTEAD_OF_A_GREETING:
        return _refused(host, port, user, error)
    found = describe(host, port, min(timeout, 1.0))
    return Problem(
        f"What listens on {host}:{port} is not MySQL: it is {found}.",
        why="MySQL speaks first: it greets whoever connects. A container whose MySQL is still starting does not yet.",
        ways=(
            "Name MySQL's own address in MYSQL_HOST and MYSQL_PORT.",
            f"To see which program has the port: lsof -i:{port}",
        ),
    )


_INSTEAD_OF_A_GREETING = (ER.CON_COUNT_ERROR, ER.HOST_IS_BLOCKED, ER.HOST_NOT_PRIVILEGED)


def _code_and_text(error: MySQLError) -> tuple[int, str]:
    """MySQL's number and sentence for an error; 0 when it has no number."""
    if len(error.args) > 1:
        return int(error.args[0]), str(error.args[1]).rstrip(".")
    return 0, str(error)
