"""What was verified is not verified again, until one of the things that it depends on changes."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, write_course
from tests.runner.test_replay import MISTAKE
from workbook.history.build import build
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.runner import verified

LESSON, PAGE = "ch02_fixture/lesson.md", "ch02_fixture/mistakes/misspelt.md"


class Clone:
    """A course and a machine that change, and a memory of the course's second lesson and a mistake page."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.patch, self.mysql = root, monkeypatch, "9.7.4"
        self.chapters = write_course(root / "chapters")
        self.write(f"chapters/{PAGE}", MISTAKE.format(planted="hullo"))
        self.write("workbook/replay.py", "1\n")
        monkeypatch.setattr(verified, "MACHINE", (root / "workbook", root / "requirements.lock"))
        monkeypatch.setenv("WORKBOOK_HOME", str(root / "home"))
        for name in ("CI", "FRESH"):
            monkeypatch.delenv(name, raising=False)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def inputs(self, path: str) -> list[verified.Input]:
        verified._content.cache_clear()
        shutil.rmtree(self.root / "history", ignore_errors=True)
        history = build(self.chapters, self.root / "history")
        file = self.chapters / path
        page = read_lesson(file) if file.stem == "lesson" else read_mistake(file)
        return verified.page_inputs(page, history, self.mysql)

    def remembers(self, path: str) -> bool:
        return verified.remembered(f"pages/{Path(path).stem}", self.inputs(path))


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    return Clone(tmp_path, monkeypatch)


def first(old: str, new: str) -> Callable[[Clone], None]:
    """Another first chapter."""
    return lambda clone: clone.write("chapters/ch01_fixture/lesson.md", FIRST.replace(old, new))


COMMIT = "```console\n$ git init"
CHANGES: dict[str, Callable[[Clone], None]] = {
    "the project before": first(COMMIT, f'```text title="more.txt"\n```\n\n{COMMIT}'),
    "a file before that history does not hold": first("NAME=world", "NAME=you"),
    "the lesson": lambda clone: clone.write(f"chapters/{LESSON}", SECOND.replace("# A name", "# The name")),
    "the mistake page": lambda clone: clone.write(f"chapters/{PAGE}", MISTAKE.format(planted="hallo")),
    "the versions": lambda clone: clone.write("chapters/versions.toml", '[versions]\n"x" = "1"\n'),
    "the pinned packages": lambda clone: clone.write("requirements.lock", "pytest==9.3.0\n"),
    "the machine": lambda clone: clone.write("workbook/replay.py", "2\n"),
    "a new file of the machine": lambda clone: clone.write("workbook/mysql/server.py", ""),
    "MySQL": lambda clone: setattr(clone, "mysql", "9.7.5"),
    "Python": lambda clone: clone.patch.setattr("sys.version", "3.99"),
    "FRESH": lambda clone: clone.patch.setenv("FRESH", "1"),
    "CI": lambda clone: clone.patch.setenv("CI", "true"),
}
ONE_ONLY = {"the lesson": PAGE, "the mistake page": LESSON}
"""What one page does not depend on."""


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_is_replayed_again_when_something_changes(clone: Clone, change: str) -> None:
    for page in (LESSON, PAGE):
        assert not clone.remembers(page)
        verified.remember(f"pages/{Path(page).stem}", clone.inputs(page))
        assert clone.remembers(page)
    CHANGES[change](clone)
    for page in (LESSON, PAGE):
        assert clone.remembers(page) == (ONE_ONLY.get(change) == page)


def test_a_made_file_counts_for_its_lesson(clone: Clone) -> None:
    inputs = clone.inputs(LESSON)
    assert clone.chapters / "ch02_fixture/made" in inputs
    verified.remember("pages/lesson", inputs)
    verified._content.cache_clear()
    clone.write("chapters/ch02_fixture/made/migrations/0_x.py", "x\n")
    assert not verified.remembered("pages/lesson", inputs)


def test_what_was_changed_while_it_was_verified_is_not_remembered(clone: Clone) -> None:
    inputs = clone.inputs(LESSON)
    assert not verified.remembered("pages/lesson", inputs)
    CHANGES["the lesson"](clone)
    verified.remember("pages/lesson", inputs)
    assert not clone.remembers(LESSON)
