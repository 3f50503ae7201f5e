"""The rung that brings MySQL up in Docker: the compose file, and a stand-in for `docker` with a real MySQL behind it.

A stand-in, because most machines that run these tests have no Docker engine. Its answers were taken from Docker 28 and
Compose 2.26.
"""

import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from workbook.mysql import docker, free_port, programs, server
from workbook.mysql.server import Server, Unanswered, Unavailable
from workbook.place import TEMPLATE
from workbook.say import Problem

COMPOSE = TEMPLATE / "compose.yaml"
WAIT = "up --wait --wait-timeout 180"
SCRIPT = r"""#!/bin/sh
PATH=/usr/bin:/bin
cd '{folder}'
echo "MYSQL_PORT=$MYSQL_PORT $*" >>calls
case " $* " in
" compose ls ")
    if [ -f hangs ]; then exec sleep 30; fi
    if [ -f no-engine ]; then cat no-engine >&2; exit 1; fi ;;
" compose ls "*) if [ -f projects ]; then cat projects; fi ;;
*" up "*)
    if [ -f up-hangs ]; then cat up-hangs; exec sleep 30; fi
    if [ -f up-fails ]; then cat up-fails >&2; rm up-fails; exit 1; fi
    touch running ;;
*" port "*)
    if [ -f running ]; then cat published; else echo 'service "db" is not running' >&2; exit 1; fi ;;
*" stop "* | *" down "*) rm -f running ;;
*" ps --all --quiet db ") echo 3ab30cb73f74 ;;
" logs 3ab30cb73f74 ") if [ -f log ]; then cat log >&2; fi ;;
esac
"""


class StandIn:
    """The stand-in: `says` sets up what it answers, `asked` is what it was asked."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.executable = folder, folder / "docker"
        self.executable.write_text(SCRIPT.format(folder=folder))
        self.executable.chmod(0o755)
        self.says("published", f"127.0.0.1:{port}\n")

    def says(self, what: str, text: str = "") -> None:
        (self.folder / what).write_text(text)

    @property
    def running(self) -> bool:
        return (self.folder / "running").exists()

    def asked(self, verb: str) -> list[str]:
        """The calls of one `docker compose` verb, each as `MYSQL_PORT=… arguments`."""
        path = self.folder / "calls"
        calls = path.read_text().splitlines() if path.exists() else []
        return [call for call in calls if f" {verb} " in f"{call} "]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "compose.yaml").touch()
    return tmp_path


@pytest.fixture
def stand_in(tmp_path: Path, mysql: Server, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(server, "HOST", mysql.host)
    monkeypatch.setattr(server, "PASSWORD", mysql.password)
    monkeypatch.setattr(docker, "PORT", free_port())  # whether 3306 is free differs from machine to machine
    return StandIn(folder, mysql.port)


def name(call: str) -> str:
    """The compose project's name in a recorded call."""
    found = re.search(r" -p (\S+) ", call)
    assert found
    return found[1]


def test_it_waits_for_the_health_check_of_the_projects_own_file_logs_in_and_keeps_the_volume(
    stand_in: StandIn, project: Path, mysql: Server
) -> None:
    with docker.start(project, throwaway=False) as found:
        assert (found.port, found.user, found.version) == (mysql.port, "root", mysql.version)
        assert stand_in.running
    (up,) = stand_in.asked("up")
    assert up == f"MYSQL_PORT={docker.PORT} compose -p {name(up)} -f {project / 'compose.yaml'} {WAIT} db"
    assert not stand_in.running
    assert (len(stand_in.asked("stop")), stand_in.asked("down")) == (1, [])


def test_the_running_container_is_found_used_as_it_is_left_running_and_stopped_when_asked(
    stand_in: StandIn, project: Path, mysql: Server
) -> None:
    assert (docker.found(project), docker.stop(project)) == (None, False)
    stand_in.says("running")
    with docker.start(project, throwaway=False) as used:
        assert used.how == "already running, in this project's Docker container"
        assert docker.found(project) == used
    (up,) = stand_in.asked("up")
    assert up.startswith(f"MYSQL_PORT={mysql.port} ")
    assert up.endswith(f"{WAIT} --no-recreate db")
    assert stand_in.running
    assert docker.stop(project) is True
    assert (stand_in.running, stand_in.asked("down")) == (False, [])


def test_a_port_that_somebody_has_is_left_to_them(stand_in: StandIn, project: Path) -> None:
    with socket.create_server(("127.0.0.1", docker.PORT)):
        docker.start(project, throwaway=False).stop()
    # The same, where whoever has it cannot be seen from here.
    stand_in.says("up-fails", "Error response from daemon: Bind for 127.0.0.1:3306 failed: port is already allocated\n")
    docker.start(project, throwaway=False)
    ports = [0, docker.PORT, 0]
    assert [up.split()[0] for up in stand_in.asked("up")] == [f"MYSQL_PORT={port}" for port in ports]


def test_a_throwaway_lies_over_the_projects_file_goes_with_its_volumes_and_with_its_process(
    stand_in: StandIn, project: Path
) -> None:
    docker.start(project, throwaway=False)
    docker.start(project, throwaway=True).stop()
    kept, first = stand_in.asked("up")
    files = f"-f {project / 'compose.yaml'} -f {docker.OVERRIDE}"
    assert first == f"MYSQL_PORT=0 compose -p {name(first)} {files} {WAIT} db"
    assert stand_in.asked("down") == [f"MYSQL_PORT=0 compose -p {name(first)} {files} down --volumes"]
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    own = name(kept)
    orphan = f"{own}-throwaway-{dead.pid}-abcdef"
    others = [own, f"{own}-throwaway-{os.getpid()}-abcdef", f"workbook-0123456789-throwaway-{dead.pid}-abcdef", "shop"]
    stand_in.says("projects", "\n".join([orphan, *others]))
    docker.start(project, throwaway=True)
    assert [name(down) for down in stand_in.asked("down")] == [name(first), orphan]
    assert len({name(up) for up in stand_in.asked("up")}) == 3


NO_ENGINE = "\nCannot connect. Is it running?\nSee 'docker --help'\n"


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (lambda docker, project: (project / "compose.yaml").unlink(), r"there is no .*compose\.yaml"),
        (lambda docker, project: docker.executable.unlink(), "there is no `docker` on PATH"),
        (lambda docker, project: docker.says("no-engine", NO_ENGINE), r"\(Cannot connect. Is it running\?\)"),
        (lambda docker, project: docker.says("hangs"), r"timed out after 0\.2 seconds"),
    ],
)
def test_where_docker_cannot_be_used_the_ladder_goes_on_with_the_reason(
    stand_in: StandIn,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    plant: Callable[[StandIn, Path], object],
    reason: str,
) -> None:
    plant(stand_in, project)
    if "timed out" in reason:
        monkeypatch.setattr(docker, "ENGINE_SECONDS", 0.2)
    with pytest.raises(Unavailable, match=reason):
        docker.start(project, throwaway=True)
    assert not stand_in.asked("up")
    assert (docker.found(project), docker.stop(project)) == (None, False)


@pytest.mark.parametrize(("throwaway", "undone_by"), [(True, "down --volumes"), (False, "stop db")])
def test_a_failed_up_shows_the_last_lines_and_mysqls_own_and_keeps_the_data(
    stand_in: StandIn, project: Path, throwaway: bool, undone_by: str
) -> None:
    stand_in.says("up-fails", "".join(f"layer {n}\n" for n in range(40)) + "no space left on device\n")
    stand_in.says("log", "[ERROR] [Server] unknown option\n" + "[System] good bye\n" * 20)
    with pytest.raises(Problem, match="`docker compose up` failed") as caught:
        docker.start(project, throwaway=throwaway)
    shown = ("layer 39", "no space left on device", "[Server] unknown option")
    assert all(line in caught.value.why for line in shown)
    assert not any(line in caught.value.why for line in ("layer 20", "good bye"))
    # Data of a first start that was interrupted has no password, and the image would never finish it.
    again = f"compose -p {name(stand_in.asked('up')[0])} -f {project / 'compose.yaml'}"
    assert [again in way for way in caught.value.ways] == [True, True, False]
    assert [call.endswith(undone_by) for call in stand_in.asked("down") + stand_in.asked("stop")] == [True]


def test_who_lets_nobody_in_is_told_and_stopped(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(server, "PASSWORD", "wrong")
        with pytest.raises(Problem, match="wrong password, or no such account"):
            docker.start(project, throwaway=False)
    assert not stand_in.running
    stand_in.says("published", f"127.0.0.1:{free_port()}\n")  # an engine on another machine
    with pytest.raises(Unanswered):
        docker.start(project, throwaway=True)
    assert not stand_in.running


def test_ctrl_c_while_it_comes_up_ends_compose_and_what_it_made(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def stage(title: str) -> Iterator[Callable[[str], None]]:
        def press_ctrl_c(line: str) -> None:
            raise KeyboardInterrupt

        yield press_ctrl_c

    monkeypatch.setattr(docker, "stage", stage)
    stand_in.says("up-hangs", " db Pulling \n")
    with pytest.raises(KeyboardInterrupt):
        docker.start(project, throwaway=True)
    assert stand_in.asked("down")


def lint(*files: Path) -> str:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True).stdout


def test_the_files_follow_the_compose_specification_and_a_misspelt_key_is_seen(tmp_path: Path) -> None:
    assert "ok" in lint(COMPOSE, docker.OVERRIDE)
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:"), encoding="utf-8")
    assert "healthchek" in lint(wrong)


@pytest.mark.usefixtures("programs_home")
def test_it_is_private_to_this_machine_and_healthy_means_that_root_can_log_in_over_tcp(mysql: Server) -> None:
    db = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["db"]
    assert db["ports"] == ["127.0.0.1:${MYSQL_PORT:-3306}:3306"]
    assert db["volumes"] == ["mysql-data:/var/lib/mysql"]
    assert "command" not in db, "only the throwaway gives up durability"

    def health(port: int, password: str) -> str:
        """What the health check says, run as the engine would, with this machine's client on the server of this run."""
        kind, command = db["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        command = command.replace("$$", "$").replace("--port=3306", f"--port={port}").replace("127.0.0.1", mysql.host)
        function = f'mysql() {{ {shlex.join(programs.client())} "$@"; }}\n'
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MYSQL_ROOT_PASSWORD": password}
        done = subprocess.run(["sh", "-c", function + command], capture_output=True, text=True, env=environment)
        return f"{done.returncode} {done.stderr}"

    assert health(mysql.port, mysql.password).startswith("0")
    assert "1045" in health(mysql.port, "wrong")
    # The image prepares its data with a server that listens on the socket alone.
    assert "2003" in health(free_port(), mysql.password)
