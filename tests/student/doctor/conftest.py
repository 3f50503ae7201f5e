"""A project like the student's, on a database of its own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbook.mysql.login import create_database, cursor, quoted
from workbook.mysql.server import Server
from workbook.place import TEMPLATE
from workbook.student.doctor import Finding, seen
from workbook.student.doctor.machine import Results

MOON = ("-c", "user.name=Moon", "-c", "user.email=moon@example.org")
Typed = Callable[[str], str]


def findings(results: Results) -> list[Finding]:
    """What is wrong or ahead among the results."""
    return [each for each in seen(results) if isinstance(each, Finding)]


def only(results: Results) -> Finding:
    """The one finding among the results."""
    (found,) = findings(results)
    return found


def none(results: Results) -> bool:
    """Whether there is no finding."""
    return findings(results) == []


@pytest.fixture
def database(mysql: Server) -> Iterator[str]:
    """A database of the test's own, dropped afterwards."""
    name = f"doctor_{os.getpid()}"
    create_database(mysql, name)
    yield name
    with cursor(mysql) as ask:
        ask.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")


@pytest.fixture(scope="session")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template outside this repository, all of it committed, to be copied."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env")
    copied = Path(shutil.copytree(TEMPLATE, tmp_path_factory.mktemp("committed") / "when2meet", ignore=ignored))
    for command in (["init", "-q", "--template="], ["add", "."], [*MOON, "commit", "-qm", "Begin"]):
        subprocess.run(["git", *command], cwd=copied, check=True)
    return copied


@pytest.fixture
def project(committed: Path, tmp_path: Path, mysql: Server, database: str) -> Path:
    """The template, the test's own, with an `.env` that names the server."""
    copied = shutil.copytree(committed, tmp_path / "when2meet")
    values = mysql.environment(database).items()
    (copied / ".env").write_text("".join(f"{key}={value}\n" for key, value in values))
    return copied


@pytest.fixture
def typed(project: Path) -> Typed:
    """Runs a command in the project, as a person would type it, with `workbook` and `uv` on PATH; what it printed."""

    def run(command: str) -> str:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        env = os.environ | {"PATH": path}
        done = subprocess.run(["bash", "-c", command], cwd=project, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
