"""The rung that brings MySQL up in Docker: its compose file, and a stand-in for `docker` with a real MySQL behind it,
because most machines have no engine. Its answers were taken from Docker 28 and Compose 2.26."""

import os
import re
import shlex
import socket
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from unittest.mock import Mock

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

    def __init__(self, project: Path, port: int) -> None:
        self.project, self.folder, self.running = project, project / "bin", project / "bin/running"
        self.folder.mkdir()
        (project / "compose.yaml").touch()
        self.says("docker", SCRIPT.format(folder=self.folder))
        (self.folder / "docker").chmod(0o755)
        self.says("calls")
        self.says("published", f"127.0.0.1:{port}\n")

    def says(self, what: str, text: str = "") -> None:
        (self.folder / what).write_text(text)

    def asked(self, verb: str) -> list[str]:
        """The calls of one `docker compose` verb, each as `MYSQL_PORT=… arguments`."""
        calls = (self.folder / "calls").read_text().splitlines()
        return [call for call in calls if f" {verb} " in f"{call} "]


@pytest.fixture
def stand_in(tmp_path: Path, mysql: Server, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(server, "HOST", mysql.host)
    monkeypatch.setattr(server, "PASSWORD", mysql.password)
    monkeypatch.setattr(docker, "PORT", free_port())  # whether 3306 is free differs from machine to machine
    return StandIn(tmp_path, mysql.port)


def name(call: str) -> str:
    """The compose project's name in a recorded call."""
    return re.search(r" -p (\S+) ", call)[1]


def test_it_waits_for_health_logs_in_and_keeps_the_volume(stand_in: StandIn, mysql: Server) -> None:
    assert (docker.found(stand_in.project), docker.stop(stand_in.project)) == (None, False)
    with docker.start(stand_in.project, throwaway=False) as started:
        assert (started.port, started.user, started.version) == (mysql.port, "root", mysql.version)
        with docker.start(stand_in.project, throwaway=False) as used:
            assert used.how == "already running, in this project's Docker container"
        assert docker.found(stand_in.project) == used
        assert stand_in.running.exists()
    first, second = stand_in.asked("up")
    command = f"compose -p {name(first)} -f {stand_in.project / 'compose.yaml'} {WAIT}"
    assert first == f"MYSQL_PORT={docker.PORT} {command} db"
    assert second == f"MYSQL_PORT={mysql.port} {command} --no-recreate db"
    assert not stand_in.running.exists()
    stand_in.says("running")
    assert docker.stop(stand_in.project)
    assert (stand_in.running.exists(), len(stand_in.asked("stop")), stand_in.asked("down")) == (False, 2, [])


def test_a_port_that_somebody_has_is_left_to_them(stand_in: StandIn) -> None:
    with socket.create_server(("127.0.0.1", docker.PORT)):
        docker.start(stand_in.project, throwaway=False).stop()
    # The same, where whoever has it cannot be seen from here.
    stand_in.says("up-fails", "Error response from daemon: Bind for 127.0.0.1:3306 failed: port is already allocated\n")
    docker.start(stand_in.project, throwaway=False)
    assert re.findall(r"MYSQL_PORT=(\d+)", str(stand_in.asked("up"))) == ["0", str(docker.PORT), "0"]


def test_a_throwaway_lies_over_the_file_and_goes_with_its_process(stand_in: StandIn) -> None:
    docker.start(stand_in.project, throwaway=False)
    docker.start(stand_in.project, throwaway=True).stop()
    kept, first = stand_in.asked("up")
    files = f"-f {stand_in.project / 'compose.yaml'} -f {docker.OVERRIDE}"
    assert first == f"MYSQL_PORT=0 compose -p {name(first)} {files} {WAIT} db"
    assert stand_in.asked("down") == [f"MYSQL_PORT=0 compose -p {name(first)} {files} down --volumes"]
    dead, own = subprocess.Popen([sys.executable, "-c", ""]), name(kept)
    dead.wait()
    orphan = f"{own}-throwaway-{dead.pid}-abcdef"
    others = [own, f"{own}-throwaway-{os.getpid()}-abcdef", f"workbook-0123456789-throwaway-{dead.pid}-abcdef", "shop"]
    stand_in.says("projects", "\n".join([orphan, *others]))
    docker.start(stand_in.project, throwaway=True)
    assert [name(down) for down in stand_in.asked("down")] == [name(first), orphan]
    assert len({name(up) for up in stand_in.asked("up")}) == 3


def test_where_docker_cannot_be_used_the_reason_is_said(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def reason() -> str:
        with pytest.raises(Unavailable) as caught:
            docker.start(stand_in.project, throwaway=True)
        assert (docker.found(stand_in.project), docker.stop(stand_in.project)) == (None, False)
        return str(caught.value)

    stand_in.says("no-engine", "\nCannot connect. Is it running?\nSee 'docker --help'\n")
    assert "(Cannot connect. Is it running?)" in reason()
    stand_in.says("hangs")
    monkeypatch.setattr(docker, "ENGINE_SECONDS", 0.2)
    assert "timed out after 0.2 seconds" in reason()
    (stand_in.folder / "docker").unlink()
    assert "there is no `docker` on PATH" in reason()
    (stand_in.project / "compose.yaml").unlink()
    assert f"there is no {stand_in.project / 'compose.yaml'}" in reason()
    assert not stand_in.asked("up")


@pytest.mark.parametrize(("throwaway", "undone_by"), [(True, "down --volumes"), (False, "stop db")])
def test_a_failed_up_shows_the_last_lines(stand_in: StandIn, throwaway: bool, undone_by: str) -> None:
    stand_in.says("up-fails", "".join(f"layer {n}\n" for n in range(40)) + "no space left on device\n")
    stand_in.says("log", "[ERROR] [Server] unknown option\n" + "[System] good bye\n" * 20)
    with pytest.raises(Problem, match="`docker compose up` failed") as caught:
        docker.start(stand_in.project, throwaway=throwaway)
    lines = ("layer 39", "no space left on device", "[Server] unknown option", "layer 20", "good bye")
    assert [line in caught.value.why for line in lines] == [True, True, True, False, False]
    # Data of a first start that was interrupted has no password, and the image would never finish it.
    again = f"compose -p {name(stand_in.asked('up')[0])} -f {stand_in.project / 'compose.yaml'}"
    assert [again in way for way in caught.value.ways] == [True, True, False]
    assert [call.endswith(undone_by) for call in stand_in.asked("down") + stand_in.asked("stop")] == [True]


def test_who_lets_nobody_in_is_stopped(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(server, "PASSWORD", "wrong")
        with pytest.raises(Problem, match="wrong password, or no such account"):
            docker.start(stand_in.project, throwaway=False)
    assert not stand_in.running.exists()
    stand_in.says("published", f"127.0.0.1:{free_port()}\n")  # an engine on another machine
    with pytest.raises(Unanswered):
        docker.start(stand_in.project, throwaway=True)
    assert not stand_in.running.exists()


def test_ctrl_c_ends_what_compose_made(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docker, "stage", lambda title: nullcontext(Mock(side_effect=KeyboardInterrupt)))
    stand_in.says("up-hangs", " db Pulling \n")
    with pytest.raises(KeyboardInterrupt):
        docker.start(stand_in.project, throwaway=True)
    assert stand_in.asked("down")


@pytest.mark.usefixtures("programs_home")
def test_the_compose_file_is_valid_private_and_healthy_when_root_can_log_in(tmp_path: Path, mysql: Server) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(COMPOSE.read_text(encoding="utf-8").replace("healthcheck:", "healthchek:", 1), encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*command, COMPOSE, docker.OVERRIDE, wrong], capture_output=True, text=True)
    assert re.findall(r"^  (.*?)::.*'(\w+)' (?:was|does)", done.stdout, re.MULTILINE) == [(str(wrong), "healthchek")]
    db = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["db"]
    assert db["ports"] == ["127.0.0.1:${MYSQL_PORT:-3306}:3306"]
    assert db["volumes"] == ["mysql-data:/var/lib/mysql"]
    assert "command" not in db, "only the throwaway gives up durability"

    def health(port: int, password: str) -> str:
        command = db["healthcheck"]["test"][1].replace("$$", "$").replace("127.0.0.1", mysql.host)
        command = command.replace("--port=3306", f"--port={port}")
        function = f'mysql() {{ {shlex.join(programs.client())} "$@"; }}\n'
        environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "MYSQL_ROOT_PASSWORD": password}
        done = subprocess.run(["sh", "-c", function + command], capture_output=True, text=True, env=environment)
        return f"{done.returncode} {done.stderr}"

    # As the engine would run it, with this machine's client on the server of this run.
    assert health(mysql.port, mysql.password).startswith("0")
    assert "1045" in health(mysql.port, "wrong")
    # The image prepares its data with a server that listens on the socket alone.
    assert "2003" in health(free_port(), mysql.password)
