"""`make clean` takes what was made and leaves a person's data."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.setup.clones import Clone

MADE = (
    ".venv/bin/python",
    ".pytest_cache/x",
    ".mypy_cache/x",
    ".ruff_cache/x",
    "site/index.html",
    "workbook/__pycache__/x.pyc",
    ".workbook/setup.log",
    ".workbook/environments/1a2b3c/pyvenv.cfg",
    ".workbook/mysql/server/bin/mysqld",
)
DATA = (".workbook/mysql/data/ibdata1", ".workbook/mysql/port")


@pytest.fixture
def used(clone: Clone) -> Clone:
    """A clone in which somebody has worked."""
    for name in (*MADE, *DATA, ".git/__pycache__/x"):
        (clone.root / name).parent.mkdir(parents=True, exist_ok=True)
        (clone.root / name).write_bytes(b"x" * 2_000_000)
    return clone


def there(clone: Clone, *names: str) -> set[str]:
    return {name for name in names if (clone.root / name).exists()}


def test_clean_removes_what_was_made_and_keeps_the_data_and_says_so(used: Clone) -> None:
    result = used.bootstrap("clean", PYTHONDONTWRITEBYTECODE="1")
    assert result.returncode == 0, result.stdout
    assert there(used, *MADE) == set()
    assert there(used, *DATA) == set(DATA)
    assert f"Kept: your local MySQL's data in {used.root}/.workbook/mysql/data." in result.stdout
    assert there(used, ".git/__pycache__/x", "workbook/place.py", "requirements.lock")


def test_clean_data_removes_the_data_and_says_which_and_how_much(used: Clone) -> None:
    result = used.bootstrap("clean-data")
    assert result.returncode == 0, result.stdout
    assert f"Removing your local MySQL's data: {used.root}/.workbook/mysql/data (2 MB)" in result.stdout
    assert there(used, ".workbook", ".venv") == set()


@pytest.mark.parametrize("verb", ["clean", "clean-data"])
def test_nothing_is_removed_under_a_running_server(used: Clone, verb: str) -> None:
    data = used.root / ".workbook/mysql/data"
    with subprocess.Popen(["sleep", "60"], cwd=data) as server:  # a server works in its data directory
        (data / "mysqld.pid").write_text(f"{server.pid}\n")
        result = used.bootstrap(verb)
        server.kill()
    assert result.returncode == 1
    assert f"A MySQL is running on {data} (process {server.pid})." in result.stdout
    assert there(used, *MADE, *DATA) == {*MADE, *DATA}


def test_a_pid_that_is_another_programs_by_now_does_not_keep_anything_from_being_cleaned(used: Clone) -> None:
    (used.root / ".workbook/mysql/data/mysqld.pid").write_text(f"{os.getpid()}\n")
    assert used.bootstrap("clean-data").returncode == 0


def test_a_folder_outside_the_clone_is_left_alone(used: Clone, tmp_path: Path) -> None:
    data = tmp_path / "elsewhere" / "mysql" / "data"
    data.mkdir(parents=True)
    result = used.bootstrap("clean-data", WORKBOOK_HOME=str(tmp_path / "elsewhere"))
    assert f"Left alone: {tmp_path / 'elsewhere'}, which WORKBOOK_HOME names." in result.stdout
    assert data.exists()


def test_cleaning_twice_is_no_error(clone: Clone) -> None:
    assert clone.bootstrap("clean").returncode == 0
    assert clone.bootstrap("clean").stdout == "Clean.\n"
