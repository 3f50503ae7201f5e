"""Replays of fixture lessons: no package to install, the tests' own Python."""

import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.lesson.course import FIRST, lesson, write_course
from workbook.history.build import build
from workbook.lesson.reader import read_mistake
from workbook.replay.ground import Settings
from workbook.replay.replay import replay

Run = Callable[..., None]
BIN = (Path(sys.executable).parent,)
"""First on PATH: a Python with pytest."""


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Replay, or `do`, a lesson's body as chapter 2 (or the text given as `second`), or a mistake page on chapter 1."""

    def one(
        body: str = "", *, second: str = "", first: str = FIRST, more: str = "", mistake: str = "", do=replay, **values
    ) -> None:
        chapters = write_course(tmp_path / "chapters", first, second or lesson(body, more=more))
        history = build(chapters, Path(mkdtemp(dir=tmp_path)) / "repository")
        # A first chapter that differs is the one that is meant.
        page = history.chapters["ch02" if first == FIRST else "ch01"].lesson
        if mistake:
            (tmp_path / "page.md").write_text(mistake)
            page = read_mistake(tmp_path / "page.md")
        do(page, history, Settings(path=BIN, **values), tmp_path / "ground")

    return one
