"""The Makefile, the lock, and what CI runs."""

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.setup.conftest import PYTHON, SYSTEM_PATH, Clone
from workbook.place import CLONE

LOCK, NOTEBOOK_LOCK = ((CLONE / f"{name}.lock").read_text(encoding="utf-8") for name in ("requirements", "notebook"))
PIN = re.compile(r"([a-z0-9-]+)(\[[a-z]+\])?==([^\s;]+)")


def test_make_alone_lists_every_verb_and_setup_says_which_python_is_needed(clone: Clone) -> None:
    verbs = re.findall(r"^\.PHONY: (.*)$", (CLONE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0].split()
    result = clone.run(["make"], PATH=SYSTEM_PATH)
    assert [line.split()[1] for line in result.stdout.splitlines()] == verbs
    result = clone.run(["make", "setup", "PYTHON=no-such-python"], PATH=SYSTEM_PATH)
    assert result.returncode == 2
    assert "There is no Python here (no-such-python is not found)" in result.stdout


def test_make_setup_prepares_and_runs_nothing(clone: Clone) -> None:
    clone.provide("python3", PYTHON)
    result = clone.run(["make", "setup"], PATH=f"{clone.programs}:{SYSTEM_PATH}")
    assert result.returncode == 0, result.stdout
    assert clone.works()
    assert result.stdout.endswith("Next: make up or make test.\n")
    assert {path.name for path in (clone.root / ".workbook").iterdir()} == {"setup.log"}


@pytest.mark.parametrize("lock", [LOCK, NOTEBOOK_LOCK], ids=["requirements", "notebook"])
def test_a_lock_has_nothing_but_pins_and_their_hashes(lock: str) -> None:
    pin = re.compile(r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)? \\")
    unlike = [line for line in lock.splitlines() if not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)]
    assert [line for line in unlike if not pin.fullmatch(line)] == []
    assert "://" not in lock


def test_what_the_notebooks_add_moves_no_other_pin() -> None:
    first, more = ({(name, version) for name, _, version in PIN.findall(lock)} for lock in (LOCK, NOTEBOOK_LOCK))
    assert {name for name, _ in first & more} == {name for name, _ in first} & {name for name, _ in more}
    assert "jupyterlab" in {name for name, _ in more - first}


def test_the_lock_follows_what_both_projects_ask_for() -> None:
    locked = {name: version for name, _, version in PIN.findall(LOCK)}
    for file in (CLONE / "pyproject.toml", CLONE / "template_app" / "pyproject.toml"):
        project = tomllib.loads(file.read_text(encoding="utf-8"))
        asked = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
        exact = {found[1]: found[3] for found in map(PIN.match, asked) if found}
        assert exact.items() <= locked.items(), file
    assert "uv" in locked  # setup gets it for those who have none


MADE = (".venv/bin/python", "site/index.html", "workbook/__pycache__/x.pyc", ".workbook/mysql/server/bin/mysqld")
DATA = (".workbook/mysql/data/ibdata1", ".workbook/mysql/port")
KEPT = (".git/__pycache__/x", "requirements.lock")


@pytest.fixture
def used(clone: Clone) -> Clone:
    """A clone in which somebody has worked."""
    for name in (*MADE, *DATA, *KEPT):
        (clone.root / name).parent.mkdir(parents=True, exist_ok=True)
        (clone.root / name).touch()
    return clone


def there(clone: Clone) -> set[str]:
    return {name for name in (*MADE, *DATA, *KEPT) if (clone.root / name).exists()}


def test_clean_removes_what_was_made_and_keeps_the_data_and_says_so(used: Clone) -> None:
    result = used.run(["make", "clean"], PATH=SYSTEM_PATH)
    assert result.returncode == 0, result.stdout
    assert there(used) == {*DATA, *KEPT}
    assert "Kept: your local MySQL's data in .workbook/mysql/data." in result.stdout
    assert used.run(["make", "clean-data"], PATH=SYSTEM_PATH).returncode == 0
    assert there(used) == {*KEPT}


@pytest.mark.parametrize("verb", ["clean", "clean-data"])
def test_nothing_is_removed_under_a_running_server(used: Clone, verb: str) -> None:
    data = used.root / ".workbook/mysql/data"
    with subprocess.Popen(["sh", "-c", "read x", str(data)], stdin=subprocess.PIPE) as server:
        (data / "mysqld.pid").write_text(f"{server.pid}\n")
        result = used.run(["make", verb], PATH=SYSTEM_PATH)
        server.kill()
    assert result.returncode == 2
    assert f"A MySQL is running on .workbook/mysql/data (process {server.pid})." in result.stdout
    assert there(used) == {*MADE, *DATA, *KEPT}
    # The number is another program's by now.
    (data / "mysqld.pid").write_text(f"{os.getpid()}\n")
    assert used.run(["make", "clean-data"], PATH=SYSTEM_PATH).returncode == 0


PASSED, FAILED = "===== 3 passed in 0.10s =====", "===== 1 failed, 2 passed in 75.10s (0:01:15) ====="

PAGES = "pages: 31 verified, 0 remembered"


@pytest.mark.parametrize(
    ("test", "slow", "code", "last"),
    [
        (f"echo '{PAGES}'; echo '{PASSED}'; echo more", "true", 0, [PASSED]),
        (f"echo '{FAILED}'; exit 1", "true", 2, [FAILED]),
        (f"echo '{PASSED}'", f"echo '{FAILED}'; exit 1", 2, [PASSED, FAILED]),
        ("exit 1", "true", 2, ["pytest did not get as far as a closing line (exit code 2)"]),
    ],
)
def test_ci_prints_pytests_closing_lines_last(test: str, slow: str, code: int, last: list[str], tmp_path: Path) -> None:
    """`.ci/run` where `make test` and `make test-slow` are these recipes; the run's page gets the lines, too."""
    programs = tmp_path / "programs"
    programs.mkdir()
    # All that it would install is there; a test installs nothing on the machine that it runs on.
    for name, does in (("docker", "true"), ("chromium", "true"), ("uv", "true"), ("apt-get", "exit 1")):
        (programs / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "PATH": path}
    (tmp_path / ".ci").mkdir()
    shutil.copy(CLONE / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "Makefile").write_text(f"test:\n\t@{test}\ntest-slow:\n\t@{slow}\n", encoding="utf-8")
    done = subprocess.run([tmp_path / ".ci" / "run"], capture_output=True, text=True, input="", env=environment)
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-len(last) :] == last
    summary = ["```text", *([PAGES] if PAGES in test else []), *last, "```"]
    assert (tmp_path / "summary.md").read_text().splitlines() == summary
