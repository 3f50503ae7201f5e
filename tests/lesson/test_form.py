"""The form of a lesson, as a reader on GitHub, on another machine or without the course's notes needs it."""

from pathlib import Path

import pytest

from tests.paths import lacking, pages
from workbook.lesson.chapters import chapter_id, chapters
from workbook.lesson.errors import shown
from workbook.lesson.markdown import headings, rewrite
from workbook.lesson.reader import read_text
from workbook.place import CHAPTERS
from workbook.say import Language

PAGE = '# A\n\nWords.\n\n```python title="app/__init__.py"\n```\n\n```text\nx\n```\n'


def test_a_path_is_written_once(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    rewrite(page, [*lacking(page)])
    assert page.read_text() == PAGE.replace("```python", "**`app/__init__.py`**\n\n```python")
    assert [*lacking(page)] == []


def test_every_titled_fence_has_its_path() -> None:
    """GitHub hides the title, and the site does not show it twice."""
    found = [f"{shown(page)}:{edit.first}" for page in pages() for edit in lacking(page)]
    assert not found, "python -m tests.paths writes them"


@pytest.mark.parametrize(("language", "form"), [("en", "Chapter {number}. {title}"), ("ko", "{number}장. {title}")])
def test_a_lessons_first_heading_has_its_number(language: Language, form: str) -> None:
    for each in chapters(CHAPTERS, language):
        wanted = form.format(number=chapter_id(each.lesson)[2:], title=each.title)
        assert headings(read_text(each.lesson))[0].text.replace("`", "") == wanted.replace("`", "")
