"""The rung that brings MySQL up in Docker, on a stand-in for `docker` with a real MySQL behind its port."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mysql.docker_stand_in import StandIn, name, project, stand_in
from tests.mysql.listener import listening, silence
from workbook.mysql import docker, free_port, server
from workbook.mysql.server import Server, Unanswered, Unavailable
from workbook.say import Problem

__all__ = ["project", "stand_in"]  # fixtures

WAIT = "up --wait --wait-timeout 180"


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


def test_one_that_ran_before_is_used_as_it_is_and_left_running(stand_in: StandIn, project: Path, mysql: Server) -> None:
    stand_in.says("running")
    with docker.start(project, throwaway=False) as found:
        assert found.how == "already running, in this project's Docker container"
    (up,) = stand_in.asked("up")
    assert up.startswith(f"MYSQL_PORT={mysql.port} ")
    assert up.endswith(f"{WAIT} --no-recreate db")
    assert stand_in.running


def test_a_port_that_somebody_has_is_left_to_them(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(silence) as taken, monkeypatch.context() as patched:
        patched.setattr(docker, "PORT", taken)
        docker.start(project, throwaway=False).stop()
    # The same, where whoever has it cannot be seen from here.
    stand_in.says("up-fails", "Error response from daemon: Bind for 127.0.0.1:3306 failed: port is already allocated\n")
    docker.start(project, throwaway=False)
    assert [up.split()[0] for up in stand_in.asked("up")] == [
        "MYSQL_PORT=0",
        f"MYSQL_PORT={docker.PORT}",
        "MYSQL_PORT=0",
    ]


def test_a_throwaway_lies_over_the_projects_file_is_one_of_its_own_and_goes_with_its_volumes(
    stand_in: StandIn, project: Path
) -> None:
    for _attempt in range(2):
        docker.start(project, throwaway=True).stop()
    first, second = stand_in.asked("up")
    files = f"-f {project / 'compose.yaml'} -f {docker.OVERRIDE}"
    assert first == f"MYSQL_PORT=0 compose -p {name(first)} {files} {WAIT} db"
    assert stand_in.asked("down")[0] == f"MYSQL_PORT=0 compose -p {name(first)} {files} down --volumes"
    assert name(first) != name(second)


def test_a_throwaway_whose_process_was_killed_is_removed_and_no_other(stand_in: StandIn, project: Path) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    docker.start(project, throwaway=False)
    own = name(stand_in.asked("up")[0])
    orphan = f"{own}-throwaway-{dead.pid}-abcdef"
    others = [own, f"{own}-throwaway-{os.getpid()}-abcdef", f"workbook-0123456789-throwaway-{dead.pid}-abcdef", "shop"]
    stand_in.says("projects", "\n".join([orphan, *others]) + "\n")
    docker.start(project, throwaway=True)
    assert [name(down) for down in stand_in.asked("down")] == [orphan]


def test_the_running_container_is_found_and_stopped_and_its_data_kept(
    stand_in: StandIn, project: Path, mysql: Server
) -> None:
    assert (docker.found(project), docker.stop(project)) == (None, False)
    stand_in.says("running")
    found = docker.found(project)
    assert found
    assert (found.port, found.version) == (mysql.port, mysql.version)
    assert docker.stop(project) is True
    assert not stand_in.running
    assert not stand_in.asked("up") + stand_in.asked("down")


@pytest.mark.parametrize(
    ("plant", "reason"),
    [
        (lambda docker, project: (project / "compose.yaml").unlink(), r"there is no .*compose\.yaml"),
        (lambda docker, project: docker.executable.unlink(), "there is no `docker` on PATH"),
        (
            lambda docker, project: docker.says("no-engine", "\nCannot connect. Is it running?\nSee 'docker --help'\n"),
            r"the Docker engine does not answer \(Cannot connect. Is it running\?\)",
        ),
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
    shown = caught.value.why
    assert all(line in shown for line in ("layer 39", "no space left on device", "[Server] unknown option"))
    assert "layer 20" not in shown
    assert "good bye" not in shown
    # Data of a first start that was interrupted has no password, and the image would never finish it.
    again = f"compose -p {name(stand_in.asked('up')[0])} -f {project / 'compose.yaml'}"
    assert [again in way for way in caught.value.ways] == [True, True, False]
    assert "WORKBOOK_MYSQL=local" in caught.value.ways[-1]
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
            assert line == "db Pulling"
            raise KeyboardInterrupt

        yield press_ctrl_c

    monkeypatch.setattr(docker, "stage", stage)
    stand_in.says("up-hangs", " db Pulling \n")
    with pytest.raises(KeyboardInterrupt):
        docker.start(project, throwaway=True)
    assert stand_in.asked("down")
