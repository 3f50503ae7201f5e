"""The template is the last commit, and edited files go back into the fences they came from."""

from pathlib import Path

import pytest

from tests.history.conftest import Built
from tests.lesson.course import SECOND, lesson, line_of
from workbook.history.build import History
from workbook.history.files import apply
from workbook.history.lock import absorb, check_template, lay_out, make_hunks, write_template
from workbook.lesson.blocks import parse_hunks
from workbook.lesson.model import Diff, Place
from workbook.say import Problem

MOVED = lesson(
    '```text title="a"\n1\n```\n\n```console\n$ cp a b\n$ git commit -qm x\n$ mv b c\n$ git commit -qm y\n```\n'
    '\n```text title="c"\n1\n```\n\n```console\n$ cp a c\n```\n'
)


@pytest.fixture
def folder(history: History, tmp_path: Path) -> Path:
    """The end of the second chapter, laid out."""
    lay_out(history.chapters["ch02"].end, tmp_path / "edited")
    return tmp_path / "edited"


def test_the_template_is_the_last_commit_and_keeps_what_is_ignored(history: History, tmp_path: Path) -> None:
    template = tmp_path / "template"
    (template / "old").mkdir(parents=True)
    (template / "old" / "gone.py").write_text("x\n")
    (template / ".env").write_text("SECRET=1\n")
    assert write_template(history, template) == [".gitignore", "greet.py", "old/gone.py", "test_greet.py"]
    left = sorted(path.name for path in template.rglob("*") if path.is_file())
    assert left == [".env", ".gitignore", "greet.py", "test_greet.py"]
    assert write_template(history, template) == []
    check_template(history, template)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        (
            "greet.py",
            'def greet(name: str) -> str:\n    return "bye"\n',
            'expected:     return f"hello {name}"\n     got: ',
        ),
        ("greet.py", None, "got: (no such file)"),
        ("extra.py", "", "expected: (no such file)"),
    ],
)
def test_a_template_edited_by_hand_is_named_with_its_line_and_the_fence(
    history: History, tmp_path: Path, path: str, text: str | None, said: str
) -> None:
    write_template(history, tmp_path / "t")
    (tmp_path / "t" / path).unlink(missing_ok=True)
    if text is not None:
        (tmp_path / "t" / path).write_text(text)
    with pytest.raises(Problem, match=rf"{path}:{2 if text else 1}: differs from what the lessons build") as found:
        check_template(history, tmp_path / "t")
    assert said in found.value.why
    assert (f"ch02_fixture/lesson.md:{line_of(SECOND, 'diff title')}" in found.value.why) == (path == "greet.py")


def test_a_whole_file_gets_its_text_and_a_diff_its_hunks(history: History, folder: Path) -> None:
    assert absorb(history, history.chapters["ch02"], folder) == {}
    (folder / "greet.py").write_text('"""Greet."""\n\n\ndef greet(name: str) -> str:\n    return f"hello {name}"\n')
    test = (folder / "test_greet.py").read_text().replace("startswith", "removesuffix")
    (folder / "test_greet.py").write_text(test)
    lines = line_of(SECOND, "diff title"), line_of(SECOND, 'python title="test_greet')
    placed = absorb(history, history.chapters["ch02"], folder)
    assert placed == dict(zip(("greet.py", "test_greet.py"), lines, strict=True))
    changed = SECOND.replace("startswith", "removesuffix")
    changed = changed.replace("@@\n def greet", '@@\n+"""Greet."""\n+\n+\n def greet')
    assert history.chapters["ch02"].lesson.file.read_text() == changed


def test_what_has_no_fence_is_said(history: History, folder: Path) -> None:
    (folder / "new.py").touch()
    (folder / ".gitignore").write_text("x\n")
    (folder / "test_greet.py").unlink()
    placed = absorb(history, history.chapters["ch02"], folder)
    assert placed == {".gitignore": None, "new.py": None, "test_greet.py": None}


@pytest.mark.parametrize("text", ["2\n", "no newline at its end", "```\nbackticks\n```\n"])
def test_a_lesson_that_would_not_build_the_files_is_left_as_it_was(built: Built, tmp_path: Path, text: str) -> None:
    history = built(MOVED)
    lay_out(history.chapters["ch01"].end, tmp_path / "edited")
    (tmp_path / "edited" / ("c" if text == "2\n" else "a")).write_text(text)
    with pytest.raises(Problem, match="cannot be written back"):
        absorb(history, history.chapters["ch01"], tmp_path / "edited")
    assert history.chapters["ch01"].lesson.file.read_text() == MOVED
    with pytest.raises(Problem, match="is not empty"):
        lay_out({"x": ""}, tmp_path / "edited")


def test_hunks_get_as_much_context_as_makes_them_unique() -> None:
    block = Diff(Place(Path("lesson.md"), 1, 2), "x.py", ())
    before = "".join(f"def f{n}():\n    x\n    y\n\n" for n in range(3))
    after = before.replace("def f1():\n    x\n    y\n", "def f1():\n    x\n    z\n")
    lines = make_hunks(block, before, after)
    assert " def f1():" in lines
    assert apply(Diff(block.place, "x.py", parse_hunks(block.place, "\n".join(lines))), before) == after
    with pytest.raises(Problem, match="no diff can say this"):
        make_hunks(block, before, before)
