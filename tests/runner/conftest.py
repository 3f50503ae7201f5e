"""Replays of fixture lessons: no package to install, the tests' own Python."""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.lesson.course import FIRST, lesson, write_course
from workbook.history.build import build
from workbook.lesson.reader import read_mistake
from workbook.runner.ground import Settings
from workbook.runner.refresh import refresh
from workbook.runner.replay import replay

PYTEST = "python -m pytest -p no:asyncio"


def settings(**values: object) -> Settings:
    """Settings for fixture lessons: a Python with pytest first on PATH, nothing synchronised."""
    defaults = {"path": (Path(sys.executable).parent,), "pytest": PYTEST, "prepared": False}
    return Settings(**(defaults | values))  # type: ignore[arg-type]


Run = Callable[..., None]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Replay a lesson's body as chapter 2 (or the text given as `second`) after the fixture's first chapter."""

    def do(body: str = "", *, second: str = "", first: str = FIRST, more: str = "", **values: object) -> None:
        chapters = write_course(tmp_path / "chapters", first, second or lesson(body, more=more))
        history = build(chapters, Path(mkdtemp(dir=tmp_path)) / "repository")
        # A first chapter that differs is the one that is meant.
        page = history.chapters["ch02" if first == FIRST else "ch01"].lesson
        replay(page, history, settings(**values), tmp_path / "ground")

    return do


@pytest.fixture
def renew(tmp_path: Path) -> Callable[..., str]:
    """Refresh a lesson's body as chapter 2; the body afterwards."""

    def do(body: str, **values: object) -> str:
        chapters = write_course(tmp_path / "chapters", FIRST, lesson(body))
        history = build(chapters, tmp_path / "repository")
        refresh(history.chapters["ch02"].lesson, history, settings(**values), tmp_path / "ground")
        return (chapters / "ch02_fixture" / "lesson.md").read_text().removeprefix(lesson(""))

    return do


@pytest.fixture
def err(tmp_path: Path) -> Callable[[str], None]:
    """Replay a mistake page on the fixture course's first chapter."""

    def do(text: str) -> None:
        history = build(write_course(tmp_path / "chapters"), tmp_path / "repository")
        page = tmp_path / "page.md"
        page.write_text(text)
        replay(read_mistake(page), history, settings(), tmp_path / "ground")

    return do
