"""`workbook check` in a project of anybody's: it judges with the right packages, and every file stays as it was."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.student.conftest import ProjectAt
from tests.student.test_checks import TAGS
from workbook.clinic import lastcheck
from workbook.mysql.login import databases
from workbook.mysql.server import Server
from workbook.place import PROGRESS
from workbook.replay.ground import uv
from workbook.student import environment
from workbook.student.checking import diff
from workbook.student.commands import app
from workbook.student.ground import PREFIX
from workbook.student.start import commit_all, is_clean

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

OURS = {PROGRESS, lastcheck.NAME}
PROJECT = '[project]\nname = "when2meet"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n'
POETRY_CORE = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'


def _declared(root: Path) -> tuple[list[str], list[str], str]:
    """What the chapter's pyproject.toml asks for, for development too, and its tools' tables. Its lock goes."""
    read = (root / "pyproject.toml").read_text()
    content = tomllib.loads(read)
    (root / "uv.lock").unlink()
    tools = read[read.index("[tool.") :] if "[tool." in read else ""
    return content["project"]["dependencies"], content.get("dependency-groups", {}).get("dev", []), tools


def _poetry_table(name: str, requirements: list[str]) -> str:
    lines = [f"[tool.poetry.{name}]", 'python = "^3.11"' if name == "dependencies" else ""]
    for requirement in requirements:
        found = re.fullmatch(r"([\w.-]+)(?:\[(\w+)\])?(.*)", requirement)
        assert found
        extras = f'extras = ["{found[2]}"], ' if found[2] else ""
        lines.append(f'{found[1]} = {{{extras}version = "{found[3] or "*"}"}}')
    return "\n".join([*lines, ""])


def with_poetry_1_and_its_lock(root: Path) -> None:
    pins = re.findall(r'^name = "(.+)"\nversion = "(.+)"\nsource', (root / "uv.lock").read_text(), re.MULTILINE)
    needed, dev, tools = _declared(root)
    tables = _poetry_table("dependencies", needed) + _poetry_table("group.dev.dependencies", dev)
    (root / "pyproject.toml").write_text(f"[tool.poetry]\npackage-mode = false\n{tables}\n{tools}")
    package = '[[package]]\nname = "{}"\nversion = "{}"\noptional = false\n'
    # One of them is for another platform.
    locked = [package.format(*each) for each in [*pins, ("pywin32", "308")]]
    metadata = '[metadata]\nlock-version = "2.0"\npython-versions = "^3.11"\n'
    (root / "poetry.lock").write_text("\n".join([*locked, metadata]))


def with_poetry_2(root: Path) -> None:
    needed, dev, tools = _declared(root)
    table = _poetry_table("group.dev.dependencies", dev)
    (root / "pyproject.toml").write_text(f"{PROJECT}dependencies = {needed}\n\n{table}\n{POETRY_CORE}\n{tools}")


def with_pip(root: Path) -> None:
    needed, dev, tools = _declared(root)
    (root / "pyproject.toml").write_text(tools)
    (root / "requirements.txt").write_text("\n".join(["-e .", *needed]))
    (root / "requirements-dev.txt").write_text("\n".join(["-r requirements.txt", *dev]))


def with_an_environment_elsewhere(root: Path) -> None:
    _uv(root, "sync", "--quiet", UV_PROJECT_ENVIRONMENT=str(root.parent / "elsewhere"))
    (root / "pyproject.toml").write_text(_declared(root)[2])


@pytest.mark.parametrize(
    ("lay_out", "tag"),
    [
        *((lambda root: None, tag) for tag in TAGS),
        (lambda root: (root / "uv.lock").unlink(), "ch34"),
        (with_poetry_1_and_its_lock, "ch34"),
        (with_poetry_2, "ch35"),
        (with_pip, "ch35"),
        (with_an_environment_elsewhere, "ch35"),
    ],
)
def test_a_check_judges_and_changes_nothing(
    lay_out: Callable[[Path], object],
    tag: str,
    project_at: ProjectAt,
    mysql: Server,
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = project_at(tag)
    lay_out(root)
    commit_all(root, "As the student has it") if not is_clean(root) else None
    elsewhere = root.parent / "elsewhere"
    if elsewhere.exists():
        monkeypatch.setenv("VIRTUAL_ENV", str(elsewhere))
    else:
        _uv(root, "venv", "--quiet", ".venv")
        _uv(root, "pip", "install", "--quiet", "--python", ".venv", "iniconfig")
    (root / PROGRESS).write_text(f"current {tag}\n")
    # As after `git pull` or an editor that saves what was there: the index is out of date, and git would refresh it.
    os.utime(root / ".gitignore")
    before, there = _files(root.parent), _databases(mysql, own_database)

    result = CliRunner().invoke(app, ["check", "--project", str(root)], env={"WORKBOOK_LANG": "en"})

    assert _files(root.parent) == before
    assert _databases(mysql, own_database) == there
    assert (result.exit_code, f"{tag} is done" in result.output) == (0, True), result.output
    assert "which count for nothing here" not in result.output


def test_a_diff_changes_nothing(project_at: ProjectAt) -> None:
    root = project_at("ch34")
    (root / "app/main.py").write_text("mine = True\n")
    before = _files(root)

    assert "+mine = True" in diff(root, "ch34")
    # Git touches an object that it finds there already; what is in it stays.
    assert {path: each[0] for path, each in _files(root).items()} == {path: each[0] for path, each in before.items()}


def test_packages_are_installed_once_and_outlive_the_link_under_which_python_was_found(
    project_at: ProjectAt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, link = project_at("ch33"), tmp_path / "bin/python3"
    link.parent.mkdir()
    link.symlink_to(Path(sys.base_prefix) / "bin/python3")
    monkeypatch.setenv("PATH", f"{link.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    python = environment.python(root)
    made = python.lstat().st_mtime_ns

    (root / "pyproject.toml").write_text((root / "pyproject.toml").read_text() + "\n[tool.pytest.ini_options]\n")
    assert (environment.python(root), python.lstat().st_mtime_ns) == (python, made)

    link.unlink()
    assert subprocess.run([python, "-c", "import fastapi"]).returncode == 0

    (python.parent.parent / environment.DONE).unlink()  # as when an installation broke off
    assert environment.python(root).lstat().st_mtime_ns != made


def _uv(root: Path, *arguments: str, **values: str) -> None:
    command = [uv() or "uv", *arguments]
    env = environment.environment() | {"UV_PYTHON_DOWNLOADS": "never"} | values
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _files(top: Path) -> dict[str, tuple[str, int]]:
    """Every file's content and time, by its path."""
    found = {}
    for path in sorted(top.rglob("*")):
        if path.name not in OURS and (path.is_symlink() or path.is_file()):
            content = os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes()
            found[str(path.relative_to(top))] = hashlib.sha256(content).hexdigest(), path.lstat().st_mtime_ns
    return found


def _databases(server: Server, own: str) -> set[str]:
    """All that a check could make or drop; tests that run beside this one have others."""
    return {name for name in databases(server) if name.startswith((own, f"{PREFIX}{os.getpid()}_", "when2meet"))}
