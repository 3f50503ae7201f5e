"""Small projects with a workflow, and what `workbook ci` says of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent, indent

import pytest

from workbook.history.git import git
from workbook.rehearsal import run

WORKFLOW = ".github/workflows/ci.yml"

MYSQL = """\
services:
  mysql:
    image: mysql:8.4
    env:
      MYSQL_ROOT_PASSWORD: "1234"
      MYSQL_DATABASE: from_the_service
    ports: ["3306:3306"]
    options: --health-cmd="mysqladmin ping"
"""
"""A MySQL service, as one writes it below a job's name."""

KEPT = "test_meeting_router.py"
"""The one file of the template's tests that runs where all of them would only take longer."""

Ci = Callable[..., tuple[int, str]]
"""Gives the exit code of a run, and what it printed."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A git repository without a commit."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "project")
    return tmp_path / "project"


@pytest.fixture
def ci(project: Path, capfd: pytest.CaptureFixture[str]) -> Ci:
    """Write and commit a workflow (or its steps, or scripts that all have to pass), and run it."""

    def do(steps: str = "", *scripts: str, job: str = "", only: str | None = None, **files: str) -> tuple[int, str]:
        steps = steps or "".join(f"- run: |\n{indent(dedent(each), ' ' * 4)}\n" for each in scripts)
        write(project, {WORKFLOW: one_job(steps, job), **files})
        commit(project)
        commit(project, "Nothing new")
        capfd.readouterr()
        code, said = run(Path(WORKFLOW), project, only), capfd.readouterr().out
        assert code == 0 or not scripts, said
        return code, said

    return do


def one_job(steps: str, more: str = "") -> str:
    """A workflow of the one job `test`."""
    head = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n"
    return f"{head}{indent(dedent(more), ' ' * 4)}\n    steps:\n{indent(dedent(steps), ' ' * 6)}"


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def commit(folder: Path, subject: str = "A commit") -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", subject)
