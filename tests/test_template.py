"""The template, tested as the person who copies it would: its own tests, in a copy of the folder."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.mysql.login import create_database, cursor, databases
from workbook.mysql.server import Server
from workbook.place import TEMPLATE


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the template outside this repository."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env")
    return Path(shutil.copytree(TEMPLATE, tmp_path / "my-app", ignore=ignored))


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_its_own_tests_pass_and_leave_no_database(copy: Path, mysql: Server, arguments: list[str]) -> None:
    name = f"copied_{os.getpid()}"

    said = run_tests(copy, mysql, name, *arguments)

    assert re.search(r"^\d{2,} passed in ", said, re.MULTILINE), said
    assert [found for found in databases(mysql) if found.startswith(name)] == []


def test_two_runs_at_once_on_one_server_do_not_meet_when_their_databases_differ(copy: Path, mysql: Server) -> None:
    names = [f"at_once_{os.getpid()}_{letter}" for letter in "ab"]
    running = [subprocess.Popen(command(), cwd=copy, env=environment(mysql, name), stdout=-1) for name in names]
    codes = [(process.communicate()[0], process.returncode)[1] for process in running]
    assert codes == [0, 0]


def test_a_database_that_is_left_from_a_killed_run_is_in_nobodys_way(copy: Path, mysql: Server) -> None:
    create_database(mysql, f"left_{os.getpid()}_test")
    assert "passed" in run_tests(copy, mysql, f"left_{os.getpid()}")


def test_a_broken_route_turns_its_tests_red(copy: Path, mysql: Server) -> None:
    model = copy / "app/tortoise_models/meeting.py"
    model.write_text(model.read_text().replace("return await cls.create(", "return cls("))

    done = subprocess.run(
        command(), cwd=copy, env=environment(mysql, f"red_{os.getpid()}"), capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "FAILED app/tests/apis/v1/test_meeting_router.py::test_create_meeting_saves_it" in done.stdout


def test_a_test_is_rolled_back_and_makes_no_table(copy: Path, mysql: Server) -> None:
    # What a test costs is counted: a clock would tell what else the machine does. MySQL counts by user.
    user = f"counted_{os.getpid()}"
    kinds = "SELECT event_name, count_star FROM performance_schema.events_statements_summary_by_user_by_event_name"
    with cursor(mysql) as ask:
        ask.execute(f"CREATE USER {user} IDENTIFIED BY '1234'")
        ask.execute(f"GRANT ALL ON *.* TO {user} WITH GRANT OPTION")
        try:
            # One test makes a temporary table of its own on each of the pool's connections: not what is counted here.
            without = ("-k", "not counts_matched_rows")
            said = run_tests(copy, replace(mysql, user=user, password="1234"), user, *without)
            ask.execute(f"{kinds} WHERE user = %s", (user,))
            counted = {name.rpartition("/")[2]: count for name, count in ask.fetchall()}
        finally:
            ask.execute(f"DROP USER {user}")
    tests = int(said.split(" passed")[0].split()[-1])
    assert counted["rollback"] >= tests
    assert sum(counted[kind] for kind in ("create_db", "create_table", "truncate")) < tests / 2, counted


def run_tests(project: Path, server: Server, database: str, *arguments: str) -> str:
    """Run the project's tests; fail with what they said unless they pass."""
    done = subprocess.run(
        [*command(), *arguments], cwd=project, env=environment(server, database), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def command() -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def environment(server: Server, database: str) -> dict[str, str]:
    """The environment of a person who runs the project's tests, with nothing of this run's pytest in it."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return mine | server.environment(database)
