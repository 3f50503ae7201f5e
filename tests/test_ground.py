"""The ground of the template: changes that a starter makes stay green, and faults that were provoked are refused.

Each test works on a copy of `template_app`, as the person who starts a project from it.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.test_template import command, copy, environment, run_tests
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


@pytest.fixture
def database(mysql: Server) -> Iterator[str]:
    """An empty database, the project's own."""
    name = f"ground_{os.getpid()}"
    create_database(mysql, name)
    yield name
    with cursor(mysql) as ask:
        ask.execute(f"DROP DATABASE {quoted(name)}")


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_the_recipe_for_a_new_column_is_green_forwards_and_back(
    filled: bool, copy: Path, mysql: Server, database: str
) -> None:
    aerich(copy, mysql, database, "upgrade")
    if filled:
        fill(mysql, database)
    add(copy, FIELDS)

    aerich(copy, mysql, database, "migrate", "--name", "add_title")
    aerich(copy, mysql, database, "upgrade")
    run_tests(copy, mysql, database)
    aerich(copy, mysql, database, "downgrade", "--yes")
    aerich(copy, mysql, database, "upgrade")

    with cursor(mysql, database) as ask:
        ask.execute("SELECT text, number, flag, code, updated_at, parent_id FROM meetings")
        assert ask.fetchall() == (("untitled", 3, 0, None, None, None),) * 2 * filled


@pytest.mark.parametrize(
    ("name", "field", "refusal"),
    [
        ("code", "fields.CharField(max_length=40, unique=True)", "1062"),
        ("seen_at", "fields.DatetimeField(auto_now_add=True)", "1067"),
        ("updated_at", "fields.DatetimeField(auto_now=True)", "1292"),
        ("parent", 'fields.ForeignKeyField("models.MeetingModel", related_name="children")', "1452"),
    ],
)
def test_a_column_that_has_no_value_for_the_rows_is_refused_and_the_readme_knows_the_way(
    name: str, field: str, refusal: str, copy: Path, mysql: Server, database: str
) -> None:
    aerich(copy, mysql, database, "upgrade")
    fill(mysql, database)
    add(copy, {name: field})
    aerich(copy, mysql, database, "migrate", "--name", "add_title")
    migration = migrations(copy)[-1]

    refused = aerich(copy, mysql, database, "upgrade", code=1)

    assert f"({refusal}, " in refused
    (way,) = [each for each in (copy / "README.md").read_text().split("\n\n") if refusal in each]
    assert "`null=True`" in way
    migration.unlink()
    if refusal == "1452":
        with cursor(mysql, database) as ask:
            ask.execute("ALTER TABLE meetings DROP COLUMN parent_id")
    edit(copy / MODEL, field, f"{field[:-1]}, null=True)")
    aerich(copy, mysql, database, "migrate", "--name", "add_title")
    aerich(copy, mysql, database, "upgrade")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("VARCHAR(255) COLLATE", "VARCHAR(254) COLLATE"),
        ("    UNIQUE KEY `uid_participant_partici_a052ca` (`participant_id`, `date`),\n", ""),
        ("`created_at` DATETIME(6) NOT NULL", "`created_at` DATETIME(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6)"),
        ("utf8mb4_0900_bin NOT NULL UNIQUE", "utf8mb4_0900_bin NOT NULL DEFAULT 'x' UNIQUE"),
    ],
    ids=["width", "unique", "a default of the database", "a default"],
)
def test_a_drift_of_any_other_kind_is_red(before: str, after: str, copy: Path, mysql: Server, database: str) -> None:
    migration = next(each for each in migrations(copy) if before in each.read_text())
    edit(migration, before, after)
    assert "1 failed" in pytest_in(copy, mysql, database, DRIFT, code=1)


def test_a_default_that_aerich_leaves_out_is_red(copy: Path, mysql: Server, database: str) -> None:
    aerich(copy, mysql, database, "upgrade")
    add(copy, {"text": 'fields.CharField(max_length=40, db_default="x")'})
    aerich(copy, mysql, database, "migrate")
    migration = migrations(copy)[-1]
    assert "1 failed" in pytest_in(copy, mysql, database, DRIFT, code=1)

    edit(migration, "VARCHAR(40) NOT NULL", "VARCHAR(40) NOT NULL DEFAULT 'x'")  # as the README says

    assert "1 passed" in pytest_in(copy, mysql, database, DRIFT)


def test_without_its_lifespan_the_application_is_red(copy: Path, mysql: Server, database: str) -> None:
    edit(copy / "app/main.py", "    lifespan=lifespan,\n", "")
    said = pytest_in(copy, mysql, database, code=1)
    red = re.findall(r"^FAILED (\S+)", said, re.MULTILINE)
    assert "app/tests/test_main.py::test_the_lifespan_gives_requests_their_database" in red


def test_two_runs_at_once_on_one_database_take_turns(copy: Path, mysql: Server, database: str) -> None:
    running = [subprocess.Popen(command(), cwd=copy, env=environment(mysql, database), stdout=-1) for _ in range(2)]
    said = [process.communicate()[0].decode() for process in running]
    assert [process.returncode for process in running] == [0, 0], said


def test_a_run_that_waits_too_long_for_another_says_so(copy: Path, mysql: Server, database: str) -> None:
    edit(copy / "app/tests/database.py", "PATIENCE = 60", "PATIENCE = 0")
    with cursor(mysql) as ask:
        ask.execute("SELECT GET_LOCK(%s, 0)", (f"{database}_test",))
        said = pytest_in(copy, mysql, database, DRIFT, code=1)
    assert f"TimeoutError: Another run of the tests uses {database}_test." in said


def test_a_fresh_account_hears_which_grant_it_needs(copy: Path, mysql: Server, database: str) -> None:
    account = replace(mysql, user=f"fresh_{os.getpid()}", password="1234")
    with cursor(mysql) as ask:
        ask.execute(f"CREATE USER {account.user} IDENTIFIED BY '1234'")
        try:
            said = pytest_in(copy, account, database, DRIFT, code=1)
            (grant,) = set(re.findall(r"As root: (GRANT .*;)$", said, re.MULTILINE))
            ask.execute(grant)
            run_tests(copy, account, database)
        finally:
            ask.execute(f"DROP USER {account.user}")


def test_the_zone_and_the_size_of_the_pool_are_settings(copy: Path, mysql: Server, database: str) -> None:
    dotenv = "TIME_ZONE=America/Bogota\nMYSQL_POOL_SIZE=3\n"
    (copy / ".env").write_text(dotenv)
    run_tests(copy, mysql, database)


def test_tls_is_a_setting_and_the_server_is_asked_for_its_certificate(copy: Path, mysql: Server, database: str) -> None:
    # No authority that anybody knows has signed the certificate that MySQL made for itself.
    import certifi

    (copy / ".env").write_text(f"MYSQL_SSL_CA={certifi.where()}\n")
    assert "CERTIFICATE_VERIFY_FAILED" in aerich(copy, mysql, database, "heads", code=1)


def test_dotenv_is_found_from_any_folder_and_the_header_names_server_and_database(
    copy: Path, mysql: Server, database: str
) -> None:
    values = mysql.environment(database)
    (copy / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))
    without = {name: value for name, value in environment(mysql, database).items() if name not in values}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "configs"],
        cwd=copy / "app/tests",
        env=without,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout
    assert f"MySQL: database {database}_test on {mysql.host}:{mysql.port}, as {mysql.user}\n" in done.stdout


def test_a_migration_may_work_longer_than_a_request_may_wait(copy: Path, mysql: Server, database: str) -> None:
    config = copy / "app/configs/tortoise_config.py"
    edit(config, "max_execution_time = 5000", "max_execution_time = 1000")
    slow = "SELECT SLEEP(1.5);\n        CREATE TABLE IF NOT EXISTS `meetings`"
    (migration,) = copy.glob("migrations/models/0_*.py")
    edit(migration, "CREATE TABLE IF NOT EXISTS `meetings`", slow)

    aerich(copy, mysql, database, "upgrade")

    assert aerich(copy, mysql, database, "heads").strip() == "No available heads."


def test_a_migration_gives_up_on_a_table_that_is_in_use_and_can_be_run_again(
    copy: Path, mysql: Server, database: str
) -> None:
    edit(copy / "app/configs/tortoise_config.py", " lock_wait_timeout = 5", " lock_wait_timeout = 1")
    aerich(copy, mysql, database, "upgrade")
    add(copy, {"text": FIELDS["text"]})
    aerich(copy, mysql, database, "migrate")
    with cursor(mysql, database) as reader:
        reader.execute("START TRANSACTION")
        reader.execute("SELECT COUNT(*) FROM meetings")
        # It is refused while the table is still held: nobody lets go of it before the answer is here.
        assert "(1205, " in aerich(copy, mysql, database, "upgrade", code=1)

    aerich(copy, mysql, database, "upgrade")

    assert aerich(copy, mysql, database, "heads").strip() == "No available heads."


def test_the_example_goes_by_the_recipe_of_the_readme_and_the_rest_is_green(
    copy: Path, mysql: Server, database: str
) -> None:
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "-c", "user.name=Starter", "-c", "user.email=starter@example.com", "commit", "-q", "-m", "Start")
    recipe = (copy / "README.md").read_text().partition("## Remove the example")[2]
    *before, last = re.findall(r"^\$ (.*)$", recipe, re.MULTILINE)
    assert last == "uv run aerich init-db"
    said = [sh(copy, line) for line in before][-1]
    shown = [line.split(":", 2) for line in said.splitlines()]
    assert (len(shown), "delete the eleven lines" in recipe) == (11, True)
    for path, _number, text in shown:
        edit(copy / path, f"{text}\n", "")
    aerich(copy, mysql, database, "init-db")

    run_tests(copy, mysql, database)

    changed = git(copy, "diff", "--numstat", "--", "app/configs").split("\n")
    assert changed == ["0\t4\tapp/configs/tortoise_config.py", ""]
    assert git(copy, "grep", "-i", "-l", "-e", "meeting", "-e", "participant", "--", "app", code=1) == ""


def add(project: Path, fields: dict[str, str]) -> None:
    """Give the example's model more fields, in the words of a starter."""
    model = project / MODEL
    if "import Model, fields\n" not in model.read_text():
        edit(model, "from tortoise import Model\n", "from tortoise import Model, fields\n")
    lines = "".join(f"    {name} = {field}\n" for name, field in fields.items())
    edit(model, "unique=True)\n", f"unique=True)\n{lines}")


def migrations(project: Path) -> list[Path]:
    """The project's migrations, the first one first."""
    return sorted(project.glob("migrations/models/*_*.py"), key=lambda file: int(file.name.partition("_")[0]))


def fill(server: Server, database: str) -> None:
    with cursor(server, database) as ask:
        ask.execute("INSERT INTO meetings (url_code, created_at) VALUES ('a', NOW()), ('b', NOW())")


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text, file
    file.write_text(text.replace(before, after, 1))


def aerich(project: Path, server: Server, database: str, *arguments: str, code: int = 0) -> str:
    """What `aerich` says in the project; fails unless it exits so."""
    program = Path(sys.executable).with_name("aerich")
    return run([str(program), *arguments], project, environment(server, database), code)


def pytest_in(project: Path, server: Server, database: str, *arguments: str, code: int = 0) -> str:
    return run([*command(), *arguments], project, environment(server, database), code)


def git(project: Path, *arguments: str, code: int = 0) -> str:
    return run(["git", *arguments], project, dict(os.environ), code)


def sh(project: Path, line: str) -> str:
    return run(["sh", "-c", line], project, dict(os.environ), 0)


def run(arguments: list[str], project: Path, env: dict[str, str], code: int) -> str:
    done = subprocess.run(arguments, cwd=project, env=env, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr
