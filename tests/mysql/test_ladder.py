"""The ladder: its rungs' order, what a person named, the one finder of what runs; each way that a login can fail."""

import re
import socket
import struct
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from unittest.mock import Mock

import pytest

from tests.conftest import account
from workbook.mysql import docker, free_port, ladder, local
from workbook.mysql.server import Server, Unanswered, Unavailable, probe
from workbook.say import Problem

HOST = "127.0.0.1"


@pytest.fixture(autouse=True)
def no_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Docker nor this machine serves, unless the test says so; what somebody runs here stays out of it."""
    for rung in (docker, local):
        monkeypatch.setattr(rung, "start", Mock(side_effect=Unavailable("not here")))
        monkeypatch.setattr(rung, "found", lambda *project: None)


def test_a_named_server_comes_first(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    assert ladder.climb(tmp_path, use="bound").how.startswith("given by the environment")
    assert ladder.running(tmp_path).environment() == mysql.environment()
    with pytest.raises(Problem, match="No MySQL could be found"):
        ladder.climb(tmp_path, use="test")
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")
    assert ladder.climb(tmp_path, use="test").port == mysql.port


def test_where_nothing_serves_each_rung_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("MYSQL_DB=when2meet_vod\n# MYSQL_HOST=db.example.org\nMYSQL_USER=\nMYSQL_PORT\n")
    monkeypatch.setenv("MYSQL_HOST", "")
    with pytest.raises(Problem) as caught:
        ladder.climb(tmp_path, use="bound")
    named = f"  given: neither the environment nor {tmp_path / '.env'} names a server (MYSQL_HOST, …)"
    assert caught.value.why.splitlines()[1:] == [named, "  docker: not here", "  local: not here"]
    assert len(caught.value.ways) == 3
    assert ladder.running(tmp_path) is None
    monkeypatch.setenv("WORKBOOK_MYSQL", "podman")
    with pytest.raises(Problem, match="'podman', which is none of given, docker, local"):
        ladder.climb(tmp_path, use="test")


def test_a_silent_one_gives_way_unless_strict(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"MYSQL_HOST={HOST}\nMYSQL_PORT={free_port()}\n")
    monkeypatch.setattr(local, "found", lambda: mysql)
    monkeypatch.setattr(docker, "start", lambda project, throwaway: pytest.fail("started another"))
    assert ladder.climb(tmp_path, use="detached") is mysql
    assert ladder.running(tmp_path) is mysql
    for rung in ("", "local"):
        monkeypatch.setenv("WORKBOOK_MYSQL", rung)
        with pytest.raises(Unanswered, match="Nothing listens on") as caught:
            ladder.running(tmp_path, strict=True)
        assert "given by .env (MYSQL_HOST, MYSQL_PORT)" in caught.value.why


def test_what_nobody_named_is_for_looking_at(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "DEFAULTS", mysql.environment())
    assert ladder.running(tmp_path) is None
    assert ladder.unnamed().sentence.endswith("which neither the environment nor .env names")
    monkeypatch.setattr(ladder, "DEFAULTS", mysql.environment() | {"MYSQL_PORT": str(free_port())})
    assert ladder.unnamed() is None


def test_the_environment_wins_over_the_file(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (mysql.environment() | {"MYSQL_HOST": "no-such-host.invalid"}).items()
    (tmp_path / ".env").write_bytes("".join(f"{name}='{value}'\r\n" for name, value in lines).encode())
    monkeypatch.setenv("MYSQL_HOST", mysql.host)
    assert (found := ladder.given(tmp_path)).environment() == mysql.environment()
    assert found.how == "given by .env (MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD), the environment (MYSQL_HOST)"
    monkeypatch.setenv("MYSQL_PASSWORD", "wrong")
    with pytest.raises(Problem, match=r"\(1045\)") as caught:
        ladder.given(tmp_path)
    assert caught.value.why.endswith("(MYSQL_PORT, MYSQL_USER), the environment (MYSQL_HOST, MYSQL_PASSWORD).")


@pytest.mark.parametrize("password", ["'p$a#s ${HOME} s'", "p$a#s${HOME}", "비밀", ""])
def test_a_password_in_the_file_is_taken_as_it_stands(mysql: Server, tmp_path: Path, password: str) -> None:
    written, password = password, password.strip("'")
    with account(mysql, password) as mine:
        values = f"MYSQL_HOST={mine.host}\nexport MYSQL_PORT={mine.port}\nMYSQL_USER={mine.user}\n"
        (tmp_path / ".env").write_text(f"{values}MYSQL_PASSWORD={written}", encoding="utf-8")
        found = ladder.given(tmp_path)
    assert found.password == password


def test_values_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("MYSQL_PORT=33o6")
    with pytest.raises(Problem, match=r"MYSQL_PORT is not a port number: '33o6' \(\.env\)"):
        ladder.given(tmp_path)
    (tmp_path / ".env").write_text("MYSQL_PASSWORD=비밀", encoding="cp949")
    with pytest.raises(Problem, match=r"\.env cannot be read: it is not UTF-8 text"):
        ladder.given(tmp_path)


def problem(host: str, port: int, user: str = "root", password: str = "1234", timeout: float = 5) -> Problem:
    with pytest.raises(Problem) as caught:
        probe(host, port, user, password, timeout=timeout)
    return caught.value


def test_who_is_not_let_in_is_told_with_the_servers_own_words(mysql: Server) -> None:
    refused = problem(mysql.host, mysql.port, "d_nobody", "wrong")
    assert f"does not let d_nobody@{mysql.host} in: wrong password, or no such account (1045)." in refused.what
    assert "(using password: YES)" in refused.why
    with account(mysql, "1234", "ACCOUNT LOCK") as mine:
        locked = problem(mine.host, mine.port, mine.user)
    assert re.search(f"broke off the login of {mine.user}@.*Account is locked .3118", locked.what)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "localhost:3306", "a..b"])
def test_a_host_that_cannot_be_looked_up_binds_and_is_told(host: str) -> None:
    found = problem(host, 3306)
    assert (type(found), found.what.startswith(f"{host}:3306 cannot be reached")) == (Problem, True)
    assert "the port goes into MYSQL_PORT" in found.ways[-1]


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
    with socket.create_server((HOST, 0)) as server, ThreadPoolExecutor() as pool:
        called = pool.submit(problem, HOST, port := server.getsockname()[1], timeout=0.2)
        with server.accept()[0] as caller, suppress(OSError):
            caller.sendall(says)
            caller.recv(1024)
        found = called.result()
    assert found.what.startswith(sentence.format(at=f"{HOST}:{port}"))
    assert (type(found), bool(found.ways)) == (Problem, True)
