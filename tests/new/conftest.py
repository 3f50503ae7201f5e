"""A workbook as far as copier is concerned, with versions and an address, in folders of the test's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE

COPIER = (sys.executable, "-m", "copier")
UPDATE = (*COPIER, "update", "--defaults", "--quiet")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """Somebody's clone of the workbook, with nothing published and no address."""
    clone = tmp_path / "workbook"
    ignored = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".venv", ".env")
    shutil.copytree(CLONE / "template_app", clone / "template_app", ignore=ignored)
    shutil.copytree(CLONE / "starter", clone / "starter")
    shutil.copy(CLONE / "copier.yml", clone)
    shutil.copy(CLONE / "LICENSE", clone)
    run("git", "init", "--quiet", "--initial-branch=main", cwd=clone)
    commit(clone)
    return clone


@pytest.fixture
def address(template: Path, tmp_path: Path) -> Path:
    """Where that clone is published, as its one setting says, in a version and with a chapter's tag beside it."""
    bare = tmp_path / "published.git"
    run("git", "init", "--quiet", "--bare", "--initial-branch=main", str(bare), cwd=tmp_path)
    (template / "pyproject.toml").write_text(f'[tool.workbook]\n# Where it is.\nrepository = "{bare}"\nmax_skips = 7\n')
    release(template, bare, "2026.1.0", "2026.1/ch37")
    return bare


def release(template: Path, address: Path, *tags: str) -> None:
    """Publish what the clone holds as a version."""
    commit(template)
    for tag in tags:
        run("git", "tag", tag, cwd=template)
    run("git", "push", "--quiet", "--tags", str(address), "main", cwd=template)


def copied(source: Path, project: Path, *answers: str) -> Path:
    """A project by `copier copy` alone, committed by its first person."""
    data = [f"--data={answer}" for answer in ("project_name=shop", *answers)]
    run(*COPIER, "copy", "--defaults", "--quiet", *data, str(source), str(project), cwd=project.parent)
    run("git", "init", "--quiet", cwd=project)
    commit(project)
    return project


def grow(template: Path) -> None:
    """Bring the template a second model with all that goes with it, but for a migration, and a change of the ground."""
    app = template / "template_app/app"
    for file in (
        app / "tortoise_models/meeting.py",
        app / "services/meeting_service_mysql.py",
        app / "apis/v1/meeting_router.py",
        app / "dtos/create_meeting_response.py",
        app / "tests/apis/v1/test_meeting_router_mysql.py",
    ):
        text = file.read_text().replace("Meeting", "Ballot").replace("meeting", "ballot").replace("mysql_r", "ballot_r")
        file.with_name(file.name.replace("meeting", "ballot")).write_text(text)
    edit(
        app / "configs/tortoise_config.py",
        '    "aerich.models"',
        '    "app.tortoise_models.ballot",\n    "aerich.models"',
    )
    edit(app / "configs/tortoise_config.py", '"connect_timeout": 5', '"connect_timeout": 6')
    imported = "from app.apis.v1.meeting_router import mysql_router\n"
    edit(app / "main.py", imported, "from app.apis.v1.ballot_router import ballot_router\n" + imported)
    edit(
        app / "main.py",
        "app.include_router(mysql_router)",
        "app.include_router(mysql_router)\napp.include_router(ballot_router)",
    )


def edit(file: Path, before: str, after: str) -> None:
    text = file.read_text()
    assert before in text, file
    file.write_text(text.replace(before, after, 1))


def tree(project: Path) -> dict[str, tuple[str, int]]:
    """Each file of a project that git would keep, with its text and whether it can be run."""
    kept = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=project).splitlines()
    files = [(path, project / path) for path in sorted(set(kept)) if (project / path).exists()]
    return {path: (file.read_text(), file.stat().st_mode & 0o111) for path, file in files}


def run(*command: str, cwd: Path, code: int = 0) -> str:
    """Run a command as the project's owner; fail with what it said unless it exits with the code."""
    done = subprocess.run(command, cwd=cwd, env=owner(), capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + (done.stderr if code else "")


def owner() -> dict[str, str]:
    """The environment of the project's owner: `.env` alone says which server."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST_", "MYSQL_", "WORKBOOK_"))}
    who = {f"GIT_{role}_{what}": "moon@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return kept | who


def commit(repository: Path) -> None:
    run("git", "add", "--all", cwd=repository)
    run("git", "commit", "--quiet", "--allow-empty", "--message", "A change", cwd=repository)
