"""What the doctor sees in a real MySQL; each condition is made there."""

import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from workbook.doctor import database as examination
from workbook.doctor import pool
from workbook.doctor.finding import Fact, Finding
from workbook.doctor.verb import doctor, find_project
from workbook.login import cursor
from workbook.mysql.mysqld import free_port
from workbook.mysql.server import Server

CONFIG = "app/configs/tortoise_config.py"


@pytest.fixture
def account(mysql: Server) -> Iterator[str]:
    """An account of the test's own, without any right."""
    name = f"doctor_{os.getpid()}"
    with cursor(mysql) as ask:
        ask.execute(f"CREATE USER {name} IDENTIFIED BY 'first'")
        yield name
        ask.execute(f"DROP USER {name}")


def change(project: Path, before: str, after: str) -> None:
    file = project / CONFIG
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))


def finding(results: Sequence[object]) -> Finding:
    (result,) = results
    assert isinstance(result, Finding), result
    return result


def test_the_template_is_healthy(project: Path, mysql: Server, database: str) -> None:
    (healthy,) = pool.judge(pool.look(project))
    assert isinstance(healthy, Fact), healthy
    assert healthy.words.startswith("6 connections alike: time zone +09:00, strict, utf8mb4")


def test_a_port_on_which_nobody_listens_is_found(project: Path) -> None:
    port = free_port()
    (project / ".env").write_text(f"MYSQL_HOST=127.0.0.1\nMYSQL_PORT={port}\n")
    found = examination.reach(project)
    assert isinstance(found, Finding)
    assert found.what == f"Nothing listens on 127.0.0.1:{port}."
    assert found.cure == "workbook db up"


def test_a_wrong_password_is_found(project: Path, account: str) -> None:
    env = project / ".env"
    env.write_text(re.sub(r"USER=.*\nMYSQL_PASSWORD=.*", f"USER={account}\nMYSQL_PASSWORD=second", env.read_text()))
    found = examination.reach(project)
    assert isinstance(found, Finding)
    assert f"does not let {account}@" in found.what
    assert "MYSQL_PASSWORD" in found.cure


def test_an_account_that_needs_cryptography_is_found_without_it(project: Path, mysql: Server) -> None:
    venv.create(project / ".venv", symlinks=True, with_pip=False)
    said = pool.look(project)
    assert said["cryptography"] is False
    with cursor(mysql) as ask:
        found = examination.login_method(ask, said["cryptography"])
        assert isinstance(found, Finding)
        assert found.cure == "uv add cryptography"
        assert isinstance(examination.login_method(ask, True), Fact)


def test_an_account_without_any_right_can_be_examined(mysql: Server, account: str) -> None:
    with cursor(Server(mysql.host, mysql.port, account, "first", mysql.version, "")) as ask:
        assert isinstance(examination.login_method(ask, True), Fact)
        assert isinstance(examination.clock(ask), Fact)


def test_a_missing_database_is_found_and_mended(project: Path, mysql: Server, database: str) -> None:
    with cursor(mysql) as ask:
        ask.execute(f"DROP DATABASE {database}")
        mended(examination.schema(ask, database), project, mysql)
        assert isinstance(examination.schema(ask, database), Fact)


def test_a_database_in_another_charset_is_found_and_mended(project: Path, mysql: Server, database: str) -> None:
    with cursor(mysql) as ask:
        ask.execute(f"ALTER DATABASE {database} CHARACTER SET latin1")
        found = examination.schema(ask, database)
        mended(found, project, mysql)
        assert isinstance(examination.schema(ask, database), Fact)
    assert isinstance(found, Finding)
    assert "is in latin1" in found.what


def mended(found: object, project: Path, server: Server) -> None:
    """Run the cure in the project's folder, as a person would type it."""
    assert isinstance(found, Finding)
    command = found.cure.replace("workbook ", f"{sys.executable} -m workbook ", 1)
    subprocess.run(["bash", "-c", command], cwd=project, env=os.environ | server.environment(), check=True)


@pytest.mark.parametrize(("seconds", "words"), [(90, "ahead of"), (-90, "behind")])
def test_a_clock_that_is_off_is_found(mysql: Server, seconds: int, words: str) -> None:
    """The server's clock cannot be moved here: its session's own, which NOW() shows, is."""
    with cursor(mysql) as ask:
        ask.execute(f"SET timestamp = UNIX_TIMESTAMP() + {seconds}")
        found = examination.clock(ask)
    assert isinstance(found, Finding)
    assert words in found.what


def test_a_time_zone_that_is_not_the_applications_is_found_and_so_is_the_one_connection_that_tortoise_sets(
    project: Path,
) -> None:
    """Tortoise sets its `timezone` on the first connection of the pool, and on no other."""
    change(project, "SET time_zone = '+09:00'", "SET time_zone = '+00:00'")
    differing, hours = [each.what for each in pool.judge(pool.look(project)) if isinstance(each, Finding)]
    assert differing == "The pool's connections differ in time_zone: +00:00 / +09:00."
    assert hours == "MySQL's sessions are +0 h from UTC, and Asia/Seoul is +9 h."


def test_a_time_zone_that_does_not_exist_is_found() -> None:
    assert "no time zone" in finding(pool.judge({"timezone": "Asia/Soul", "connections": [HEALTHY]})).what


def test_a_pool_that_is_not_strict_is_found(project: Path) -> None:
    change(project, "TRADITIONAL,ONLY_FULL_GROUP_BY", "ONLY_FULL_GROUP_BY")
    assert "not strict" in finding(pool.judge(pool.look(project))).what


def test_a_pool_of_another_charset_is_found(project: Path) -> None:
    change(project, '"minsize": 5,', '"minsize": 5,\n                "charset": "latin1",')
    change(project, " collation_connection = 'utf8mb4_0900_ai_ci',", "")
    assert "latin1" in finding(pool.judge(pool.look(project))).what


@pytest.mark.parametrize("broken", ["import nothing_of_that_name", "def f(:", "raise RuntimeError('ours')"])
def test_a_configuration_that_does_not_load_is_one_sentence(project: Path, broken: str) -> None:
    (project / CONFIG).write_text(broken)
    found = finding(pool.judge(pool.look(project)))
    assert "The application's own connections cannot be opened: " in found.what
    assert "Traceback" not in found.what
    assert "\n" not in found.what


def test_the_exit_code_tells(project: Path, mysql: Server, database: str, capsys: pytest.CaptureFixture[str]) -> None:
    (project / ".env").write_text((project / ".env").read_text() + "COLOUR=blue\n")
    command = [sys.executable, "-c", "import sys; from workbook.doctor.verb import doctor; sys.exit(doctor())"]
    done = subprocess.run(
        command, cwd=project / "app", capture_output=True, text=True, env=os.environ | {"COLUMNS": "80"}
    )
    assert done.returncode == 1
    assert "the application has no setting COLOUR" in done.stdout
    assert "→ sed -i '" in done.stdout
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.splitlines() if len(line) > 80 and "→" not in line] == []


def test_korean_is_spoken_to_whoever_asks_for_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    (project / ".env").write_text((project / ".env").read_text() + "COLOUR=blue\n")
    assert doctor(project) == 1
    assert "COLOUR라는 설정은 없어요" in capsys.readouterr().out


def test_the_project_is_found_from_below_and_outside_there_is_none(project: Path, tmp_path: Path) -> None:
    assert find_project(project / "app/services") == project
    assert find_project(tmp_path) is None


HEALTHY = {
    "time_zone": "+09:00",
    "sql_mode": "STRICT_TRANS_TABLES",
    "seconds_from_utc": 32400,
    "charset": "utf8mb4",
    "collation": "utf8mb4_0900_ai_ci",
}
