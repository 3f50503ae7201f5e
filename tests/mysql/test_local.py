"""The private server: throwaway ones for tests, the one that keeps its data."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.waiting import until
from workbook.mysql import is_free, local
from workbook.mysql.login import create_database, cursor, databases
from workbook.say import Problem

pytestmark = pytest.mark.slow

START = "import sys; from workbook.mysql import local; s = local.start(use=sys.argv[1]); print(s.port, flush=True); "


@pytest.fixture
def throwaways(home: Path, programs_home: Path) -> Iterator[None]:
    """Check that the test leaves no throwaway directory behind, in a folder where nobody else makes any."""
    (pristine,) = programs_home.glob("pristine-*[!lq]")
    (home / pristine.name).symlink_to(pristine)
    yield
    until(lambda: not list(home.glob("throwaway-*")), "cleaning up")


@pytest.mark.usefixtures("throwaways")
def test_throwaway_servers_asked_for_at_once_are_new_and_two_and_leave_nothing_behind() -> None:
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: local.start(use="test"), range(2))
    with first, second:
        create_database(first, "only_here")
        assert first.port != second.port
        assert databases(second) == []
        with cursor(first) as ask:
            ask.execute("SELECT @@innodb_flush_method, @@log_bin, @@secure_file_priv, @@bind_address")
            assert ask.fetchone() == ("nosync", 0, "NULL", "127.0.0.1")


@pytest.mark.usefixtures("throwaways")
def test_a_server_goes_when_its_owner_is_killed(home: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", START + "sys.stdin.read()", "test"], stdin=-1, stdout=-1)
    port = int(owner.stdout.readline())
    owner.kill()
    owner.communicate()
    until(lambda: is_free(port), "the server's end")
    until(lambda: local.running(home) is None, "forgetting it")


def test_the_kept_server_finds_its_data_again(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with local.start(use="bound") as server, cursor(server) as ask:
        ask.execute("SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@innodb_doublewrite")
        assert ask.fetchone() == (1, 1, "ON")
        create_database(server, "meetings_of_mine")
    assert is_free(server.port)

    longer_than_a_socket_name = tmp_path / "홍길동 의 폴더" / ("deep" * 25)
    longer_than_a_socket_name.parent.mkdir()
    home.parent.rename(longer_than_a_socket_name)
    monkeypatch.setenv("WORKBOOK_HOME", str(longer_than_a_socket_name))
    with local.start(use="bound") as again:
        assert again.environment() == server.environment()
        assert databases(again) == ["meetings_of_mine"]


def test_a_detached_server_outlives_its_owner_is_found_and_recovers_what_it_had_answered_for(home: Path) -> None:
    (home / "data").rename(home / "data.partial")  # killed while it made its data, it makes it anew
    port = int(subprocess.check_output([sys.executable, "-c", START, "detached"]))
    found = local.start(use="bound")
    assert (found.port, "running already" in found.how) == (port, True)
    create_database(found, "answered")
    found.stop()
    server, _port = local.running(home)  # one that was found is left running
    server.kill()
    server.wait()
    # By now the number may be another program's: that is no server, and left alone.
    for file in ("mysqld.pid", "mysql.sock.lock"):
        (home / "data" / file).write_text(f"{os.getppid()}\n")
    assert not local.stop_kept()
    assert databases(local.start(use="detached")) == ["answered"]
    assert (local.stop_kept(), is_free(port), local.stop_kept()) == (True, True, False)


def test_a_port_that_someone_took_is_left_to_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as someone:
        taken = someone.getsockname()[1]
        monkeypatch.setattr(local, "is_free", lambda port: True)  # it was taken between the look and the start
        (home / "port").write_text(f"{taken}\n")
        with local.start(use="bound") as server:
            assert server.port != taken


def test_a_folder_that_cannot_be_written_and_a_full_disk_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "DATA_BYTES", 10**18)
    with pytest.raises(Problem, match=r"cannot take MySQL's files: 1000000000000 MB are needed, \d+ MB are free"):
        local.start(use="test")
    assert not list(home.glob("throwaway-*"))
    monkeypatch.setenv("WORKBOOK_HOME", "/proc/nowhere")
    with pytest.raises(Problem, match="/proc/nowhere/mysql cannot take MySQL's files"):
        local.start(use="test")
