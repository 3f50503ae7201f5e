"""A newer version breaks a chapter: the canary names chapter, fence, line and package. Its packages are tiny wheels."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson.course import lesson, line_of, write_course
from tests.setup.wheels import make_wheel
from workbook.history.git import git
from workbook.place import CLONE

pytestmark = pytest.mark.slow

MACHINE = ("workbook", "tests/__init__.py", "tests/conftest.py", "tests/test_pages.py", "conftest.py", "pyproject.toml")
TYPED = "$ uv run --quiet --no-project --with {0}==1.0.0 python -c 'import {0}; print({0}.WORD)'"
QUIET = lesson(
    '```toml title="pyproject.toml"\n[project]\nname = "fixture"\nversion = "0"\nrequires-python = ">=3.11"\n```\n\n'
    f"```console\n{TYPED.format('quiet')}\nhush\n$ git init -q\n$ git add -A\n$ git commit -m 'Begin'\n```\n"
)
POLITE = lesson(f"```text\nNothing is run here.\n```\n\n```console\n$ true\n{TYPED.format('polite')}\nhello\n```\n")
NEWEST = {"1.0.0": {"quiet": "hush", "polite": "hello"}, "1.1.0": {"quiet": "hush"}, "2.0.0": {"polite": "good day"}}


def test_a_planted_break_is_red_with_chapter_fence_line_and_package(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version, words in NEWEST.items():
        for name, word in words.items():
            make_wheel(tmp_path / "wheels", name, version, {f"{name}.py": f"WORD = {word!r}\n".encode()})
    clone = tmp_path / "workbook"
    for path in (*MACHINE, "template_app/compose.yaml", ".github/canary.py"):
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        if (CLONE / path).is_dir():
            shutil.copytree(CLONE / path, clone / path, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CLONE / path, clone / path)
    write_course(clone / "chapters", QUIET, POLITE)
    (clone / "chapters" / "versions.toml").write_text('[versions]\npolite = "1.0.0"\nquiet = "1.0.0"\n')
    git(clone, "init", "-q")
    git(clone, "add", "-A")
    git(clone, "commit", "-q", "-m", "All")
    for name, value in {"UV_FIND_LINKS": str(tmp_path / "wheels"), "UV_NO_INDEX": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))

    done = subprocess.run([sys.executable, clone / ".github" / "canary.py", "replay"], capture_output=True, text=True)

    assert done.returncode == 1, done.stdout + done.stderr
    line = line_of(POLITE, "hello")
    place = f"`chapters/ch02_fixture/lesson.md:{line}`, in the fence 'console' of line {line - 3}"
    for said in (
        "## With the newest releases\n\nTried: polite 1.0.0 → 2.0.0, quiet 1.0.0 → 1.1.0.",
        f"### ch02-lesson\n\n- where: {place}",
        "- package: **polite 1.0.0 → 2.0.0**",
        "good day",
    ):
        assert said in done.stdout
    assert "ch01" not in done.stdout
    assert done.stdout.strip() in (tmp_path / "output").read_text()
    assert git(clone, "status", "--porcelain", "--", "chapters") == "", "the lessons are as they were"
