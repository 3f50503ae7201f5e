"""Logging in, and the one sentence for each way that it can fail."""

import http.server
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pymysql
import pytest

from tests.mysql.listener import HOST, listening, serving, silence
from workbook.login import cursor
from workbook.mysql.probe import Unanswered, probe
from workbook.mysql.server import Server
from workbook.say import Problem


def packet(payload: bytes, number: int = 0) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


def greeting(version: str) -> bytes:
    """The first packet of a server with `mysql_native_password` and no TLS (protocol version 10).

    A stand-in, because neither MySQL 5.7 nor MariaDB can be had on every machine that runs these tests. The fields are
    the ones that MariaDB 10.11 sent, read off the wire.
    """
    head = b"\x0a" + version.encode() + b"\0" + struct.pack("<I", 4) + b"12345678\0"
    capabilities = struct.pack("<HBHH", 0xF7FE, 8, 2, 0x81FF) + b"\x15" + bytes(10)
    return packet(head + capabilities + b"123456789012\0mysql_native_password\0")


@contextmanager
def account(server: Server, name: str, password: str, limits: str = "") -> Iterator[None]:
    """An account of the test's own on the real server."""
    with cursor(server) as ask:
        ask.execute(f"DROP USER IF EXISTS {name}")
        ask.execute(f"CREATE USER {name} IDENTIFIED BY %s {limits}", (password,))
        try:
            yield
        finally:
            ask.execute(f"DROP USER {name}")


def problem(host: str, port: int, user: str = "root", password: str = "1234", timeout: float = 5) -> Problem:
    """What the probe raises."""
    with pytest.raises(Problem) as caught:
        probe(host, port, user, password, timeout=timeout)
    return caught.value


@pytest.mark.parametrize("password", ["p$a ss#w'o\"rd\\", "비밀번호", ""])
def test_any_password_can_be_used_and_the_version_is_the_answer(mysql: Server, password: str) -> None:
    with account(mysql, "d_any_password", password):
        assert probe("localhost", mysql.port, "d_any_password", password) == mysql.version


@pytest.mark.parametrize("user", ["root", "d_nobody"])
def test_a_wrong_password_names_the_account_and_the_number(mysql: Server, user: str) -> None:
    found = problem(mysql.host, mysql.port, user, "wrong")
    assert found.what == (
        f"MySQL on {mysql.host}:{mysql.port} does not let {user}@{mysql.host} in: "
        "wrong password, or no such account (1045)."
    )
    assert "(using password: YES)" in found.why
    assert not isinstance(found, Unanswered)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "localhost:3306", "a..b"])
def test_what_cannot_be_looked_up_is_an_unknown_host(host: str) -> None:
    found = problem(host, 3306)
    assert found.what == f"No host is called {host!r}."
    assert "the port goes into MYSQL_PORT" in found.ways[-1]
    assert not isinstance(found, Unanswered)


def test_a_closed_port_is_unanswered() -> None:
    with socket.socket() as reserved:
        reserved.bind((HOST, 0))  # bound and not listening: nobody else can take it
        port = reserved.getsockname()[1]
        with pytest.raises(Unanswered, match=f"Nothing listens on {HOST}:{port}"):
            probe(HOST, port, "root", "1234")


def test_a_port_that_takes_no_call_is_unanswered() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(8):  # fill the queue that nobody empties, and the next caller waits
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        with pytest.raises(Unanswered, match=r"no connection within 0\.2 seconds"):
            probe(*listener.getsockname(), "root", "1234", timeout=0.2)


TOO_MANY = packet(b"\xff" + struct.pack("<H", 1040) + b"#08004Too many connections")
SOCKET_LOGIN = packet(b"\xff" + struct.pack("<H", 1698) + b"#28000Access denied", 2)
MARIADB = greeting("5.5.5-10.11.18-MariaDB-0+deb12u1")


# Stand-ins: servers that a machine may not have, and a real one's state that would stop the other tests.
@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        (greeting("5.7.44-log"), "MySQL 5.7.44-log on {at} is too old: MySQL 8.0.17 or newer is needed."),
        (greeting("8.0.16"), "MySQL 8.0.16 on {at} is too old: MySQL 8.0.17 or newer is needed."),
        (MARIADB, "{at} is a MariaDB server (10.11.18-MariaDB-0+deb12u1), not MySQL."),
        (greeting("11.8.3-MariaDB-ubu2404"), "{at} is a MariaDB server (11.8.3-MariaDB-ubu2404), not MySQL."),
        (greeting("8.4.7"), "MySQL on {at} broke off the login of root@127.0.0.1: "),
        (greeting("8.4.7") + SOCKET_LOGIN, "MySQL on {at} does not let root@127.0.0.1 in with any password (1698)."),
        (TOO_MANY, "MySQL on {at} has no connection left for root@127.0.0.1 (1040)."),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "What listens on {at} is not MySQL: it is an SSH server."),
        (b"\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", "What listens on {at} is not MySQL: it is MySQL's X Protocol; "),
        (b"220 mail.example.org", "What listens on {at} is not MySQL: it is something that says b'220 mail.exam"),
        (b"\x01\x00\x00\x00\x0a", "What listens on {at} is not MySQL: it is something that says b'\\x01"),
        (b"", "What listens on {at} is not MySQL: it is something that says nothing."),
    ],
)
def test_who_answers_wrongly_is_named(says: bytes, sentence: str) -> None:
    def speak(caller: socket.socket) -> None:
        caller.sendall(says)
        caller.recv(1024)

    with listening(speak) as port:
        found = problem(HOST, port, timeout=0.2)
    assert found.what.startswith(sentence.format(at=f"{HOST}:{port}"))
    assert found.ways
    assert not isinstance(found, Unanswered)


def redis(asked: bytes) -> bytes:
    return b"-ERR wrong number of arguments for 'get' command\r\n"


def postgresql(asked: bytes) -> bytes:
    return b"N" if asked[4:] == bytes.fromhex("04d2162f") else b""  # an SSLRequest; anything else makes it hang up


@pytest.mark.parametrize(("answer", "name"), [(redis, "a Redis server"), (postgresql, "a PostgreSQL server")])
def test_a_server_that_waits_to_be_asked_is_named(answer: Callable[[bytes], bytes], name: str) -> None:
    def speak(caller: socket.socket) -> None:
        if asked := caller.recv(1024):
            caller.sendall(answer(asked))

    with listening(speak) as port:
        assert f"it is {name}." in problem(HOST, port, timeout=0.2).what


def test_an_http_server_is_named_and_a_silent_one_does_not_hang() -> None:
    with serving(http.server.ThreadingHTTPServer((HOST, 0), http.server.BaseHTTPRequestHandler)) as port:
        assert "it is an HTTP server." in problem(HOST, port, timeout=0.2).what
    with listening(silence) as port:
        assert "it is something that says nothing." in problem(HOST, port, timeout=0.1).what


def test_an_account_without_a_free_connection_says_so(mysql: Server) -> None:
    with account(mysql, "d_limited", "1234", "WITH MAX_USER_CONNECTIONS 1"):
        login = {"host": mysql.host, "port": mysql.port, "user": "d_limited", "password": "1234"}
        with pymysql.connect(**login):
            found = problem(**login)
    assert found.what == (
        f"MySQL on {mysql.host}:{mysql.port} has no connection left for d_limited@{mysql.host} (1226)."
    )
    assert "max_user_connections" in found.why


def test_a_locked_account_is_told_with_the_servers_own_words(mysql: Server) -> None:
    with account(mysql, "d_locked", "1234", "ACCOUNT LOCK"):
        found = problem(mysql.host, mysql.port, "d_locked")
    assert "broke off the login of d_locked" in found.what
    assert "Access denied for user 'd_locked'" in found.what
    assert "Account is locked (3118)." in found.what
