"""Logging in, and the one sentence for each way that it can fail."""

import os
import socket
import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from workbook.login import cursor
from workbook.mysql import free_port
from workbook.mysql.server import Server, Unanswered, probe
from workbook.say import Problem

HOST = "127.0.0.1"


@contextmanager
def account(server: Server, password: str, state: str = "") -> Iterator[str]:
    """An account of this process's own on the real server; yields its name."""
    name = f"d_account_{os.getpid()}"
    with cursor(server) as ask:
        ask.execute(f"CREATE USER {name} IDENTIFIED BY %s {state}", (password,))
        try:
            yield name
        finally:
            ask.execute(f"DROP USER {name}")


def problem(host: str, port: int, user: str = "root", password: str = "1234", timeout: float = 5) -> Problem:
    """What the probe raises."""
    with pytest.raises(Problem) as caught:
        probe(host, port, user, password, timeout=timeout)
    return caught.value


def test_who_is_not_let_in_is_told_with_the_servers_own_words(mysql: Server) -> None:
    refused = problem(mysql.host, mysql.port, "d_nobody", "wrong")
    assert f"does not let d_nobody@{mysql.host} in: wrong password, or no such account (1045)." in refused.what
    assert "(using password: YES)" in refused.why
    with account(mysql, "1234", "ACCOUNT LOCK") as name:
        locked = problem(mysql.host, mysql.port, name)
    assert f"broke off the login of {name}" in locked.what
    assert "Account is locked (3118)." in locked.what


@pytest.mark.parametrize("host", ["no-such-host.invalid", "localhost:3306", "a..b"])
def test_a_host_that_cannot_be_looked_up_binds_and_is_told(host: str) -> None:
    found = problem(host, 3306)
    assert found.what.startswith(f"{host}:3306 cannot be reached")
    assert "the port goes into MYSQL_PORT" in found.ways[-1]
    assert not isinstance(found, Unanswered)


def test_where_nobody_takes_the_call_it_is_unanswered() -> None:
    closed = problem(HOST, port := free_port())
    assert (type(closed), closed.what) == (Unanswered, f"Nothing listens on {HOST}:{port}.")
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(8):  # fill the queue that nobody empties, and the next caller waits
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        full = problem(*listener.getsockname(), timeout=0.2)
    assert (type(full), "cannot be reached: timed out" in full.what) == (Unanswered, True)


def packet(payload: bytes, number: int = 0) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


def greeting(version: str) -> bytes:
    """The first packet of a server with `mysql_native_password` and no TLS, read off MariaDB 10.11's wire."""
    head = b"\x0a" + version.encode() + b"\0" + struct.pack("<I", 4) + b"12345678\0"
    capabilities = struct.pack("<HBHH", 0xF7FE, 8, 2, 0x81FF) + b"\x15" + bytes(10)
    return packet(head + capabilities + b"123456789012\0mysql_native_password\0")


TOO_MANY = packet(b"\xff" + struct.pack("<H", 1040) + b"#08004Too many connections")
SOCKET_LOGIN = packet(b"\xff" + struct.pack("<H", 1698) + b"#28000Access denied", 2)


# Stand-ins: servers that a machine may not have, and a real one's state that would stop the other tests.
@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (greeting("8.0.16"), "MySQL 8.0.16 on {at} is too old: MySQL 8.0.17 or newer is needed."),
        (greeting("5.5.5-10.11.18-MariaDB"), "{at} is a MariaDB server (10.11.18-MariaDB), not MySQL."),
        (greeting("8.4.7"), "MySQL on {at} broke off the login of root@127.0.0.1: "),
        (greeting("8.4.7") + SOCKET_LOGIN, "MySQL on {at} does not let root@127.0.0.1 in: "),
        (TOO_MANY, "MySQL on {at} broke off the login of root@127.0.0.1: Too many connections (1040)."),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "What listens on {at} is not MySQL."),
        (b"", "What listens on {at} is not MySQL."),
    ],
)
def test_who_answers_wrongly_is_named(says: bytes, sentence: str) -> None:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(says)
                self.request.recv(1024)

    with socketserver.ThreadingTCPServer((HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        found = problem(HOST, port := server.server_address[1], timeout=0.2)
        server.shutdown()
    assert found.what.startswith(sentence.format(at=f"{HOST}:{port}"))
    assert found.ways
    assert not isinstance(found, Unanswered)
