"""What the doctor sees in a real MySQL; each condition is made there, and each cure tried."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.student.doctor.conftest import Typed, findings, none, only
from workbook.mysql import free_port, local
from workbook.mysql.login import cursor
from workbook.mysql.server import Server
from workbook.say import Problem
from workbook.student import environment
from workbook.student.doctor import Finding, doctor, examine, find_project
from workbook.student.doctor import database as examination
from workbook.student.start import start

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
    assert [each for each in facts if not isinstance(each, str)] == []
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
    assert only(examination.database(mysql, project)).cure == "uv run aerich upgrade"


def test_an_account_that_may_not_make_the_tests_databases_is_found_and_mended(
    migrated: Path, mysql: Server, database: str, account: str, typed: Typed
) -> None:
    server = Server(mysql.host, mysql.port, account, "first", mysql.version, "")
    granted = {"": database, f"GRANT ALL ON {database}.* TO {account}": f"{database}_test"}
    for grant, wanting in granted.items():
        with cursor(mysql) as root:
            root.execute(f"REVOKE ALL, GRANT OPTION FROM {account}")
            root.execute(grant or f"GRANT SELECT, INSERT, CREATE VIEW ON {database}.* TO {account}")
        missing = only(examination.database(server, migrated))
        assert f"The account {account}@% may not make {wanting}" in missing.what
        typed(missing.cure.replace("…", mysql.password))
        assert none(examination.database(server, migrated))


def test_pending_failed_lost_and_leftover_are_told_apart_and_mended(
    migrated: Path, mysql: Server, database: str, typed: Typed
) -> None:
    def cure(what: str) -> str:
        wrong = only(examination.database(mysql, migrated))
        assert what in wrong.what
        return wrong.cure

    model = migrated / "app/tortoise_models/meeting.py"
    column = "\n    subject = CaseSensitiveCharField(max_length=9, default='', db_index=True)"
    change(model, "unique=True)", f"unique=True){column}")
    aerich(migrated, "migrate", "--name", "subject")
    (file,) = (migrated / MODELS).glob("*_subject.py")
    with cursor(mysql) as ask:
        ask.execute(f"ALTER TABLE {database}.meetings ADD subject VARCHAR(9) NOT NULL DEFAULT ''")
        typed(cure("failed half way: meetings.subject is there"))
        assert cure("_subject.py") == "uv run aerich upgrade"
        (index,) = re.findall(r"ADD INDEX `(\w+)`", file.read_text())
        ask.execute(f"ALTER TABLE {database}.meetings ADD INDEX {index} (url_code)")
        typed(cure(f"failed half way: meetings.{index} is there"))
    aerich(migrated, "upgrade")
    assert none(examination.database(mysql, migrated))

    # What a migration takes away, its way back would add: nothing of it has happened.
    change(model, column, "")
    aerich(migrated, "migrate", "--name", "gone")
    assert cure("_gone.py") == "uv run aerich upgrade"
    aerich(migrated, "upgrade")

    (first,) = (migrated / MODELS).glob("0_*.py")
    first.unlink()
    typed(cure("the project does not have: 0_"))
    assert none(examination.database(mysql, migrated))


def test_leftover_tables_and_a_migration_that_nobody_has_lead_to_an_empty_database(
    migrated: Path, mysql: Server, database: str, typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{environment.python(migrated).parent}{os.pathsep}{os.environ['PATH']}")
    planted = {
        f"INSERT INTO {database}.aerich (version, app, content) VALUES ('7_a.py', 'models', '{{}}')": "7_a.py",
        f"CREATE TABLE {database}_2.todos (id INT)": "made: todos",
    }
    for place, (statement, what) in enumerate(planted.items()):
        with cursor(mysql) as ask:
            ask.execute(statement)
        left = only(examination.database(mysql, migrated))
        assert what in left.what
        assert f"{database}{place * '_2'}_2" in left.cure
        typed(left.cure.replace("uv run aerich", "aerich"))
        assert none(examination.database(mysql, migrated))
    assert len(re.findall("^MYSQL_DB=", (migrated / ".env").read_text(), re.MULTILINE)) == 1


def test_a_server_other_than_the_one_that_status_names_is_found_and_mended(
    project: Path, home: Path, typed: Typed
) -> None:
    (project / ".env").unlink()
    local.start(use="detached")
    try:
        (missing,) = found(project)
        typed(missing.cure)
        elsewhere = found(project)[-1]
        assert elsewhere.what.startswith("The application asks localhost:3306; `workbook db status --project .` names")
        typed(elsewhere.cure)
        assert [each.cure for each in found(project)] == ["uv run aerich upgrade"]
        change(project / CONFIG, '"port": config.MYSQL_PORT', '"port": 3306')
        unheard = found(project)[-1]
        assert unheard.cure.startswith("In app/configs/tortoise_config.py")
    finally:
        local.stop_kept()


def test_a_pool_that_differs_by_connection_or_cannot_be_opened_is_found(migrated: Path, mysql: Server) -> None:
    """Tortoise sets its `timezone` on the first connection of the pool, and on no other."""
    config = migrated / CONFIG
    before = config.read_text()
    change(config, "SET time_zone = '{UTC_OFFSET}'", "SET time_zone = '+00:00'")
    differ = only(examination.pool(migrated, mysql))
    assert differ.what == "The pool's connections differ in time_zone: +00:00 / +09:00."
    config.write_text(before)
    with (migrated / ".env").open("a") as opened:
        opened.write("MYSQL_POOL_SIZE=3\n")
    assert list(examination.pool(migrated, mysql)) == ["3 connections alike: time zone +09:00, utf8mb4"]
    for broken in ("import nothing_of_that_name", "def f(:"):
        config.write_text(broken)
        error = only(examination.pool(migrated, mysql))
        assert "cannot be opened: " in error.what
        assert "Traceback" not in error.what


def test_the_screen_and_the_exit_code_tell(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / ".env").open("a") as opened:
        opened.write("COLOUR=blue\n")
    (project.parent / "elsewhere").mkdir()
    # Told from above, and found from below.
    steps = {"elsewhere": "→ workbook start ch32 ", ".": f"→ cd {project}\n", "when2meet/app": f"→ cd {project}\n"}
    for here, step in steps.items():
        monkeypatch.chdir(project.parent / here)
        code, said = doctor(), capsys.readouterr().out
        assert step in said
    assert (code, "has no setting COLOUR" in said, "→ perl -ni -e '" in said) == (1, True, True)
    assert [line for line in said.splitlines() if len(line) > 80 and "→" not in line] == []


@pytest.mark.parametrize("chapter", ["ch32", "ch33"])
def test_before_there_is_an_application_nothing_is_said_of_its_pool_or_its_migrations(
    chapter: str, project: Path
) -> None:
    begun = start(chapter, project / "begun").project
    shutil.copy(project / ".env", begun)
    found = [each for _name, results in examine(begun, begun) for each in findings(results) if each.wrong]
    assert found == []


def test_a_project_of_other_folders_is_found_and_a_folder_that_is_gone_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "theirs/src/api").mkdir(parents=True)
    (tmp_path / "theirs/pyproject.toml").write_text('[tool.poetry.dependencies]\ntortoise-orm = "^0.24"\n')
    assert find_project(tmp_path / "theirs/src/api") == tmp_path / "theirs"
    monkeypatch.chdir(tmp_path / "theirs/src/api")
    (tmp_path / "theirs/src/api").rmdir()
    with pytest.raises(Problem, match="is gone"):
        doctor()


def test_what_may_not_be_read_can_be_read_after_its_cure(project: Path, typed: Typed) -> None:
    """Root may read all: what the system says to another stands for it."""
    file = project / ".env"

    def refused() -> Iterator[str]:
        raise PermissionError(13, "Permission denied", str(file))
        yield

    file.chmod(0)
    typed(only(refused()).cure)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "file", [".env", "pyproject.toml", "app/check.py", "app/configs/base_config.py", MODELS, f"{MODELS}/9_a.py"]
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
