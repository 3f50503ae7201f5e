"""A student's project at any tag, on a database of its own."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from workbook.history.git import persons_git
from workbook.mysql.login import create_database, cursor, databases, quoted
from workbook.mysql.server import Server
from workbook.place import PROGRESS
from workbook.replay.ground import uv
from workbook.student import environment
from workbook.student.ground import PREFIX, Ground, Probe, know_korea, tables
from workbook.student.start import commit_all, history, is_clean

ProjectAt = Callable[[str], Path]

_made: dict[str, tuple[dict[str, str], tuple[tuple[object, ...], ...]]] = {}
"""The tables of a tag, once they were built by its migrations, and Aerich's record of them."""
_locks: dict[str, str] = {}
"""The lock, by what pyproject.toml says."""


@pytest.fixture
def own_database(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The database that the student develops on, named in the environment like the server."""
    know_korea(mysql)
    name = f"student_{uuid4().hex[:8]}"
    for key, value in mysql.environment(name).items():
        monkeypatch.setenv(key, value)
    create_database(mysql, name)
    yield name
    with cursor(mysql) as ask:
        for found in databases(mysql):
            if found.startswith(name):
                ask.execute(f"DROP DATABASE {quoted(found)}")


@pytest.fixture
def project_at(tmp_path: Path, mysql: Server, own_database: str) -> ProjectAt:
    """Lay out a project as it is at a tag, with its lock and its tables; `empty` for an empty repository."""

    def lay_out(tag: str) -> Path:
        root = tmp_path / "when2meet"
        root.mkdir()
        persons_git(root, "init", "-q", "--initial-branch=my-work", "--template=")
        (root / PROGRESS).write_text("")
        if tag == "empty":
            return root
        persons_git(root, "fetch", "-q", "--tags", str(history()))
        persons_git(root, "reset", "-q", "--hard", tag)
        lock(root)
        if (root / "migrations").is_dir():
            migrate(root, tag, mysql, own_database)
        # History leaves lock files out; the lessons' `git add -A` takes them up.
        commit_all(root, "What the student's own commands made") if not is_clean(root) else None
        return root

    return lay_out


def lock(root: Path) -> None:
    """Make `uv.lock`, as the lessons' `uv add` does; what is declared alike is locked alike."""
    file = root / "pyproject.toml"
    if file.exists():
        declared = file.read_text()
        if declared not in _locks:
            subprocess.run([uv() or "uv", "lock", "--quiet"], cwd=root, env=environment.environment(), check=True)
            _locks[declared] = (root / "uv.lock").read_text()
        (root / "uv.lock").write_text(_locks[declared])


def migrate(root: Path, tag: str, server: Server, database: str) -> None:
    """Make the tables that the tag's migrations make, and Aerich's record of them."""
    with cursor(server, database) as ask:
        if tag not in _made:
            with Ground(root, server=server) as ground:
                models, migrated = ground.login(ground.make("models")), ground.login(database)
                Probe(ground, environment.python(root), {}).ask("schema", models=models, migrated=migrated)
            ask.execute("SELECT version, app, content FROM aerich")
            _made[tag] = tables(server, database), ask.fetchall()
            return
        made, rows = _made[tag]
        ask.execute("SET foreign_key_checks = 0")  # a table may name one that comes after it
        for statement in made.values():
            ask.execute(statement)
        ask.executemany("INSERT INTO aerich (version, app, content) VALUES (%s, %s, %s)", rows)


@pytest.fixture
def no_database_is_left(mysql: Server) -> Iterator[None]:
    """What a check makes is gone afterwards."""
    yield
    with cursor(mysql) as ask:
        ask.execute(f"SHOW DATABASES LIKE '{PREFIX}{os.getpid()}%'")
        assert ask.fetchall() == ()
