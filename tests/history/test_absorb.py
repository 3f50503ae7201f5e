"""Edited files go back into the fences they came from."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from workbook.history.absorb import absorb, make_hunks
from workbook.history.build import History, build
from workbook.history.template import lay_out
from workbook.lesson.hunks import apply, parse_hunks
from workbook.lesson.model import Diff, Place
from workbook.say import Problem


@pytest.fixture
def history(tmp_path: Path) -> History:
    return build(write_course(tmp_path / "chapters"), tmp_path / "repository")


@pytest.fixture
def folder(history: History, tmp_path: Path) -> Path:
    lay_out(history.chapters["ch02"].end, tmp_path / "edited")
    return tmp_path / "edited"


def test_nothing_changed_changes_nothing(history: History, folder: Path) -> None:
    assert absorb(history, history.chapters["ch02"], folder) == {}


def test_a_whole_file_gets_its_text_and_a_diff_its_hunks(history: History, folder: Path, tmp_path: Path) -> None:
    (folder / "greet.py").write_text('"""Greet."""\n\n\ndef greet(name: str) -> str:\n    return f"hello {name}"\n')
    test = (folder / "test_greet.py").read_text().replace("startswith", "removesuffix")
    (folder / "test_greet.py").write_text(test)

    done = absorb(history, history.chapters["ch02"], folder)

    text = (tmp_path / "chapters" / "ch02_fixture" / "lesson.md").read_text()
    assert done == {
        "greet.py": line_of(SECOND, "diff title"),
        "test_greet.py": line_of(SECOND, 'python title="test_greet'),
    }
    assert (
        SECOND.replace("startswith", "removesuffix").replace("@@\n def greet", '@@\n+"""Greet."""\n+\n+\n def greet')
        == text
    )
    again = build(tmp_path / "chapters", tmp_path / "repository")
    assert again.last.files["test_greet.py"] == test


def test_what_has_no_fence_is_said(history: History, folder: Path) -> None:
    (folder / "new.py").touch()
    (folder / ".gitignore").write_text("x\n")
    (folder / "test_greet.py").unlink()
    done = absorb(history, history.chapters["ch02"], folder)
    assert [str(why).partition(":")[0] for why in done.values()] == [
        "no fence of this chapter shows it; edit the chapter that does, or add a diff fence",
        "new",
        "deleted",
    ]


def test_a_lesson_that_would_not_build_the_files_is_left_as_it_was(tmp_path: Path) -> None:
    moved = lesson(
        '```text title="a"\n1\n```\n\n```console\n$ cp a b\n$ git commit -qm x\n$ mv b c\n$ git commit -qm y\n```\n'
    )
    chapters = write_course(tmp_path / "chapters", moved + '\n```text title="c"\n1\n```\n\n```console\n$ cp a c\n```\n')
    history = build(chapters, tmp_path / "repository")
    lay_out(history.chapters["ch01"].end, tmp_path / "edited")
    (tmp_path / "edited" / "c").write_text("2\n")
    page = chapters / "ch01_fixture" / "lesson.md"
    before = page.read_text()
    with pytest.raises(Problem, match="c cannot be written back: a later command"):
        absorb(history, history.chapters["ch01"], tmp_path / "edited")
    assert page.read_text() == before


def test_hunks_get_as_much_context_as_makes_them_unique() -> None:
    place = Place(Path("lesson.md"), 1, 2)
    before = "".join(f"def f{n}():\n    x\n    y\n\n" for n in range(3))
    after = before.replace("def f1():\n    x\n    y\n", "def f1():\n    x\n    z\n")
    lines = make_hunks(place, "x.py", before, after)
    assert lines is not None
    assert " def f1():" in lines
    assert apply(Diff(place, "x.py", parse_hunks(place, "\n".join(lines))), before) == after
    assert make_hunks(place, "x.py", before, before) is None


def test_a_folder_with_something_in_it_is_not_laid_out_over(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(Problem, match="is not empty"):
        lay_out({"x": FIRST}, tmp_path)
