"""The rung that brings MySQL up in Docker, on a stand-in for `docker` with a real MySQL behind its port."""

import re
from pathlib import Path

import pytest

from tests.mysql.docker_stand_in import StandIn, name, project, quiet, stand_in
from tests.mysql.listener import listening, silence
from workbook.mysql import docker
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem

__all__ = ["project", "stand_in"]  # fixtures

OVERRIDE = Path(docker.__file__).with_name("throwaway.compose.yaml")


def test_it_waits_for_the_health_check_of_the_projects_own_file(stand_in: StandIn, project: Path) -> None:
    docker.start(project, throwaway=False, say=quiet)
    (up,) = stand_in.asked("up")
    wait = "up --wait --wait-timeout 180 db"
    assert up == f"MYSQL_PORT={docker.PORT} compose -p {name(up)} -f {project / 'compose.yaml'} {wait}"


def test_the_server_is_the_one_behind_the_published_port(stand_in: StandIn, project: Path, mysql: Server) -> None:
    server = docker.start(project, throwaway=False, say=quiet)
    assert (server.host, server.port, server.user) == (mysql.host, mysql.port, "root")
    assert server.sentence == f"MySQL {mysql.version} on {mysql.host}:{mysql.port}, in this project's Docker container"


def test_stop_stops_the_container_and_keeps_its_volume(stand_in: StandIn, project: Path) -> None:
    with docker.start(project, throwaway=False, say=quiet):
        assert stand_in.running
    assert not stand_in.running
    assert stand_in.calls[-1].endswith("stop db")
    assert not stand_in.asked("down")


def test_one_that_ran_before_is_used_as_it_is_and_left_running(stand_in: StandIn, project: Path, mysql: Server) -> None:
    stand_in.says("running")
    with docker.start(project, throwaway=False, say=quiet) as server:
        assert server.how == "already running, in this project's Docker container"
    (up,) = stand_in.asked("up")
    assert up.startswith(f"MYSQL_PORT={mysql.port} ")
    assert up.endswith(" up --wait --wait-timeout 180 --no-recreate db")
    assert stand_in.running
    assert not stand_in.asked("stop")


def test_a_taken_port_is_left_to_whoever_has_it(
    stand_in: StandIn, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with listening(silence) as taken:
        monkeypatch.setattr(docker, "PORT", taken)
        docker.start(project, throwaway=False, say=quiet)
    (up,) = stand_in.asked("up")
    assert re.match(r"MYSQL_PORT=[1-9]\d* ", up)
    assert not up.startswith(f"MYSQL_PORT={taken} ")


@pytest.mark.parametrize(
    "message",
    [
        "Bind for 127.0.0.1:3306 failed: port is already allocated",
        "listen tcp4 127.0.0.1:3306: bind: address already in use",
        "Ports are not available: exposing port TCP 127.0.0.1:3306 -> 0.0.0.0:0",
    ],
)
def test_a_port_that_is_taken_meanwhile_is_tried_elsewhere(stand_in: StandIn, project: Path, message: str) -> None:
    stand_in.says("up-fails", f"Error response from daemon: driver failed: {message}\n")
    docker.start(project, throwaway=False, say=quiet)
    first, second = stand_in.asked("up")
    assert first.split()[0] == f"MYSQL_PORT={docker.PORT}"
    assert second.split()[0] != first.split()[0]


def test_two_clones_have_two_projects_and_one_clone_has_one(stand_in: StandIn, project: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "template_app"
    other.mkdir(parents=True)
    (other / "compose.yaml").touch()
    for folder in (project, other, project):
        docker.start(folder, throwaway=False, say=quiet).stop()
    first, second, again = (name(call) for call in stand_in.asked("up"))
    assert first == again != second
    assert re.fullmatch(r"workbook-[0-9a-f]{10}", first)


def test_a_throwaway_lies_over_the_projects_file_on_a_port_of_the_engines_choice(
    stand_in: StandIn, project: Path
) -> None:
    server = docker.start(project, throwaway=True, say=quiet)
    (up,) = stand_in.asked("up")
    files = f"-f {project / 'compose.yaml'} -f {OVERRIDE}"
    assert up == f"MYSQL_PORT=0 compose -p {name(up)} {files} up --wait --wait-timeout 180 db"
    assert server.how == "in a throwaway Docker container"


def test_a_throwaway_goes_with_its_volumes(stand_in: StandIn, project: Path) -> None:
    with docker.start(project, throwaway=True, say=quiet):
        (up,) = stand_in.asked("up")
    (down,) = stand_in.asked("down")
    assert down.endswith(f"-f {OVERRIDE} down --volumes")
    assert name(down) == name(up)
    assert not stand_in.running


def test_every_throwaway_is_another_and_none_is_the_projects_own(stand_in: StandIn, project: Path) -> None:
    docker.start(project, throwaway=True, say=quiet)
    docker.start(project, throwaway=True, say=quiet)
    docker.start(project, throwaway=False, say=quiet)
    assert len({name(call) for call in stand_in.asked("up")}) == 3


def test_found_is_the_running_container_and_starts_nothing(stand_in: StandIn, project: Path, mysql: Server) -> None:
    assert docker.found(project) is None
    stand_in.says("running")
    server = docker.found(project)
    assert server
    assert (server.port, server.version) == (mysql.port, mysql.version)
    assert not stand_in.asked("up")


def test_stopping_the_projects_own_container_keeps_its_data(stand_in: StandIn, project: Path) -> None:
    said: list[str] = []
    assert docker.stop(project, say=said.append) is False
    stand_in.says("running")
    assert docker.stop(project, say=said.append) is True
    assert not stand_in.running
    assert not stand_in.asked("down")
    assert said == ["Docker: stopping MySQL; its data stays in the volume …"]


def test_without_docker_there_is_nothing_to_find_or_stop(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert docker.found(project) is None
    assert docker.stop(project, say=quiet) is False


def test_a_project_without_a_compose_file_is_not_for_docker(stand_in: StandIn, project: Path) -> None:
    (project / "compose.yaml").unlink()
    with pytest.raises(Unavailable, match=r"there is no .*compose\.yaml"):
        docker.start(project, throwaway=False, say=quiet)


def test_a_stop_that_fails_shows_the_last_lines(stand_in: StandIn, project: Path) -> None:
    server = docker.start(project, throwaway=False, say=quiet)
    stand_in.says("stop-fails", "Error response from daemon: cannot stop container\n")
    with pytest.raises(Problem, match="`docker compose stop` failed") as caught:
        server.stop()
    assert "cannot stop container" in caught.value.why
