"""Who listens on the course's two ports."""

import socket
from contextlib import suppress

import psutil

from workbook.doctor.finding import Fact, Finding, Result
from workbook.mysql.mysqld import is_free
from workbook.mysql.probe import describe
from workbook.say import _

PROTOCOL = 10
"""The fifth byte of a MySQL server's greeting: it speaks first, in this version of its protocol."""


def mysql(port: int = 3306, patience: float = 1.0) -> Result:
    """Whether MySQL's port is free, or is MySQL's.

    Args:
        patience: seconds to wait for each answer of what listens there.
    """
    if is_free(port):
        return Fact(_("free"))
    owner = _owner(port)
    if _greets(port, patience):
        return Fact(_named(owner))
    found = describe("127.0.0.1", port, patience)
    return Finding(
        _(
            "Port {port} of 127.0.0.1 is taken by {named}, and it is not MySQL: it is {found}.",
            port=port,
            named=_named(owner),
            found=found,
        ),
        _("MySQL cannot start there."),
        f"kill {owner.pid}" if owner else f"sudo lsof -i:{port}",
    )


def web(port: int = 8000) -> Result:
    """Whether the port of the API is free."""
    if is_free(port):
        return Fact(_("free"))
    owner = _owner(port)
    return Finding(
        _("Port {port} of 127.0.0.1 is taken by {named}.", port=port, named=_named(owner)),
        _("uvicorn cannot listen there; requests go to that program instead of yours."),
        f"kill {owner.pid}" if owner else f"sudo lsof -i:{port}",
    )


def _greets(port: int, patience: float) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), patience) as connection:
        greeting = connection.recv(64)
        return len(greeting) > 5 and greeting[4] == PROTOCOL
    return False


def _owner(port: int) -> psutil.Process | None:
    """The process that listens, if this account may know it."""
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN and each.pid:
                return psutil.Process(each.pid)
    return None


def _named(owner: psutil.Process | None) -> str:
    return f"{owner.name()} (pid {owner.pid})" if owner else _("another account's program")
