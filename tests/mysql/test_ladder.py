"""The order of the rungs, the one finder of the server that runs, and the real client."""

import subprocess
from pathlib import Path

import pytest

from tests.mysql.listener import HOST
from workbook.mysql import docker, given, ladder, local, programs
from workbook.mysql.mysqld import free_port
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem


def unavailable(*_arguments: object, **_more: object) -> Server:
    raise Unavailable("not here")


@pytest.fixture
def ours(mysql: Server) -> Server:
    return Server(mysql.host, mysql.port, mysql.user, mysql.password, mysql.version, "ours")


@pytest.fixture(autouse=True)
def no_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Docker nor this machine serves, unless the test says so; what somebody runs here stays out of it."""
    for rung in (docker, local):
        monkeypatch.setattr(rung, "start", unavailable)
        monkeypatch.setattr(rung, "found", lambda *project: None)


def test_a_server_that_is_named_comes_first_and_is_for_tests_only_when_that_is_said(
    mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    assert ladder.climb(tmp_path, use="bound").how.startswith("given by the environment")
    found = ladder.running(tmp_path)
    assert found
    assert found.environment() == mysql.environment()
    with pytest.raises(Problem, match="No MySQL could be found"):
        ladder.climb(tmp_path, use="test")
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")
    assert ladder.climb(tmp_path, use="test").port == mysql.port


def test_where_nothing_serves_each_rung_says_why(tmp_path: Path) -> None:
    with pytest.raises(Problem) as caught:
        ladder.climb(tmp_path, use="bound")
    reasons = caught.value.why.splitlines()[1:]
    named = f"  given: neither the environment nor {tmp_path / '.env'} names a server (MYSQL_HOST, …)"
    assert reasons == [named, "  docker: not here", "  local: not here"]
    assert len(caught.value.ways) == 3
    assert ladder.running(tmp_path) is None


def test_a_rung_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_MYSQL", "podman")
    with pytest.raises(Problem, match="'podman', which is none of given, docker, local") as caught:
        ladder.climb(tmp_path, use="test")
    assert caught.value.code == 2


def test_a_named_server_that_is_silent_gives_way_to_ours_unless_the_project_must_reach_it(
    ours: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"MYSQL_HOST={HOST}\nMYSQL_PORT={free_port()}\n")
    monkeypatch.setattr(local, "found", lambda: ours)
    assert ladder.climb(tmp_path, use="detached") is ours
    assert ladder.running(tmp_path) is ours
    for rung in ("", "local"):
        monkeypatch.setenv("WORKBOOK_MYSQL", rung)
        with pytest.raises(Unanswered, match="Nothing listens on"):
            ladder.running(tmp_path, strict=True)


def test_one_of_ours_that_runs_is_used_before_docker_starts_another(
    ours: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "found", lambda: ours)
    monkeypatch.setattr(docker, "start", lambda project, throwaway: pytest.fail("started another"))
    assert ladder.climb(tmp_path, use="bound") is ours


def test_docker_s_problem_names_the_way_without_docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(project: Path, *, throwaway: bool) -> Server:
        raise Problem("`docker compose up` failed.", ways=("To see all of it",))

    monkeypatch.setattr(docker, "start", fails)
    with pytest.raises(Problem) as caught:
        ladder.climb(tmp_path, use="test")
    assert "WORKBOOK_MYSQL=local" in caught.value.ways[-1]


def test_what_nobody_named_is_found_only_by_who_asks_for_it(
    mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = dict(zip(given.DEFAULTS, (mysql.host, str(mysql.port), mysql.user, mysql.password), strict=True))
    monkeypatch.setattr(given, "DEFAULTS", address)
    assert ladder.running(tmp_path) is None
    found = ladder.unnamed()
    assert found
    assert found.sentence.endswith("which neither the environment nor .env names")
    monkeypatch.setattr(given, "DEFAULTS", address | {"MYSQL_PORT": str(free_port())})
    assert ladder.unnamed() is None


@pytest.fixture
def no_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No program on PATH; the unpacked ones are there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("programs_home")
def test_the_client_is_mysqls_own_and_reads_no_file_of_the_persons(
    mysql: Server, no_client: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (no_client / "mysql").write_text("#!/bin/sh\necho 'mysql from 11.8.3-MariaDB, client 15.2'\n")
    (no_client / "mysql").chmod(0o755)
    (no_client / ".my.cnf").write_text("[client]\nno-such-option=1\n")
    monkeypatch.setenv("HOME", str(no_client))
    monkeypatch.setenv("MYSQL_PWD", mysql.password)
    login = [f"--host={mysql.host}", f"--port={mysql.port}", f"--user={mysql.user}", "--protocol=TCP"]
    ask = [*programs.client(), *login, "--execute=SELECT '한글' AS said"]
    assert subprocess.run(ask, capture_output=True, text=True, check=True).stdout == "said\n한글\n"
    pinged = subprocess.run([*programs.client("mysqladmin"), *login, "ping"], capture_output=True, text=True)
    assert pinged.stdout == "mysqld is alive\n", pinged.stderr


def test_a_client_of_mysqls_on_path_is_taken(no_client: Path) -> None:
    (no_client / "mysql").write_text("#!/bin/sh\necho 'mysql  Ver 8.4.7 for Linux on x86_64'\n")
    (no_client / "mysql").chmod(0o755)
    assert programs.client() == (str(no_client / "mysql"), "--no-defaults", "--default-character-set=utf8mb4")


def test_without_a_client_and_without_apt_the_reason_is_said(no_client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(no_client / "home"))
    with pytest.raises(Unavailable, match="there is no apt to fetch one with"):
        programs.client()
