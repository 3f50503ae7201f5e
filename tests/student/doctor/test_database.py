"""What the doctor sees in a real MySQL; each condition is made there, and each cure tried."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.student.doctor.conftest import Typed, findings, none, only
from workbook.mysql import free_port
from workbook.mysql.login import cursor
from workbook.mysql.server import Server
from workbook.student import environment
from workbook.student.doctor import Finding, doctor, find_project
from workbook.student.doctor import database as examination

pytestmark = pytest.mark.slow

CONFIG, MODELS = "app/configs/tortoise_config.py", "migrations/models"


@pytest.fixture
def account(mysql: Server) -> Iterator[str]:
    """An account of the test's own, without any right."""
    name = f"doctor_{os.getpid()}"
    with cursor(mysql) as ask:
        ask.execute(f"CREATE USER {name} IDENTIFIED BY 'first'")
        yield name
        ask.execute(f"DROP USER {name}")


@pytest.fixture
def migrated(project: Path) -> Path:
    """The project, its database as its migrations leave it."""
    aerich(project, "upgrade")
    return project


def aerich(project: Path, *arguments: str) -> None:
    command = [environment.python(project).with_name("aerich"), *arguments]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


def found(project: Path) -> list[Finding]:
    """All findings of the database's examinations."""
    return [each for _name, results in examination.examine(project) for each in findings(results)]


def change(file: Path, before: str, after: str) -> None:
    assert before in file.read_text()
    file.write_text(file.read_text().replace(before, after))


def test_a_migrated_template_is_healthy_and_looking_leaves_nothing_in_it(migrated: Path) -> None:
    aerich_left = {*migrated.rglob("*")}
    facts = [each for _name, results in examination.examine(migrated) for each in results]
    assert facts[-1] == "6 connections alike: time zone +09:00, utf8mb4"
    assert found(migrated) == []
    doctor(migrated)
    assert {*migrated.rglob("*")} == aerich_left


def test_a_port_on_which_nobody_listens_and_a_wrong_password_are_found(project: Path, account: str) -> None:
    file, before = project / ".env", (project / ".env").read_text()
    file.write_text(re.sub(r"USER=.*\nMYSQL_PASSWORD=.*", f"USER={account}\nMYSQL_PASSWORD=second", before))
    (refused,) = found(project)
    assert f"does not let {account}@" in refused.what
    assert "MYSQL_PASSWORD" in refused.cure
    file.write_text(f"MYSQL_HOST=127.0.0.1\nMYSQL_PORT={free_port()}\n")
    (silent,) = found(project)
    assert (silent.what.startswith("Nothing listens on"), silent.cure) == (True, "workbook db up")


def test_a_missing_database_is_found_and_mended(project: Path, mysql: Server, database: str, typed: Typed) -> None:
    with cursor(mysql) as ask:
        ask.execute(f"DROP DATABASE {database}")
    (missing,) = found(project)
    assert missing.what == f"There is no database {database}."
    typed(missing.cure)
    assert [each.cure for each in found(project)] == ["uv run aerich upgrade"]


def test_an_account_that_may_not_make_the_tests_databases_is_found_and_mended(
    migrated: Path, mysql: Server, database: str, account: str
) -> None:
    server = Server(mysql.host, mysql.port, account, "first", mysql.version, "")
    assert "no database" in only(examination.database(server, migrated)).what
    with cursor(mysql) as root:
        root.execute(f"GRANT ALL ON {database}.* TO {account}")
        missing = only(examination.database(server, migrated))
        assert f"{database}_test" in missing.why
        root.execute(missing.cure.partition("--execute=")[2].strip("'"))
    assert none(examination.database(server, migrated))


def test_pending_failed_lost_and_leftover_are_told_apart_and_mended(
    migrated: Path, mysql: Server, database: str, typed: Typed
) -> None:
    def wrong() -> Finding:
        return only(examination.database(mysql, migrated))

    column = "\n    title = CaseSensitiveCharField(max_length=9, default='')"
    change(migrated / "app/tortoise_models/meeting.py", "unique=True)", f"unique=True){column}")
    aerich(migrated, "migrate", "--name", "title")
    with cursor(mysql) as ask:
        ask.execute(f"ALTER TABLE {database}.meetings ADD title VARCHAR(9) NOT NULL DEFAULT ''")
    assert "failed half way: meetings.title is there" in wrong().what
    typed(wrong().cure)

    assert wrong().cure == "uv run aerich upgrade"
    aerich(migrated, "upgrade")
    assert none(examination.database(mysql, migrated))

    (first,) = (migrated / MODELS).glob("0_*.py")
    first.unlink()
    assert "the project does not have: 0_" in wrong().what
    typed(wrong().cure)
    assert none(examination.database(mysql, migrated))

    with cursor(mysql) as ask:
        ask.execute(f"CREATE TABLE {database}.todos (id INT)")
    assert "made: todos" in wrong().what
    assert f"{database}_2" in wrong().cure


def test_a_pool_that_differs_by_connection_or_cannot_be_opened_is_found(migrated: Path, mysql: Server) -> None:
    """Tortoise sets its `timezone` on the first connection of the pool, and on no other."""
    config = migrated / CONFIG
    before = config.read_text()
    change(config, "SET time_zone = '{UTC_OFFSET}'", "SET time_zone = '+00:00'")
    (differ,) = found(migrated)
    assert differ.what == "The pool's connections differ in time_zone: +00:00 / +09:00."
    config.write_text(before)
    elsewhere = only(examination.pool(migrated, 3))
    assert f"asks port {mysql.port}; `workbook db status` names 3." in elsewhere.what
    for broken in ("import nothing_of_that_name", "def f(:", "raise RuntimeError('ours')"):
        config.write_text(broken)
        (error,) = found(migrated)
        assert "cannot be opened: " in error.what
        assert "Traceback" not in error.what
    config.write_text(before)
    assert found(migrated) == []


@pytest.mark.parametrize(("language", "words"), [("en", "has no setting COLOUR"), ("ko", "COLOUR라는 설정은 없어요")])
def test_the_screen_and_the_exit_code_tell(
    language: str, words: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", language)
    monkeypatch.setenv("COLUMNS", "80")
    with (project / ".env").open("a") as opened:
        opened.write("COLOUR=blue\n")
    assert doctor(here=project / "app") == 1
    said = capsys.readouterr().out
    assert words in said
    assert "→ perl -ni -e '" in said
    assert [line for line in said.splitlines() if len(line) > 80 and "→" not in line] == []
    # Found from below; outside there is none.
    assert f"cd {project}" in said
    assert find_project(project.parent) is None


@pytest.mark.parametrize(
    "file", [".env", "pyproject.toml", "app/main.py", "app/configs/base_config.py", MODELS, f"{MODELS}/9_a.py"]
)
def test_an_unreadable_file_is_no_traceback(file: str, project: Path) -> None:
    (project / "uv.lock").touch()
    (project / MODELS / "9_a.py").touch()
    (project / file).rename(project / "kept")
    (project / file).write_bytes(b"\xff\xfeE\0")
    doctor(project)
    (project / file).unlink()
    (project / file).symlink_to(project / file)
    doctor(project)
