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

LESSON, PAGE = "chapters/ch02_fixture/lesson.md", "chapters/ch02_fixture/mistakes/misspelt.md"


class Clone:
    """A course and a machine that change, and a memory of the course's second lesson and a mistake page."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root, self.patch, self.mysql = root, monkeypatch, "9.7.4"
        self.chapters = write_course(root / "chapters")
        self.write(PAGE, MISTAKE.format(planted="hullo"))
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
        page = read_lesson(self.root / path) if path == LESSON else read_mistake(self.root / path)
        return verified.page_inputs(page, history, self.mysql)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    return Clone(tmp_path, monkeypatch)


def write(path: str, text: str) -> Callable[[Clone], None]:
    return lambda clone: clone.write(path, text)


COMMIT = "```console\n$ git init"
MORE = FIRST.replace(COMMIT, f'```text title="more.txt"\n```\n\n{COMMIT}')
CHANGES: dict[str, Callable[[Clone], None]] = {
    "the project before": write("chapters/ch01_fixture/lesson.md", MORE),
    "a file before that history does not hold": write(
        "chapters/ch01_fixture/lesson.md", FIRST.replace("NAME=world", "NAME=you")
    ),
    "the lesson": write(LESSON, SECOND.replace("# A name", "# The name")),
    "the mistake page": write(PAGE, MISTAKE.format(planted="hallo")),
    "the versions": write("chapters/versions.toml", '[versions]\n"x" = "1"\n'),
    "the pinned packages": write("requirements.lock", "pytest==9.3.0\n"),
    "the machine": write("workbook/replay.py", "2\n"),
    "a new file of the machine": write("workbook/mysql/server.py", ""),
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
        assert not verified.remembered(page, clone.inputs(page))
        verified.remember(page, clone.inputs(page))
        assert verified.remembered(page, clone.inputs(page))
    CHANGES[change](clone)
    for page in (LESSON, PAGE):
        assert verified.remembered(page, clone.inputs(page)) == (ONE_ONLY.get(change) == page)


def test_what_was_changed_while_it_was_verified_is_not_remembered_and_a_made_file_counts(clone: Clone) -> None:
    inputs = clone.inputs(LESSON)
    assert not verified.remembered("a page", inputs)
    clone.write("chapters/ch02_fixture/made/migrations/0_x.py", "x\n")
    verified.remember("a page", inputs)
    assert verified.remembered("a page", inputs)
    verified._content.cache_clear()
    assert not verified.remembered("a page", inputs)
