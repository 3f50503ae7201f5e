"""The template, tested as the person who copies it would: its own tests, in a copy of the folder."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.mysql.login import create_database, cursor, databases
from workbook.mysql.server import Server
from workbook.place import TEMPLATE


@pytest.fixture
def copy(tmp_path: Path, mysql: Server, once, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A copy of the template outside this repository."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env")
    with once("template", request.node.name, [TEMPLATE, mysql.version]):
        yield Path(shutil.copytree(TEMPLATE, tmp_path / "my-app", ignore=ignored))


@pytest.mark.timeout(900)
def test_two_runs_at_once_pass_keep_to_their_own_databases_and_leave_none(copy: Path, mysql: Server) -> None:
    """One has workers. The other's user may touch its own databases alone, and MySQL counts what that user asks.

    Each finds a database that a killed run has left.
    """
    workers, alone = (f"{kind}_{os.getpid()}" for kind in ("workers", "alone"))
    for left in (f"{workers}_gw0_test", f"{alone}_test"):
        create_database(mysql, left)
    kinds = "SELECT event_name, count_star FROM performance_schema.events_statements_summary_by_user_by_event_name"
    with cursor(mysql) as ask:
        ask.execute(f"CREATE USER {alone} IDENTIFIED BY '1234'")
        ask.execute(f"GRANT ALL ON `{alone}%`.* TO {alone} WITH GRANT OPTION")
        ask.execute(f"GRANT CREATE USER, CONNECTION_ADMIN, PROCESS ON *.* TO {alone} WITH GRANT OPTION")
        ask.execute(f"GRANT SELECT ON performance_schema.* TO {alone}")
        try:
            its_user = replace(mysql, user=alone, password="1234")
            # One test makes a temporary table of its own on each of the pool's connections: not what is counted here.
            without = ("-k", "not counts_matched_rows")
            runs = start(copy, mysql, workers, "-n", "2"), start(copy, its_user, alone, *without)
            said = [run.communicate()[0] for run in runs]
            ask.execute(f"{kinds} WHERE user = %s", (alone,))
            counted = {name.rpartition("/")[2]: count for name, count in ask.fetchall()}
        finally:
            ask.execute(f"DROP USER {alone}")
    assert [run.returncode for run in runs] == [0, 0], "\n".join(said)
    whole, counted_ones = (re.search(r"^(\d{2,}) passed(?:, 1 deselected)? in ", text, re.MULTILINE) for text in said)
    assert whole, said[0]
    assert counted_ones, said[1]
    tests = int(counted_ones[1])
    assert int(whole[1]) == tests + 1
    assert [found for found in databases(mysql) if found.startswith((workers, alone))] == []
    # Counted, for a clock would tell what else the machine does: a test is rolled back, and makes no table.
    assert counted["rollback"] >= tests
    assert sum(counted[kind] for kind in ("create_db", "create_table", "truncate")) < tests / 2, counted


def test_a_broken_route_turns_its_tests_red(copy: Path, mysql: Server) -> None:
    model, file = copy / "app/tortoise_models/meeting.py", "app/tests/apis/v1/test_meeting_router.py"
    model.write_text(model.read_text().replace("return await cls.create(", "return cls("))
    run = start(copy, mysql, f"red_{os.getpid()}", file)
    assert f"FAILED {file}::test_create_meeting_saves_it" in run.communicate()[0]
    assert run.returncode == 1


def start(project: Path, server: Server, database: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start the project's tests as a person does, with nothing of this run's pytest in their environment."""
    return subprocess.Popen(
        [*command(), *arguments], cwd=project, env=environment(server, database), stdout=subprocess.PIPE, text=True
    )


def run_tests(project: Path, server: Server, database: str, *arguments: str) -> str:
    """Run the project's tests; fail with what they said unless they pass."""
    run = start(project, server, database, *arguments)
    said = run.communicate()[0]
    assert run.returncode == 0, said
    return said


def command() -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]


def environment(server: Server, database: str) -> dict[str, str]:
    """The environment of a person who runs the project's tests, with nothing of this run's pytest in it."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return mine | server.environment(database)
