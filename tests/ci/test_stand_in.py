"""Nothing of a workflow changes this machine: programs of its own stand in, and say what they leave out."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.ci.conftest import Ci, passes
from workbook.ci import stand_in
from workbook.ci.mysql import Gate

pytestmark = pytest.mark.slow


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate before a server that says hello."""
    with socket.create_server(("127.0.0.1", 0)) as server, Gate(server.getsockname()) as gate:
        yield gate


def settings(gate: Gate) -> dict[str, Any]:
    return {"ports": {"3306": gate.port}, "bell": gate.bell, "mysql": None, "mysqladmin": None}


def answers(gate: Gate) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", gate.port)):
            return True
    except ConnectionRefusedError:
        return False


@pytest.mark.parametrize(
    "command",
    [
        "sudo systemctl start mysql",
        "sudo systemctl restart --quiet mysql.service",
        "sudo -E -u root service mysql start",
        "sudo /etc/init.d/mysql start",
        "systemctl start mysqld",
    ],
)
def test_every_way_to_start_mysql_starts_it(gate: Gate, command: str) -> None:
    assert not answers(gate)

    name, *arguments = command.split()
    assert stand_in.run(settings(gate), name, arguments) == 0

    assert answers(gate)


@pytest.mark.parametrize(
    "command",
    ["sudo systemctl stop mysql", "sudo systemctl start postgresql", "sudo apt-get update", "sudo rm -rf /", "sudo"],
)
def test_nothing_else_starts_it_or_is_done(gate: Gate, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, *arguments = command.split()
    assert stand_in.run(settings(gate), name, arguments) == 0

    assert not answers(gate)
    assert capsys.readouterr().out.startswith("not run here: ")


def test_a_client_that_this_machine_has_not_fails_and_is_named(gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    assert stand_in.run(settings(gate), "mysql", ["-e", "SELECT 1"]) == 127
    assert capsys.readouterr().out == "not run here: mysql -e SELECT 1\n"


def test_what_is_said_travels_through_the_gate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, Gate(server.getsockname()) as gate:
        stand_in.run(settings(gate), "systemctl", ["start", "mysql"])
        with socket.create_connection(("127.0.0.1", gate.port)) as near:
            there, _address = server.accept()
            with there:
                there.sendall(b"hello")
                assert near.recv(5) == b"hello"
                near.sendall(b"world")
                assert there.recv(5) == b"world"


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no such rights to lose")
def test_a_step_cannot_change_what_is_not_the_jobs(ci: Ci, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "kept").write_text("mine")

    passes(
        ci,
        f"! echo x > {there}/new",
        f"! echo x >> {there}/kept",
        f"! rm -rf {there}",
        f"! mv {there}/kept .",
        f"! chmod 777 {there}",
        f"! cp /etc/hostname {there}/kept",
        f"! ln -sf /etc/hostname {there}/kept",
        "! python3 -c 'import os; os.setuid(0)'",
        f"! kill {os.getpid()}",
        "! touch /etc/workbook-was-here",
        "echo text | tee a && cp a b && mv b c && ln -s c d && rm a && cp /etc/hostname e",
    )

    assert [(path.name, path.read_text()) for path in there.iterdir()] == [("kept", "mine")]
    assert not Path("/etc/workbook-was-here").exists()


def test_the_time_zone_of_this_machine_stays(ci: Ci) -> None:
    before = Path("/etc/localtime").lstat()
    said = passes(ci, "sudo rm /etc/localtime\nsudo timedatectl set-timezone Asia/Seoul", 'test "$(date +%Z)" = UTC')

    assert "         not run here: sudo rm /etc/localtime\n" in said
    assert "         not run here: timedatectl set-timezone Asia/Seoul\n" in said
    assert Path("/etc/localtime").lstat() == before


def test_the_job_has_a_home_and_packages_of_its_own(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project forgot to name must be missing, as on GitHub."""
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    passes(
        ci,
        f'test "$HOME" != {Path.home()} && touch ~/.bashrc',
        "test -z \"$VIRTUAL_ENV\" && ! python3 -c 'import tortoise'",
        'test "$(command -v python)" = "$(dirname "$(command -v pip)")/python"',
    )
