"""Nothing of a workflow changes this machine: programs of its own stand in, and say what they leave out."""

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.conftest import Ci
from workbook.ci import client, ground, stand_in
from workbook.ci.gate import Gate
from workbook.mysql.server import Server


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate before a server that says hello."""
    with socket.create_server(("127.0.0.1", 0)) as server, Gate(("127.0.0.1", server.getsockname()[1])) as gate:
        yield gate


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
    assert stand_in.run(client.Settings({"3306": gate.port}, True, gate.bell), name, arguments) == 0

    assert answers(gate)


@pytest.mark.parametrize(
    "command", ["sudo systemctl stop mysql", "sudo systemctl start postgresql", "sudo apt-get update"]
)
def test_nothing_else_starts_it(gate: Gate, command: str, capsys: pytest.CaptureFixture[str]) -> None:
    name, *arguments = command.split()
    assert stand_in.run(client.Settings({"3306": gate.port}, True, gate.bell), name, arguments) == 0

    assert not answers(gate)
    assert capsys.readouterr().out == f"not run here: {command.removeprefix('sudo ')}\n"


def test_what_sudo_passes_on_travels_through_the_gate(gate: Gate) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, Gate(server.getsockname()) as far:
        stand_in.run(client.Settings({"3306": far.port}, True, far.bell), "systemctl", ["start", "mysql"])
        with socket.create_connection(("127.0.0.1", far.port)) as near:
            there, _ = server.accept()
            with there:
                there.sendall(b"hello")
                assert near.recv(5) == b"hello"
                near.sendall(b"world")
                assert there.recv(5) == b"world"


def test_the_time_zone_of_this_machine_stays(ci: Ci, tmp_path: Path) -> None:
    """The real `rm` must not be reached, whoever runs this: a file that looks like the system's stands for it."""
    ran = ci(
        """\
        - run: |
            sudo rm /etc/localtime
            sudo ln -s /usr/share/zoneinfo/Asia/Seoul /etc/localtime
            sudo timedatectl set-timezone Asia/Seoul
        - run: test "$(date +%Z)" = UTC
        """
    )
    assert ran.code == 0, ran.said
    assert "         not run here: sudo rm /etc/localtime\n" in ran.said
    assert "         not run here: sudo ln -s /usr/share/zoneinfo/Asia/Seoul /etc/localtime\n" in ran.said
    assert "         not run here: timedatectl set-timezone Asia/Seoul\n" in ran.said


@pytest.mark.parametrize(
    "command",
    [
        "rm /etc/of-the-system",
        "mv /etc/of-the-system {own}",
        "cp {own} /etc/of-the-system",
        "ln -s {own} /etc/of-the-system",
    ],
)
def test_root_is_kept_off_the_system_as_githubs_runner_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    environment = ground.prepare(tmp_path / "ground", client.Settings({}, False, None), project=tmp_path, pip=False)
    own = tmp_path / "own"
    own.write_text("mine")

    done = subprocess.run(command.format(own=own), shell=True, env=environment, capture_output=True, text=True)

    assert done.returncode == 1
    assert done.stderr.endswith("/etc/of-the-system: Permission denied\n")
    assert own.exists()


def test_root_may_do_as_it_likes_with_the_jobs_own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    environment = ground.prepare(tmp_path / "ground", client.Settings({}, False, None), project=tmp_path, pip=False)

    script = "echo text | tee a && cp a b && mv b c && ln -s c d && rm a && ls && cp /etc/hostname e"
    done = subprocess.run(script, shell=True, env=environment, cwd=tmp_path, capture_output=True, text=True)

    assert done.stdout.split() == ["text", "c", "d", "ground"]
    assert (tmp_path / "e").exists()


def test_the_home_directory_is_not_the_persons(ci: Ci) -> None:
    ran = ci(f'- run: test "$HOME" != {Path.home()} && touch ~/.bashrc')

    assert ran.code == 0, ran.said


def test_pip_installs_into_a_python_of_the_jobs_own(ci: Ci) -> None:
    ran = ci(
        """\
        - run: pip --version | grep /ground/python/
        - run: test "$(command -v python)" = "$(dirname "$(command -v pip)")/python"
        """
    )

    assert ran.code == 0, ran.said


def test_the_workbooks_own_packages_are_not_there(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project forgot to name must be missing, as on GitHub."""
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    ran = ci("- run: test -z \"$VIRTUAL_ENV\" && ! python3 -c 'import tortoise'")

    assert ran.code == 0, ran.said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-e", "SELECT 1 AS one, NULL AS two"], "one\ttwo\n1\tNULL\n"),
        (["-N", "-s", "-e", "SELECT 1; SELECT 2;"], "1\n2\n"),
        (["-e", "SELECT DATABASE()", "mysql"], "DATABASE()\nmysql\n"),
        (["-D", "mysql", "-Ne", "SELECT DATABASE()"], "mysql\n"),
        (["-e", ";"], ""),
    ],
)
def test_the_client_prints_what_mysqls_own_prints(
    mysql: Server, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    settings = client.Settings({"3306": mysql.port}, False, None)
    login = ["-h", mysql.host, "-P3306", f"-u{mysql.user}", f"-p{mysql.password}"]

    assert client.run(settings, "mysql", [*login, *arguments]) == 0
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["-pwrong", "-e", "SELECT 1"],
            "ERROR 1045 (28000): Access denied for user 'root'@",
        ),
        (["-e", "SELECT"], "ERROR 1064 (42000): You have an error in your SQL syntax"),
        (["-e", "SELECT 1", "no_such_database"], "ERROR 1049 (42000): Unknown database 'no_such_database'"),
        (["-h", "mysql", "-e", "SELECT 1"], "ERROR 2005 (HY000): Unknown MySQL server host 'mysql' (-2)"),
    ],
)
def test_the_client_complains_as_mysqls_own_does(
    mysql: Server, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    settings = client.Settings({"3306": mysql.port}, False, None)
    login = ["-h", mysql.host, "-u", mysql.user, f"--password={mysql.password}"]

    assert client.run(settings, "mysql", [*login, *arguments]) == 1
    assert capsys.readouterr().err.startswith(said)


def test_mysqladmin_pings(mysql: Server, capsys: pytest.CaptureFixture[str]) -> None:
    settings = client.Settings({"3306": mysql.port}, False, None)

    assert client.run(settings, "mysqladmin", ["ping", "-h127.0.0.1", f"-p{mysql.password}", "--silent"]) == 0
    assert capsys.readouterr().out == "mysqld is alive\n"


NO_SOCKET = "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/var/run/mysqld/mysqld.sock' (2)\n"


@pytest.mark.parametrize(
    ("socket", "host", "said"),
    [
        (False, [], NO_SOCKET),  # a service container has none
        (False, ["--host=localhost"], NO_SOCKET),
        (True, [], NO_SOCKET),  # the preinstalled server has one, while it runs
        (False, ["-h127.0.0.1"], "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3306' (111)\n"),
        (
            True,
            ["-h127.0.0.1", "-P3307"],
            "ERROR 2003 (HY000): Can't connect to MySQL server on '127.0.0.1:3307' (111)\n",
        ),
    ],
)
def test_where_nobody_listens_the_client_says_what_mysqls_own_says(
    capsys: pytest.CaptureFixture[str], socket: bool, host: list[str], said: str
) -> None:
    with Gate() as nobody:
        assert client.run(client.Settings({"3306": nobody.port}, socket, None), "mysql", [*host, "-e", "SELECT 1"]) == 1
    assert capsys.readouterr().err == said
