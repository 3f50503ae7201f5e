"""`workbook new`, as its owner uses it: tests, migrations and server of the copy, later an update, on a real MySQL."""

import os
import shutil
import stat
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from dotenv import dotenv_values

from tests.conftest import account
from tests.new.conftest import UPDATE, cloned, commit, grow, owner, release, run
from tests.waiting import until
from workbook.mysql import free_port, is_free
from workbook.mysql.login import create_database, cursor, databases, quoted
from workbook.mysql.server import Server
from workbook.new import new
from workbook.place import CLONE
from workbook.rehearsal import run as rehearse
from workbook.say import Problem

pytestmark = pytest.mark.slow

AERICH = (sys.executable, "-m", "aerich")
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


@contextmanager
def owned(mysql: Server, name: str) -> Iterator[str]:
    """A project's name that no other test uses; its databases and its account are dropped afterwards."""
    yield name
    mine = name.replace("-", "_")
    with cursor(mysql) as ask:
        for database in databases(mysql):
            if database.startswith(mine):
                ask.execute(f"DROP DATABASE {quoted(database)}")
        ask.execute("DROP USER IF EXISTS %s", (mine,))


def give(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the server of this run as a person gives one."""
    for name, value in (mysql.environment() | {"WORKBOOK_MYSQL": "given"}).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def given(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server of this run, given."""
    give(mysql, monkeypatch)
    return mysql


@pytest.fixture
def name(mysql: Server) -> Iterator[str]:
    """The name of the test's own project."""
    with owned(mysql, f"zoo-{os.getpid()}") as name:
        yield name


@pytest.fixture(scope="module")
def project(mysql: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A project of a clone, beside it, that is published nowhere. No test changes it."""
    folder = tmp_path_factory.mktemp("new")
    with owned(mysql, f"all-{os.getpid()}") as name:
        with pytest.MonkeyPatch.context() as patch:
            give(mysql, patch)
            made = new(name, folder / "project", template=cloned(folder / "workbook"))
        yield made


def test_its_tests_pass_its_migrations_run_and_its_server_serves(project: Path, mysql: Server) -> None:
    database = str(dotenv_values(project / ".env")["MYSQL_DB"])
    assert "passed" in run(*PYTEST, "-n", "2", cwd=project)
    assert "Success" in run(*AERICH, "upgrade", cwd=project)
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=project, env=owner())
    try:
        until(lambda: not is_free(port), "serving")
        post = urllib.request.Request(f"http://127.0.0.1:{port}/v1/meetings", method="POST")
        with urllib.request.urlopen(post) as answer:
            assert answer.status == 200
    finally:
        server.terminate()
        server.wait()
    with cursor(mysql, database) as ask:
        ask.execute("SELECT COUNT(*) FROM meetings")
        assert ask.fetchone() == (1,)
    assert [each for each in databases(mysql) if each.startswith(database)] == [database]


def test_it_is_a_git_repository_of_its_own_and_the_secret_is_not_in_it(project: Path) -> None:
    assert run("git", "status", "--porcelain", cwd=project) == ""
    assert run("git", "rev-list", "--count", "HEAD", cwd=project).strip() == "1"
    assert ".env" not in run("git", "ls-files", cwd=project).split()
    secret = str(dotenv_values(project / ".env")["MYSQL_PASSWORD"])
    assert len(secret) >= 32
    assert secret not in (project / ".copier-answers.yml").read_text()
    assert stat.S_IMODE((project / ".env").stat().st_mode) == 0o600


def test_its_own_workflow_is_green_at_once(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert rehearse(Path(".github/workflows/ci.yml"), project, None) == 0, capfd.readouterr().out


def test_the_next_version_stays_green_and_the_tables_follow(
    address: Path, template: Path, given: Server, name: str, tmp_path: Path
) -> None:
    project = new(name, tmp_path / "project", template=template)
    assert "Success" in run(*AERICH, "upgrade", cwd=project)
    grow(template)
    migrated(template / "template_app", given, f"{name.replace('-', '_')}_next")
    release(template, address, "2026.1.1")
    run(*UPDATE, cwd=project)
    assert "Success" in run(*AERICH, "upgrade", cwd=project)
    some = ("app/tests/test_migrations.py", "app/tests/apis/v1/test_ballot_router.py")
    assert "passed" in run(*PYTEST, *some, cwd=project)
    commit(project)
    assert "No changes detected" in run(*AERICH, "migrate", "--no-input", cwd=project)


def test_a_bare_project_makes_its_first_migration_and_without_a_lock_its_workflow_locks_first(
    given: Server,
    name: str,
    template: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    grow(template)
    commit(template)
    monkeypatch.setattr("workbook.new.uv", lambda: None)
    bare = new(name, tmp_path / "bare", bare=True, template=template)
    assert "  uv run aerich init-db\n  uv run pytest\n" in capfd.readouterr().err
    assert not (bare / "uv.lock").exists()
    # Before there is a migration, that is one of the faults, and no traceback.
    assert "drift          FAULT: " in run(sys.executable, "-m", "app.check", cwd=bare, code=1)
    run(*AERICH, "init-db", cwd=bare)
    assert run("git", "status", "--porcelain", cwd=bare) == "?? migrations/\n"
    commit(bare)
    code, said = rehearse(Path(".github/workflows/ci.yml"), bare, None), capfd.readouterr().out
    assert (code, "Fix the versions, for no uv.lock is committed" in said) == (0, True), said


def test_an_update_brings_the_changes_of_a_clone_and_keeps_the_owners(project: Path, tmp_path: Path) -> None:
    template, project = project.with_name("workbook"), Path(shutil.copytree(project, tmp_path / "project"))
    readme = project / "README.md"
    readme.write_text(readme.read_text() + "\nOurs.\n")
    commit(project)
    service = template / "template_app/app/services/meeting_service.py"
    service.write_text(service.read_text() + "\n\n# theirs\n")
    (template / "template_app/deploy").mkdir()
    (template / "template_app/deploy/.hidden").write_text("# new\n")
    commit(template)
    run(*UPDATE, cwd=project)
    assert readme.read_text().endswith("\nOurs.\n")
    assert "# theirs" in (project / "app/services/meeting_service.py").read_text()
    assert (project / "deploy/.hidden").read_text() == "# new\n"
    assert "<<<<<<<" not in run("git", "diff", cwd=project)


def test_a_database_that_exists_is_left_alone_and_its_account_reaches_no_other(
    project: Path, given: Server, tmp_path: Path
) -> None:
    values = {key: str(value) for key, value in dotenv_values(project / ".env").items()}
    with pytest.raises(Problem, match="already, so it stays as it is"):
        new(values["MYSQL_DB"].replace("_", "-"), tmp_path / "second")
    assert not (tmp_path / "second").exists()
    mine = replace(given, user=values["MYSQL_USER"], password=values["MYSQL_PASSWORD"])
    assert databases(mine) == [values["MYSQL_DB"]]


def test_an_account_that_may_make_no_accounts_is_told_so_and_nothing_is_left(
    given: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with account(given, "poor") as poor:
        monkeypatch.setenv("MYSQL_USER", poor.user)
        monkeypatch.setenv("MYSQL_PASSWORD", poor.password)
        with pytest.raises(Problem, match=f"{poor.user} may not make accounts"):
            new("zoo", tmp_path / "project")
    assert not (tmp_path / "project").exists()


def test_without_a_server_the_password_is_for_the_one_that_compose_will_make(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("workbook.new.uv", lambda: None)
    made = new("zoo", tmp_path / "project", server=False, template=template)
    values = dotenv_values(made / ".env")
    assert (values["MYSQL_USER"], values["MYSQL_DB"], values["MYSQL_HOST"]) == ("root", "zoo", "localhost")
    assert len(str(values["MYSQL_PASSWORD"])) >= 32
    assert set(values) == set(dotenv_values(made / ".env.example"))
    # Without uv it says how to fix the versions.
    assert "uv.lock is not made yet: uv is not here. Make it and commit it:" in capsys.readouterr().err
    assert not (made / "uv.lock").exists()


def test_a_name_or_a_folder_that_will_not_do_is_refused_and_nothing_is_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("ours")
    names = ("My App", "1st", "a--b", "mysql", "a_b", "-x", "", "a" * 33, "../x")
    # What Python, YAML or uv would take for something else; starlette comes with fastapi.
    names += ("class", "json", "null", "on", "fastapi", "starlette", "asyncmy", "pytest-xdist")
    bad = [(name, tmp_path / "project", "cannot be a project's name") for name in names]
    bad += [("zoo", folder, "cannot be made in") for folder in (tmp_path / "thesis.txt/zoo", Path("/proc/a/zoo"))]
    bad += [("zoo", tmp_path, "not empty"), ("zoo", CLONE / "zoo", "lies in the workbook's own repository")]
    for name, folder, why in bad:
        with pytest.raises(Problem, match=why) as refused:
            new(name, folder, server=False)
        assert refused.value.code == 2
    with pytest.raises(Exception, match=r"not-there|template"):
        new("zoo", tmp_path / "project", server=False, template=tmp_path / "not-there")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def migrated(application: Path, server: Server, database: str) -> None:
    """Make the template's next migration as its authors do: on a database that has those before."""
    create_database(server, database)
    for verb in (("upgrade",), ("migrate", "--name", "ballots")):
        run(*AERICH, *verb, cwd=application, env=owner() | server.environment(database))
