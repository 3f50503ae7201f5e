"""Logs in to a MySQL server over TCP, or says in one sentence why that cannot be."""

import re
from typing import Any

from pymysql.connections import Connection

from workbook.mysql.refusal import OLDEST as OLDEST
from workbook.mysql.refusal import Unanswered as Unanswered
from workbook.mysql.refusal import refused, unfit, unreached


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
            problem = unfit(host, port, greeting) or refused(host, port, user, error)
        else:
            problem = unreached(host, port, user, timeout, error)
        if problem is None:
            raise
        raise problem from error
    finally:
        if connection.open:
            connection.close()
    wrong = unfit(host, port, version)
    if wrong:
        raise wrong
    return str(version)


def _greeting(connection: "Connection[Any]") -> str:
    """The version that the server's first packet names; empty when there was no such packet."""
    version = getattr(connection, "server_version", "")
    return version if re.match(r"\d+\.\d+", version) else ""
