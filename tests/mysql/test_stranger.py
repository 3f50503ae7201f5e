"""What sits on a port where a MySQL was expected is named, and never waited for."""

import http.server
import socket
import time

import pytest

from tests.mysql.listener import HOST, listening, serving, silence
from workbook.mysql.probe import Unanswered, probe
from workbook.say import Problem


def test_an_http_server_is_named() -> None:
    server = http.server.ThreadingHTTPServer((HOST, 0), http.server.BaseHTTPRequestHandler)
    with serving(server) as port, pytest.raises(Problem) as caught:
        probe(HOST, port, "root", "1234", timeout=0.2)
    assert caught.value.what == f"What listens on {HOST}:{port} is not MySQL: it is an HTTP server."
    assert not isinstance(caught.value, Unanswered)


def test_a_port_that_says_nothing_does_not_hang() -> None:
    start = time.monotonic()
    with listening(silence) as port, pytest.raises(Problem, match="it is something that says nothing") as caught:
        probe(HOST, port, "root", "1234", timeout=0.1)
    assert time.monotonic() - start < 1
    assert not isinstance(caught.value, Unanswered)


# Stand-ins for servers that a machine may not have: what each of them says first, or to a request it does not know.
@pytest.mark.parametrize(
    ("says", "name"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", "an SSH server"),
        (b"\x05\x00\x00\x00\x0b\x08\x05\x1a\x00", "MySQL's X Protocol"),
        (b"220 mail.example.org ESMTP\r\n", "something that says b'220 mail.example.org"),
        (b"\x01\x00\x00\x00\x0a", r"something that says b'\\x01"),
        (b"", "something that says nothing"),
    ],
)
def test_a_server_that_speaks_first_and_is_not_mysql_is_named(says: bytes, name: str) -> None:
    def speak(caller: socket.socket) -> None:
        caller.sendall(says)
        caller.recv(1024)

    with listening(speak) as port, pytest.raises(Problem, match=f"is not MySQL: it is {name}"):
        probe(HOST, port, "root", "1234", timeout=0.1)


def test_redis_is_named() -> None:
    def speak(caller: socket.socket) -> None:
        if caller.recv(1024):
            caller.sendall(b"-ERR wrong number of arguments for 'get' command\r\n")

    with listening(speak) as port, pytest.raises(Problem, match="it is a Redis server"):
        probe(HOST, port, "root", "1234", timeout=0.1)


def test_postgresql_is_named() -> None:
    def speak(caller: socket.socket) -> None:
        if caller.recv(1024)[4:] == bytes.fromhex("04d2162f"):  # an SSLRequest; anything else makes it hang up
            caller.sendall(b"N")

    with listening(speak) as port, pytest.raises(Problem, match="it is a PostgreSQL server"):
        probe(HOST, port, "root", "1234", timeout=0.1)
