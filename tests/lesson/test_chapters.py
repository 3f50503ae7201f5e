"""Chapters are found by their folders; what is counted of them is right."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, lesson, write_course
from workbook.lesson.chapters import chapters, count, new_readme, require_budget, skips
from workbook.lesson.errors import LessonError
from workbook.lesson.reader import read_lesson
from workbook.say import Problem

SKIPPED = """
```text title="x"
```

<!-- not run: needs a Docker engine -->
```console
$ docker ps
CONTAINER
```

```console
$ true
$ echo hi
hi
```

```text
an illustration
```
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Two chapters; the first has a Korean lesson, a mistake and the other files that a chapter may have."""
    folder = write_course(tmp_path / "chapters", FIRST, lesson(SKIPPED, more="stands: an x\nroute: GET /x\n"))
    first = folder / "ch01_fixture"
    (first / "lesson.ko.md").write_text(FIRST.replace("title: A greeting", "title: 인사"), encoding="utf-8")
    (first / "mistakes").mkdir()
    for name in ("mistakes/one.md", "mistakes/one.ko.md", "checks.py", "wrong.py", "checks.md", "checks.ko.md"):
        (first / name).touch()
    return folder


def test_a_chapter_is_what_its_folder_says(course: Path) -> None:
    first, second = chapters(course)
    assert (first.id, first.title, first.stands, first.route) == ("ch01", "A greeting", "", "")
    assert [page.name for page in first.mistakes] == ["one.md"]
    assert (second.id, second.goal, second.stands, second.route) == ("ch02", "One sentence.", "an x", "GET /x")


def test_a_chapter_has_its_title_in_the_readers_language_where_there_is_one(course: Path) -> None:
    first, second = chapters(course, "ko")
    assert (first.title, first.lesson.name) == ("인사", "lesson.ko.md")
    assert (second.title, second.lesson.name) == ("A fixture", "lesson.md")


def test_two_folders_of_one_chapter_are_refused_and_so_is_none(course: Path, tmp_path: Path) -> None:
    (course / "ch01_fixture").rename(course / "ch02_again")
    with pytest.raises(LessonError, match="ch02 is ch02_again already"):
        chapters(course)
    with pytest.raises(Problem, match="There is no lesson in"):
        chapters(tmp_path)


def test_the_readme_gets_a_row_a_chapter(course: Path) -> None:
    assert new_readme(course) is None
    readme = course.parent / "README.md"
    opened = "<!-- chapters: `workbook build` writes this table from the folders -->"
    readme.write_text(f"# Readme\n\n{opened}\nold\n<!-- end of chapters -->\n\nMore.\n")
    new = new_readme(course)
    assert new is not None
    assert "| [ch01 A greeting](chapters/ch01_fixture/lesson.md) | One sentence. |\n" in new
    assert "| [ch02 A fixture](chapters/ch02_fixture/lesson.md) | an x |\n<!-- end of chapters -->\n\nMore.\n" in new
    readme.write_text(new)
    assert new_readme(course) is None
    readme.write_text("# Readme\n")
    with pytest.raises(Problem, match="no place for the table"):
        new_readme(course)


def test_skips_are_counted_with_their_reasons_and_capped(course: Path, tmp_path: Path) -> None:
    blocks = read_lesson(course / "ch02_fixture" / "lesson.md").blocks
    numbers = {"listings": 1, "illustrations": 1, "commands": 3, "outputs": 2, "verified": 1, "skips": 1}
    assert count(blocks) == numbers

    project = tmp_path / "pyproject.toml"
    project.write_text("[tool.workbook]\nmax_skips = 1\n")
    require_budget(skips(blocks), project)
    project.write_text("")
    with pytest.raises(Problem, match=r"1 blocks are not run, and max_skips .* is 0") as over:
        require_budget(skips(blocks), project)
    assert "lesson.md:14: not run: needs a Docker engine" in over.value.why
