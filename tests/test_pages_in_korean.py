"""Where a lesson shows what the workbook prints, its Korean page shows that in Korean: replayed so, and compared."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.test_pages import ground, history, settings  # noqa: F401 - fixtures
from workbook.history.build import History
from workbook.lesson.blocks import read_blocks
from workbook.lesson.chapters import chapter_id, lesson_files
from workbook.lesson.reader import read_text
from workbook.place import CHAPTERS
from workbook.replay.ground import Ground, Settings
from workbook.replay.replay import replay

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SPEAKING = [file for file in lesson_files(CHAPTERS) if "\n$ workbook " in read_text(file)]


@pytest.mark.parametrize("file", SPEAKING, ids=chapter_id)
def test_a_korean_page_shows_what_the_workbook_says_in_korean(
    file: Path,
    ground: Path,  # noqa: F811
    settings: Settings,  # noqa: F811
    history: Callable[[str], History],  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, page, environment = history(chapter_id(file)), file.with_suffix(".ko.md"), Ground.environment
    lesson = known.chapters[chapter_id(file)].lesson
    blocks = read_blocks(page, read_text(page), lesson.made)
    monkeypatch.setattr(Ground, "environment", lambda self: environment(self) | {"WORKBOOK_LANG": "ko"})

    replay(replace(lesson, blocks=blocks), known, settings, ground)
