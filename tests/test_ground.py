"""The ground of the template: changes that a starter makes stay green, and faults that were provoked are refused.

Each test works on a copy of `template_app`, as the person who starts a project from it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.conftest import account
from tests.new.conftest import commit, edit, run
from tests.test_template import command, copy, environment
from workbook.mysql.login import create_database, cursor, quoted
from workbook.mysql.server import Server

__all__ = ["copy"]
pytestmark = pytest.mark.slow

MODEL = "app/tortoise_models/meeting.py"
DRIFT = "app/tests/test_migrations.py"
FIELDS = {
    "text": 'fields.CharField(max_length=40, default="untitled")',
    "number": "fields.IntField(default=3)",
    "flag": "fields.BooleanField(default=False)",
    "code": "fields.CharField(max_length=40, unique=True, null=True)",
    "updated_at": "fields.DatetimeField(auto_now=True, null=True)",
    "parent": 'fields.ForeignKeyField("models.MeetingModel", related_name="children", null=True)',
}
"""What the README's recipe asks for, one field of each kind."""
REFUSED = {
    "1062": ("code", "fields.CharField(max_length=40, unique=True)"),
    "1067": ("seen_at", "fields.DatetimeField(auto_now_add=True)"),
    "1292": ("updated_at", "fields.DatetimeField(auto_now=True)"),
    "1452": ("parent", 'fields.ForeignKeyField("models.MeetingModel", related_name="children")'),
}
"""Fields that MySQL has no value for in the rows that are there, by the number of its refusal."""


@dataclass(frozen=True)
class Project:
    """A copy of the template, with an empty database of its own on a server."""

    folder: Path
    server: Server
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the person who works on it."""
        return environment(self.server, self.database)

    def aerich(self, *arguments: str, code: int = 0) -> str:
        """What `aerich` says in the project; fails unless it exits so."""
        program = Path(sys.executable).with_name("aerich")
        return run(str(program), *arguments, cwd=self.folder, env=self.environment, code=code)

    def pytest(self, *arguments: str, code: int = 0) -> str:
        """What its tests say, all or some; fails unless they exit so."""
        return run(*command(), *arguments, cwd=self.folder, env=self.environment, code=code)

    def edit(self, path: str, before: str, after: str) -> None:
        edit(self.folder / path, before, after)

    def migrations(self) -> list[Path]:
        """Its migrations, the first one first."""
        files = self.folder.glob("migrations/models/*_*.py")
        return sorted(files, key=lambda file: int(file.name.partition("_")[0]))

    def add(self, fields: dict[str, str]) -> None:
        """Give the example's model more fields, in the words of a starter."""
        lines = "".join(f"    {name} = {field}\n" for name, field in fields.items())
        self.edit(MODEL, "unique=True)\n", f"unique=True)\n{lines}")

    def fill(self) -> None:
        """Save two meetings."""
        with cursor(self.server, self.database) as ask:
            ask.execute("INSERT INTO meetings (url_code, created_at) VALUES ('a', NOW()), ('b', NOW())")


@pytest.fixture
def project(copy: Path, mysql: Server) -> Iterator[Project]:
    """A project of the test's own."""
    name = f"ground_{os.getpid()}"
    create_database(mysql, name)
    yield Project(copy, mysql, name)
    with cursor(mysql) as ask:
        ask.execute(f"DROP DATABASE {quoted(name)}")


def test_the_recipe_for_a_new_column_is_green_forwards_and_back(project: Project) -> None:
    project.aerich("upgrade")
    project.fill()
    project.add(FIELDS)

    project.aerich("migrate", "--name", "add_title")
    project.aerich("upgrade")
    project.pytest()
    project.aerich("downgrade", "--yes")
    project.aerich("upgrade")

    with cursor(project.server, project.database) as ask:
        ask.execute("SELECT text, number, flag, code, updated_at, parent_id FROM meetings")
        assert ask.fetchall() == (("untitled", 3, 0, None, None, None),) * 2


def test_a_column_that_has_no_value_for_the_rows_is_refused_and_the_readme_knows_the_way(project: Project) -> None:
    project.aerich("upgrade")
    project.fill()
    model = (project.folder / MODEL).read_text()
    for refusal, (name, field) in REFUSED.items():
        project.add({name: field})
        project.aerich("migrate", "--name", "add_title")

        refused = project.aerich("upgrade", code=1)

        assert f"({refusal}, " in refused
        (way,) = [each for each in (project.folder / "README.md").read_text().split("\n\n") if refusal in each]
        assert "`null=True`" in way
        project.migrations()[-1].unlink()
        (project.folder / MODEL).write_text(model)
    with cursor(project.server, project.database) as ask:
        ask.execute("ALTER TABLE meetings DROP COLUMN parent_id")
    project.add({name: f"{field[:-1]}, null=True)" for name, field in REFUSED.values()})
    project.aerich("migrate", "--name", "add_title")
    project.aerich("upgrade")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    UNIQUE KEY `uid_participant_partici_a052ca` (`participant_id`, `date`),\n", ""),
        ("`created_at` DATETIME(6) NOT NULL", "`created_at` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)"),
        ("utf8mb4_0900_bin NOT NULL UNIQUE", "utf8mb4_0900_bin NOT NULL DEFAULT 'x' UNIQUE"),
    ],
    ids=["unique", "a default of the database", "a default"],
)
def test_a_drift_of_any_other_kind_is_red(before: str, after: str, project: Project) -> None:
    migration = next(each for each in project.migrations() if before in each.read_text())
    edit(migration, before, after)
    assert "1 failed" in project.pytest(DRIFT, code=1)


def test_a_default_that_aerich_leaves_out_is_red(project: Project) -> None:
    project.aerich("upgrade")
    project.add({"text": 'fields.CharField(max_length=40, db_default="x")'})
    project.aerich("migrate")
    migration = project.migrations()[-1]
    assert "1 failed" in project.pytest(DRIFT, code=1)

    edit(migration, "VARCHAR(40) NOT NULL", "VARCHAR(40) NOT NULL DEFAULT 'x'")  # as the README says

    assert "1 passed" in project.pytest(DRIFT)


def test_without_its_lifespan_the_application_is_red(project: Project) -> None:
    project.edit("app/main.py", "    lifespan=lifespan,\n", "")
    said = project.pytest("app/tests/test_main.py", code=1)
    assert "\nFAILED app/tests/test_main.py::test_the_lifespan_gives_requests_their_database" in said


def test_two_runs_at_once_on_one_database_take_turns(project: Project) -> None:
    some = [*command(), "app/tests/apis/v1"]
    running = [subprocess.Popen(some, cwd=project.folder, env=project.environment, stdout=-1) for _ in range(2)]
    said = [process.communicate()[0].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], said


def test_a_run_that_waits_too_long_for_another_says_so(project: Project) -> None:
    project.edit("app/tests/database.py", "PATIENCE = 60", "PATIENCE = 0")
    with cursor(project.server) as ask:
        ask.execute("SELECT GET_LOCK(%s, 0)", (f"{project.database}_test",))
        said = project.pytest(DRIFT, code=1)
    assert f"TimeoutError: Another run of the tests uses {project.database}_test." in said


def test_a_fresh_account_hears_which_grant_it_needs(project: Project) -> None:
    with account(project.server, "1234") as fresh, cursor(project.server) as ask:
        theirs = replace(project, server=fresh)
        (grant,) = set(re.findall(r"As root: (GRANT .*;)$", theirs.pytest(DRIFT, code=1), re.MULTILINE))
        ask.execute(grant)
        theirs.pytest()


def test_the_zone_and_the_size_of_the_pool_are_settings(project: Project) -> None:
    (project.folder / ".env").write_text("TIME_ZONE=America/Bogota\nMYSQL_POOL_SIZE=3\n")
    project.pytest()


def test_tls_is_a_setting_and_the_server_is_asked_for_its_certificate(project: Project) -> None:
    # No authority that anybody knows has signed the certificate that MySQL made for itself.
    import certifi

    (project.folder / ".env").write_text(f"MYSQL_SSL_CA={certifi.where()}\n")
    assert "CERTIFICATE_VERIFY_FAILED" in project.aerich("heads", code=1)


def test_dotenv_is_found_from_any_folder_and_the_header_names_server_and_database(project: Project) -> None:
    server, values = project.server, project.server.environment(project.database)
    (project.folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))

    said = run(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "configs", cwd=project.folder / "app/tests")

    assert f"MySQL: database {project.database}_test on {server.host}:{server.port}, as {server.user}\n" in said


def test_a_migration_may_work_longer_than_a_request_may_wait(project: Project) -> None:
    project.edit("app/configs/tortoise_config.py", "max_execution_time = 5000", "max_execution_time = 1000")
    slow = "SELECT SLEEP(1.5);\n        CREATE TABLE IF NOT EXISTS `meetings`"
    edit(project.migrations()[0], "CREATE TABLE IF NOT EXISTS `meetings`", slow)

    project.aerich("upgrade")

    assert project.aerich("heads").strip() == "No available heads."


def test_a_migration_gives_up_on_a_table_that_is_in_use_and_can_be_run_again(project: Project) -> None:
    project.edit("app/configs/tortoise_config.py", " lock_wait_timeout = 5", " lock_wait_timeout = 1")
    project.aerich("upgrade")
    project.add({"text": FIELDS["text"]})
    project.aerich("migrate")
    with cursor(project.server, project.database) as reader:
        reader.execute("START TRANSACTION")
        reader.execute("SELECT COUNT(*) FROM meetings")
        # It is refused while the table is still held: nobody lets go of it before the answer is here.
        assert "(1205, " in project.aerich("upgrade", code=1)

    project.aerich("upgrade")

    assert project.aerich("heads").strip() == "No available heads."


def test_the_example_goes_by_the_recipe_of_the_readme_and_the_rest_is_green(project: Project) -> None:
    run("git", "init", "-q", cwd=project.folder)
    commit(project.folder)
    recipe = (project.folder / "README.md").read_text().partition("## Remove the example")[2]
    *before, last = re.findall(r"^\$ (.*)$", recipe, re.MULTILINE)
    assert last == "uv run aerich init-db"
    said = [run("sh", "-c", line, cwd=project.folder) for line in before][-1]
    shown = [line.split(":", 2) for line in said.splitlines()]
    assert (len(shown), "delete the eleven lines" in recipe) == (11, True)
    for path, _number, text in shown:
        project.edit(path, f"{text}\n", "")
    project.aerich("init-db")

    project.pytest()

    changed = run("git", "diff", "--numstat", "--", "app/configs", cwd=project.folder).split("\n")
    assert changed == ["0\t4\tapp/configs/tortoise_config.py", ""]
    left = ["git", "grep", "-i", "-l", "-e", "meeting", "-e", "participant", "--", "app"]
    assert run(*left, cwd=project.folder, code=1) == ""
