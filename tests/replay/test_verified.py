"""What was verified is not verified again, until one of the things that it depends on changes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, write_course
from tests.replay.test_replay import MISTAKE
from workbook.history.build import build
from workbook.lesson.reader import read_mistake
from workbook.place import CLONE
from workbook.replay import verified

LESSON, PAGE = "chapters/ch02_fixture/lesson.md", "chapters/ch02_fixture/mistakes/misspelt.md"
REMEMBERING = """import pytest


@pytest.fixture
def seen(once):
    with once("kinds", "name", []):
        yield


@pytest.mark.parametrize("broken", [True, False, False])
def test_it(seen, broken):
    assert not broken
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_course(tmp_path / "chapters")
    write(tmp_path / PAGE, MISTAKE.format(planted="hullo"))
    write(tmp_path / "workbook/replay.py", "1\n")
    monkeypatch.setattr(verified, "MACHINE", (tmp_path / "workbook", tmp_path / "requirements.lock"))
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("FRESH", raising=False)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def inputs(clone: Path, mysql: str = "9.7.4") -> dict[str, list[verified.Input]]:
    """What each of the two pages depends on, as it is now."""
    verified._content.cache_clear()
    history = build(clone / "chapters", clone / "history")
    pages = {LESSON: history.chapters["ch02"].lesson, PAGE: read_mistake(clone / PAGE)}
    return {name: verified.page_inputs(page, history, mysql) for name, page in pages.items()}


@pytest.mark.parametrize(
    ("file", "text", "still"),
    [
        ("chapters/ch01_fixture/lesson.md", FIRST.replace("NAME=world", "NAME=you"), ""),
        (LESSON, SECOND.replace("# A name", "# The name"), PAGE),
        (PAGE, MISTAKE.format(planted="hallo"), LESSON),
        ("chapters/versions.toml", '[versions]\n"x" = "1"\n', ""),
        ("requirements.lock", "pytest==9.3.0\n", ""),
        ("workbook/replay.py", "2\n", ""),
        ("workbook/mysql/server.py", "", ""),
        ("", "MySQL", ""),
        ("", "Python", ""),
        ("", "FRESH", ""),
        ("", "CI", ""),
    ],
)
def test_a_page_is_replayed_again_when_something_changes(
    clone: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, still: str
) -> None:
    for page, before in inputs(clone).items():
        assert not verified.remembered(page, before)
        verified.remember(page, before)
        assert verified.remembered(page, before)
    if file:
        write(clone / file, text)
    elif text == "Python":
        monkeypatch.setattr("sys.version", "3.99")
    else:
        monkeypatch.setenv(text, "1")
    for page, now in inputs(clone, "9.7.5" if text == "MySQL" else "9.7.4").items():
        assert verified.remembered(page, now) == (page == still)


def test_what_was_changed_while_it_was_verified_is_not_remembered_and_a_made_file_counts(clone: Path) -> None:
    before = inputs(clone)[LESSON]
    assert not verified.remembered("a page", before)
    write(clone / "chapters/ch02_fixture/made/migrations/0_x.py", "x\n")
    verified.remember("a page", before)
    assert verified.remembered("a page", before)
    verified._content.cache_clear()
    assert not verified.remembered("a page", before)


def test_a_fixture_remembers_what_passed_and_nothing_that_failed(clone: Path) -> None:
    write(clone / "test_it.py", REMEMBERING)
    command = [sys.executable, "-m", "pytest", "-p", "conftest", "-p", "no:cacheprovider", "test_it.py"]
    environment = os.environ | {"PYTHONPATH": str(CLONE)}
    done = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True)
    assert "\nkinds: 1 verified, 1 remembered\n" in done.stdout
    assert "1 failed, 1 passed, 1 skipped" in done.stdout
