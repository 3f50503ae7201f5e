"""Every lesson and every mistake page, replayed on a real MySQL: what it shows is what happens, in either language.

`-k ch35` chooses the lesson of chapter 35 and its mistakes, `-k ch35-lesson` one page.
"""

import os
import platform
import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock
from packaging.specifiers import SpecifierSet

from workbook.guarded import Guarded
from workbook.history.build import History, build
from workbook.lesson.blocks import read_blocks
from workbook.lesson.chapters import chapter_id, lesson_files, mistake_files
from workbook.lesson.model import Mistake
from workbook.lesson.reader import read_lesson, read_mistake, read_text
from workbook.mysql import ladder
from workbook.place import CHAPTERS, TEMPLATE, private
from workbook.replay.ground import Ground, Settings
from workbook.replay.replay import replay
from workbook.replay.verified import page_inputs
from workbook.say import Problem

pytestmark = pytest.mark.timeout(1800)


def pages() -> list[Path]:
    """All pages, first those with the most commands and Python sessions: starting processes takes the time."""
    found = [page for lesson in lesson_files(CHAPTERS) for page in (lesson, *mistake_files(lesson))]
    started = re.compile(r"^(?:\$ |```pycon$)", re.MULTILINE)
    return sorted(found, key=lambda page: -len(started.findall(page.read_text(encoding="utf-8"))))


def name(page: Path) -> str:
    """Such as ch35-lesson and ch35-generator."""
    return f"{page.relative_to(CHAPTERS).parts[0].partition('_')[0]}-{page.stem}"


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder outside the clone for one page after the other: packages stay compiled there. It goes with us."""
    folder = Path(tempfile.mkdtemp(prefix="workbook-pages-"))
    keeper = Guarded(["sleep", "1000000"], patience=0, remove=folder)
    yield folder
    keeper.stop()


@pytest.fixture(scope="session")
def settings() -> Iterator[Settings]:
    """A throwaway server of this process's own: pages create and drop databases under the notes' own names."""
    with ladder.climb(TEMPLATE, use="test") as server:
        yield Settings(server=server, own_server=True)


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], History]:
    """The history up to a chapter, built once: a mistake in a later chapter fails there, not here."""
    return cache(lambda until: build(CHAPTERS, tmp_path_factory.mktemp("history") / "repository", until=until))


def require_python(mistake: Mistake) -> None:
    """Skip the test where this Python does not make the mistake."""
    if not SpecifierSet(mistake.python).contains(platform.python_version()):
        pytest.skip(f"it is a mistake on Python {mistake.python} only")


@pytest.mark.parametrize("file", pages(), ids=name)
def test_page(file: Path, ground: Path, settings: Settings, history: Callable[[str], History], once, worker_id) -> None:
    try:
        page = read_lesson(file) if file.stem == "lesson" else read_mistake(file)
        if isinstance(page, Mistake):
            require_python(page)
        known = history(name(file).partition("-")[0])
        # A server that several processes were given serves one page at a time.
        turn = private() / f"{'given' if os.environ.get('WORKBOOK_MYSQL') == 'given' else worker_id}.lock"
        with once("pages", name(file), page_inputs(page, known, settings.server.version)), FileLock(turn):
            replay(page, known, settings, ground)
    except Problem as problem:
        # Its screen, and no traceback, not even that of the problem.
        raise pytest.fail.Exception(str(problem), pytrace=False) from None


SPEAKING = [file for file in lesson_files(CHAPTERS) if "\n$ workbook " in read_text(file)]


@pytest.mark.slow
@pytest.mark.parametrize("file", SPEAKING, ids=chapter_id)
def test_what_the_workbook_says_on_a_page_is_said_in_korean_on_the_korean_one(
    file: Path, ground: Path, settings: Settings, history: Callable[[str], History], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, page, environment = history(chapter_id(file)), file.with_suffix(".ko.md"), Ground.environment
    lesson = known.chapters[chapter_id(file)].lesson
    monkeypatch.setattr(Ground, "environment", lambda self: environment(self) | {"WORKBOOK_LANG": "ko"})
    replay(replace(lesson, blocks=read_blocks(page, read_text(page), lesson.made)), known, settings, ground)
