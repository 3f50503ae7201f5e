"""A translation is read by people: to the machine it is no lesson, no mistake and no page of the clinic."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, write_course
from tests.runner.test_replay import MISTAKE
from workbook.explain.clinic import read_clinic
from workbook.history.build import build
from workbook.lesson.chapters import lesson_files, mistake_files
from workbook.student.project import chapters


@pytest.fixture
def course(tmp_path: Path) -> Path:
    folder = write_course(tmp_path / "chapters", FIRST)
    page = folder / "ch01_fixture" / "mistakes" / "misspelt.md"
    page.parent.mkdir()
    page.write_text(MISTAKE.format(planted="hullo"))
    return folder


def translate(course: Path) -> None:
    """Korean pages whose section comments no reader of lessons knows."""
    for file in [*course.glob("*/lesson.md"), *course.glob("*/mistakes/*.md")]:
        korean = file.read_text().replace("title: A greeting", "title: 인사")
        file.with_suffix(".ko.md").write_text(f"{korean}\n## 끝\n<!-- section: end 12345678 -->\n\n끝이에요.\n")


def test_translations_change_neither_history_nor_lessons_nor_the_clinic(course: Path, tmp_path: Path) -> None:
    def read(name: str) -> tuple[object, ...]:
        files = lesson_files(course)
        history = build(course, tmp_path / name)
        shas = [commit.sha for commit in history.commits]
        return files, mistake_files(files[0]), shas, [page.name for page in read_clinic(course)]

    before = read("before")
    translate(course)
    assert read("after") == before


def test_a_translated_lesson_gives_the_student_its_title(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    assert [each.title for each in chapters(course)] == ["A greeting"]
    translate(course)
    assert [each.title for each in chapters(course)] == ["인사"]
    monkeypatch.setenv("WORKBOOK_LANG", "en")
    assert [each.title for each in chapters(course)] == ["A greeting"]
