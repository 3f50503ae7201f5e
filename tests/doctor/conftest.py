"""A project like the student's, on a database of its own."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.login import create_database, cursor, quoted
from workbook.mysql.server import Server
from workbook.place import TEMPLATE


@pytest.fixture
def database(mysql: Server) -> Iterator[str]:
    """A database of the test's own, dropped afterwards."""
    name = f"doctor_{os.getpid()}"
    create_database(mysql, name)
    yield name
    with cursor(mysql) as ask:
        ask.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")


@pytest.fixture
def project(tmp_path: Path, mysql: Server, database: str) -> Path:
    """The template outside this repository, with an `.env` that names the server."""
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env", "tests")
    copied = Path(shutil.copytree(TEMPLATE, tmp_path / "when2meet", ignore=ignored))
    lines = (f"{key}={value}\n" for key, value in mysql.environment(database).items())
    (copied / ".env").write_text("".join(lines))
    return copied
