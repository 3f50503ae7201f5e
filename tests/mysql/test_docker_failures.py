"""What the Docker rung says when Docker cannot be used or does not bring MySQL up, and that it cleans up then."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mysql.docker_stand_in import StandIn, name, project, quiet, stand_in
from workbook.mysql import compose, docker, engine
from workbook.mysql.mysqld import free_port
from workbook.mysql.server import Unavailable
from workbook.say import Problem

__all__ = ["project", "stand_in"]  # fixtures


def test_no_docker_on_path(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="there is no `docker` on PATH"):
        docker.start(project, throwaway=True, say=quiet)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (
            "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n",
            "(Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?)",
        ),
        (
            "WARNING: Plugin docker-x is not valid\nERROR: permission denied while trying to connect\n"
            "errors pretty printing info\n",
            "(permission denied while trying to connect)",
        ),
        (
            "\nThe command 'docker' could not be found in this WSL 2 distro.\nWe recommend to activate …\n",
            "(The command 'docker' could not be found in this WSL 2 distro)",
        ),
        ("", "(it gives no reason)"),
    ],
)
def test_an_engine_that_does_not_answer(stand_in: StandIn, project: Path, printed: str, reason: str) -> None:
    stand_in.says("no-engine", printed)
    with pytest.raises(Unavailable) as caught:
        docker.start(project, throwaway=True, say=quiet)
    assert str(caught.value) == f"the Docker engine does not answer {reason}"
    assert not stand_in.asked("up")


def test_an_engine_that_hangs_is_announced_and_given_up(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SILENT_SECONDS", 0.1)
    monkeypatch.setattr(engine, "ENGINE_SECONDS", 0.2)
    stand_in.says("hangs")
    said: list[str] = []
    with pytest.raises(Unavailable, match=r"did not answer `docker info` within 0\.2 seconds"):
        docker.start(project, throwaway=True, say=said.append)
    assert said == ["Docker: waiting for its engine …"]


def test_no_compose_plugin(stand_in: StandIn, project: Path) -> None:
    stand_in.says("no-plugin", "docker: unknown command: docker compose\n\nRun 'docker --help' for more information\n")
    with pytest.raises(Unavailable, match=r"has no compose plugin \(docker: unknown command: docker compose\)"):
        docker.start(project, throwaway=True, say=quiet)


def test_a_docker_that_cannot_be_run(stand_in: StandIn, project: Path) -> None:
    stand_in.executable.write_bytes(b"\x7fELF of another machine")
    with pytest.raises(Unavailable, match="docker` cannot be run: Exec format error"):
        docker.start(project, throwaway=True, say=quiet)


def test_a_failed_up_shows_the_last_lines_and_mysqls_own(stand_in: StandIn, project: Path) -> None:
    stand_in.says("up-fails", "".join(f"layer {n}\n" for n in range(40)) + "no space left on device\n")
    stand_in.says("log", "[ERROR] [Server] unknown option\n" + "[System] good bye\n" * 20)
    with pytest.raises(Problem, match="`docker compose up` failed") as caught:
        docker.start(project, throwaway=False, say=quiet)
    shown = caught.value.why
    assert "no space left on device" in shown
    assert "[Server] unknown option" in shown
    assert "good bye" not in shown
    assert "layer 39" in shown
    assert "layer 20" not in shown
    assert f"compose -p {name(stand_in.asked('up')[0])} -f {project / 'compose.yaml'}" in caught.value.ways[0]
    assert len(stand_in.asked("up")) == 1


@pytest.mark.parametrize(
    ("throwaway", "has_data", "undone_by"),
    [(True, False, "down --volumes"), (False, False, "down --volumes"), (False, True, "stop db")],
)
def test_after_a_failed_up_only_data_from_before_stays(
    stand_in: StandIn, project: Path, throwaway: bool, has_data: bool, undone_by: str
) -> None:
    """A volume that was never finished would be taken for a finished one, without a password, ever after."""
    if has_data:
        stand_in.says("volumes", "workbook-0123456789_mysql-data\n")
    stand_in.says("up-fails", "out of memory\n")
    with pytest.raises(Problem, match="`docker compose up` failed"):
        docker.start(project, throwaway=throwaway, say=quiet)
    undone = stand_in.asked("down") + stand_in.asked("stop")
    assert [call.endswith(undone_by) for call in undone] == [True]


def test_ports_that_are_always_taken_are_given_up(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = stand_in.executable.read_text()
    stand_in.executable.write_text(script.replace("rm up-fails; ", ""))
    stand_in.says("up-fails", "port is already allocated\n")
    with pytest.raises(Problem, match="`docker compose up` failed"):
        docker.start(project, throwaway=False, say=quiet)
    assert len(stand_in.asked("up")) == 3


def test_a_container_that_publishes_no_port_is_told(stand_in: StandIn, project: Path) -> None:
    stand_in.says("published", ":0\n")
    with pytest.raises(Problem, match="`docker compose port` failed"):
        docker.start(project, throwaway=True, say=quiet)
    assert stand_in.asked("down")


def test_a_volume_with_another_password_is_told_and_the_container_stopped(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "PASSWORD", "wrong")
    with pytest.raises(Problem, match=r"wrong password, or no such account \(1045\)"):
        docker.start(project, throwaway=False, say=quiet)
    assert not stand_in.running


def test_an_engine_on_another_machine_is_not_for_us(stand_in: StandIn, project: Path) -> None:
    stand_in.says("published", f"127.0.0.1:{free_port()}\n")
    with pytest.raises(Unavailable, match="the engine seems to be on another machine"):
        docker.start(project, throwaway=True, say=quiet)
    assert stand_in.asked("down")


@pytest.mark.parametrize("throwaway", [True, False])
def test_ctrl_c_while_it_comes_up_ends_compose_and_removes_what_it_made(
    stand_in: StandIn, project: Path, throwaway: bool
) -> None:
    def press_ctrl_c(line: str) -> None:
        if "Pulling" in line:
            raise KeyboardInterrupt

    stand_in.says("up-says", " db Pulling \n")
    stand_in.says("up-hangs")
    with pytest.raises(KeyboardInterrupt):
        docker.start(project, throwaway=throwaway, say=press_ctrl_c)
    assert stand_in.asked("down")


def test_a_throwaway_whose_process_was_killed_is_removed_and_no_other(stand_in: StandIn, project: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    docker.start(project, throwaway=False, say=quiet)
    own = name(stand_in.asked("up")[0])
    orphan = f"{own}-throwaway-{dead.pid}-abcdef"
    others = [own, f"{own}-throwaway-{os.getpid()}-abcdef", f"workbook-0123456789-throwaway-{dead.pid}-abcdef", "shop"]
    stand_in.says("projects", "\n".join([orphan, *others]) + "\n")
    docker.start(project, throwaway=True, say=quiet)
    (down,) = stand_in.asked("down")
    assert name(down) == orphan


def test_what_compose_prints_reaches_the_terminal(stand_in: StandIn, project: Path) -> None:
    said: list[str] = []
    stand_in.says("up-says", " db Pulling \n\n Container db-1  Started\n")
    docker.start(project, throwaway=True, say=said.append)
    assert said[1:] == ["db Pulling", "Container db-1  Started"]


def test_a_download_is_told_now_and_then_not_line_by_line() -> None:
    def layer(name: str, megabytes: int) -> str:
        return f"{name} Downloading [===>    ]  {megabytes}.05MB/50.1MB"

    said: list[str] = []
    show = compose.sparing(said.append, every=1000)
    for line in (layer("9a5c", 1), layer("9a5c", 2), layer("77ab", 3), layer("9a5c", 9), "9a5c Download complete"):
        show(line)
    assert said == [layer("9a5c", 1), layer("77ab", 3), "9a5c Download complete"]
    said.clear()
    show = compose.sparing(said.append, every=0)
    for megabytes in range(3):
        show(layer("9a5c", megabytes))
    assert len(said) == 3
