"""Who listens on the course's two ports."""

import socket
from contextlib import suppress

import psutil

from workbook.doctor.finding import Fact, Finding, Result
from workbook.language import text
from workbook.mysql.mysqld import is_free
from workbook.mysql.stranger import describe

PROTOCOL = 10
"""The fifth byte of a MySQL server's greeting: it speaks first, in this version of its protocol."""


def mysql(port: int = 3306, patience: float = 1.0) -> Result:
    """Whether MySQL's port is free, or is MySQL's.

    Args:
        patience: seconds to wait for each answer of what listens there.
    """
    if is_free(port):
        return Fact(text("free", "비어 있어요"))
    owner = _owner(port)
    if _greets(port, patience):
        return Fact(_named(owner))
    found = describe("127.0.0.1", port, patience)
    return Finding(
        text(
            f"Port {port} of 127.0.0.1 is taken by {_named(owner)}, and it is not MySQL: it is {found}.",
            f"127.0.0.1의 {port} 포트를 {_named(owner)}이(가) 쓰고 있는데, MySQL이 아니에요({found}).",
        ),
        text("MySQL cannot start there.", "MySQL이 그 포트에서 시작할 수 없어요."),
        f"kill {owner.pid}" if owner else f"sudo lsof -i:{port}",
    )


def web(port: int = 8000) -> Result:
    """Whether the port of the API is free."""
    if is_free(port):
        return Fact(text("free", "비어 있어요"))
    owner = _owner(port)
    return Finding(
        text(
            f"Port {port} of 127.0.0.1 is taken by {_named(owner)}.",
            f"127.0.0.1의 {port} 포트를 {_named(owner)}이(가) 쓰고 있어요.",
        ),
        text(
            "uvicorn cannot listen there; requests go to that program instead of yours.",
            "uvicorn이 시작되지 않고, 요청은 여러분의 앱이 아니라 그 프로그램으로 가요.",
        ),
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
    return f"{owner.name()} (pid {owner.pid})" if owner else text("another account's program", "다른 계정의 프로그램")
