"""Logging in, and the one sentence for each way that it can fail."""

import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pymysql
import pytest

from tests.mysql.listener import HOST, listening
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


def test_a_login_answers_with_the_version(mysql: Server) -> None:
    assert probe(mysql.host, mysql.port, mysql.user, mysql.password) == mysql.version


def test_a_login_by_name_of_the_host_works_too(mysql: Server) -> None:
    assert probe("localhost", mysql.port, mysql.user, mysql.password) == mysql.version


@pytest.mark.parametrize("password", ["p$a ss#w'o\"rd\\", "비밀번호", ""])
def test_any_password_can_be_used(mysql: Server, password: str) -> None:
    with account(mysql, "d_any_password", password):
        assert probe(mysql.host, mysql.port, "d_any_password", password) == mysql.version


@pytest.mark.parametrize("user", ["root", "d_nobody"])
def test_a_wrong_password_names_the_account_and_the_number(mysql: Server, user: str) -> None:
    with pytest.raises(Problem) as caught:
        probe(mysql.host, mysql.port, user, "wrong")
    assert caught.value.what == (
        f"MySQL on {mysql.host}:{mysql.port} does not let {user}@{mysql.host} in: "
        "wrong password, or no such account (1045)."
    )
    assert "(using password: YES)" in caught.value.why
    assert not isinstance(caught.value, Unanswered)


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(Problem, match=r"No host is called 'no-such-host\.invalid'") as caught:
        probe("no-such-host.invalid", 3306, "root", "1234")
    assert not isinstance(caught.value, Unanswered)


@pytest.mark.parametrize("host", ["localhost:3306", "a..b"])
def test_what_cannot_be_a_host_name_is_an_unknown_host(host: str) -> None:
    with pytest.raises(Problem) as caught:
        probe(host, 3306, "root", "1234")
    assert caught.value.what == f"No host is called {host!r}."
    assert ("MYSQL_PORT" in str(caught.value)) == (":" in host)


def test_a_closed_port_is_unanswered() -> None:
    with socket.socket() as reserved:
        reserved.bind((HOST, 0))  # bound and not listening: nobody else can take it
        port = reserved.getsockname()[1]
        with pytest.raises(Unanswered, match=f"Nothing listens on {HOST}:{port}"):
            probe(HOST, port, "root", "1234")


def test_a_port_that_takes_no_call_is_unanswered_in_time() -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _ in range(8):  # fill the queue that nobody empties, and the next caller waits
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        start = time.monotonic()
        with pytest.raises(Unanswered, match=r"no connection within 0\.2 seconds"):
            probe(*listener.getsockname(), "root", "1234", timeout=0.2)
        assert time.monotonic() - start < 1


@pytest.mark.parametrize("version", ["5.7.44-log", "8.0.16", "5.6.51"])
def test_an_old_mysql_is_too_old(version: str) -> None:
    with listening(lambda caller: caller.sendall(greeting(version))) as port, pytest.raises(Problem) as caught:
        probe(HOST, port, "root", "1234")
    assert caught.value.what == f"MySQL {version} on {HOST}:{port} is too old: MySQL 8.0.17 or newer is needed."
    assert not isinstance(caught.value, Unanswered)


@pytest.mark.parametrize("version", ["5.5.5-10.11.18-MariaDB-0+deb12u1", "11.8.3-MariaDB-ubu2404"])
def test_mariadb_is_not_mysql_and_the_message_says_why(version: str) -> None:
    with listening(lambda caller: caller.sendall(greeting(version))) as port, pytest.raises(Problem) as caught:
        probe(HOST, port, "root", "1234")
    assert f"is a MariaDB server ({version.removeprefix('5.5.5-')}), not MySQL" in caught.value.what
    assert "went its own way" in caught.value.why


def test_a_login_that_breaks_off_is_told_from_a_wrong_password() -> None:
    with listening(lambda caller: caller.sendall(greeting("8.4.7"))) as port, pytest.raises(Problem) as caught:
        probe(HOST, port, "root", "1234")
    assert f"MySQL on {HOST}:{port} broke off the login of root@{HOST}" in caught.value.what


def test_a_server_without_a_free_connection_says_so() -> None:
    """A stand-in: taking every connection of the real server would stop the other tests."""
    error = packet(b"\xff" + struct.pack("<H", 1040) + b"#08004Too many connections")
    with listening(lambda caller: caller.sendall(error)) as port, pytest.raises(Problem) as caught:
        probe(HOST, port, "root", "1234")
    assert caught.value.what == f"MySQL on {HOST}:{port} has no connection left for root@{HOST} (1040)."
    assert "Too many connections" in caught.value.why


def test_an_account_without_a_free_connection_says_so(mysql: Server) -> None:
    with account(mysql, "d_limited", "1234", "WITH MAX_USER_CONNECTIONS 1"):
        login = {"host": mysql.host, "port": mysql.port, "user": "d_limited", "password": "1234"}
        with pymysql.connect(**login), pytest.raises(Problem) as caught:
            probe(**login)
    assert caught.value.what == (
        f"MySQL on {mysql.host}:{mysql.port} has no connection left for d_limited@{mysql.host} (1226)."
    )


def test_a_locked_account_is_told_with_the_servers_own_words(mysql: Server) -> None:
    with account(mysql, "d_locked", "1234", "ACCOUNT LOCK"), pytest.raises(Problem) as caught:
        probe(mysql.host, mysql.port, "d_locked", "1234")
    assert "broke off the login of d_locked" in caught.value.what
    assert "(3118): Access denied for user 'd_locked'" in caught.value.what
    assert "Account is locked" in caught.value.what


@contextmanager
def without_tls(server: Server) -> Iterator[int]:
    """The real server behind a relay that takes the offer of TLS out of its greeting."""
    offer_of_tls = 0x08

    def relay(caller: socket.socket) -> None:
        with socket.create_connection((server.host, server.port)) as upstream:
            first = bytearray(upstream.recv(4096))
            # Capabilities stand behind the version's NUL, the thread id (4), the salt (8) and a filler.
            first[first.index(0, 5) + 15] &= ~offer_of_tls
            caller.sendall(first)
            answers = threading.Thread(target=pass_on, args=(upstream, caller))
            answers.start()
            pass_on(caller, upstream)
            answers.join()

    def pass_on(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(4096):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    with listening(relay) as port:
        yield port


def test_a_first_login_without_tls_works_with_the_servers_rsa_key(mysql: Server) -> None:
    with account(mysql, "d_rsa", "1234"), without_tls(mysql) as port:
        assert probe(HOST, port, "d_rsa", "1234") == mysql.version


def test_a_login_that_needs_cryptography_says_so_when_it_is_missing(mysql: Server) -> None:
    """In a process of its own, where the package cannot be imported."""
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from workbook.mysql.probe import probe\n"
        "from workbook.say import Problem\n"
        "try: probe(sys.argv[1], int(sys.argv[2]), 'd_no_rsa', '1234')\n"
        "except Problem as problem: print(problem)\n"
    )
    with account(mysql, "d_no_rsa", "1234"), without_tls(mysql) as port:
        command = [sys.executable, "-W", "error", "-c", program, HOST, str(port)]
        done = subprocess.run(command, capture_output=True, text=True)
    assert done.stderr == ""
    assert "needs the Python package `cryptography`, and it is not installed" in done.stdout
