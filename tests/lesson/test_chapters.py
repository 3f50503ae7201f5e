"""Chapters are found by their folders; what is counted of them is right."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, lesson, write_course
from workbook.lesson.chapters import chapters, mistake_files, new_readme, require_budget
from workbook.say import Problem

OPENED = "<!-- chapters: `workbook build` writes this table from the folders -->"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Two chapters; the first has a Korean lesson and a mistake."""
    folder = write_course(tmp_path / "chapters", FIRST, lesson("", more="stands: an x\nroute: GET /x\n"))
    first = folder / "ch01_fixture"
    (first / "lesson.ko.md").write_text(FIRST.replace("title: A greeting", "title: 인사"), encoding="utf-8")
    (first / "mistakes").mkdir()
    (first / "mistakes" / "one.md").touch()
    (first / "mistakes" / "one.ko.md").touch()
    return folder


def test_a_chapter_is_what_its_folder_says_in_the_readers_language_where_there_is_one(course: Path) -> None:
    first, second = chapters(course)
    assert (first.id, first.title, first.stands, first.route) == ("ch01", "A greeting", "", "")
    assert [page.name for page in mistake_files(first.lesson)] == ["one.md"]
    assert (second.id, second.goal, second.stands, second.route) == ("ch02", "One sentence.", "an x", "GET /x")
    korean = [(each.title, each.lesson.name) for each in chapters(course, "ko")]
    assert korean == [("인사", "lesson.ko.md"), ("A fixture", "lesson.md")]


def test_what_the_chapters_lack_or_hold_twice_is_refused(course: Path, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Readme\n")
    with pytest.raises(Problem, match="no place for the table"):
        new_readme(course)
    (tmp_path / "pyproject.toml").write_text("[tool.workbook]\nmax_skips = 1\n")
    require_budget(["x"], tmp_path / "pyproject.toml")
    with pytest.raises(Problem, match=r"2 blocks are not run, and max_skips .* is 1"):
        require_budget(["x", "y"], tmp_path / "pyproject.toml")
    (course / "ch01_fixture").rename(course / "ch02_again")
    for folder, said in ((course, "ch02 is ch02_again already"), (tmp_path, "There is no lesson in")):
        with pytest.raises(Problem, match=said):
            chapters(folder)


def test_the_readme_gets_a_row_a_chapter(course: Path) -> None:
    assert new_readme(course) is None
    (course.parent / "README.md").write_text(f"# Readme\n\n{OPENED}\nold\n<!-- end of chapters -->\n\nMore.\n")
    new = new_readme(course) or ""
    assert "| [ch01 A greeting](chapters/ch01_fixture/lesson.md) | One sentence. |\n" in new
    assert "| [ch02 A fixture](chapters/ch02_fixture/lesson.md) | an x |\n<!-- end of chapters -->\n\nMore.\n" in new
