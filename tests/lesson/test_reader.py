"""Every kind of malformed lesson is refused in a sentence with its line."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, FRONT, SECOND, lesson, line_of, write_course
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Illustration, Mistake, Session, Stop, WholeFile
from workbook.lesson.reader import read_lesson, read_mistake

COMMIT = '```console\n$ git add -A\n$ git commit -m "x"\n```\n'


def read(folder: Path, text: str):
    return read_lesson(write_course(folder, text) / "ch01_fixture" / "lesson.md")


def test_the_fixture_course_reads(tmp_path: Path) -> None:
    chapters = write_course(tmp_path)
    first = read_lesson(chapters / "ch01_fixture" / "lesson.md")
    second = read_lesson(chapters / "ch02_fixture" / "lesson.md")

    assert [type(block) for block in first.blocks] == [WholeFile, WholeFile, WholeFile, Session, Session]
    assert [type(block) for block in second.blocks] == [WholeFile, Session, Session, Diff, Session]
    assert first.chapter == "ch01"
    assert second.red["ch02-red"].tests == ("test_greet.py::test_greets_by_name",)
    assert second.red["ch02-red"].line == line_of(SECOND, "ch02-red:")
    assert first.blocks[2].place.first == line_of(FIRST, 'title="greet.py"')
    assert second.blocks[1].exchanges[0].exit == 1
    assert second.blocks[2].tag == "ch02-red"


@pytest.mark.parametrize(
    ("body", "exchanges"),
    [
        (
            "```console\n$ cat <<END\n> one\n> END\none\n\n$ true\n\n```\n",
            [(8, "cat <<END\none\nEND", ("one",), 11), (13, "true", (), 15)],
        ),
        (
            "```mysql\nmysql> SELECT 1,\n    -> 2\\G\nx\n\nmysql> USE a;\nDatabase changed\n```\n",
            [(8, "SELECT 1,\n2\\G", ("x",), 10), (12, "USE a;", ("Database changed",), 13)],
        ),
        (
            "```pycon\n>>> for x in ():\n...     print(x)\n...\n>>> 1\n1\n```\n",
            [(8, "for x in ():\n    print(x)\n", (), 11), (11, "1", ("1",), 12)],
        ),
    ],
)
def test_what_is_typed_and_what_is_printed_is_read_with_its_lines(
    tmp_path: Path, body: str, exchanges: list[tuple[int, str, tuple[str, ...], int]]
) -> None:
    session = read(tmp_path, lesson(body)).blocks[0]
    assert [(each.line, each.typed, each.output, each.output_line) for each in session.exchanges] == exchanges


def test_background_stop_and_skips_are_read(tmp_path: Path) -> None:
    text = lesson(
        "<!-- background -->\n```console\n$ serve\nready\n```\n\n<!-- stop -->\n\n"
        "<!-- note: a word among authors -->\n<!-- not run: needs a Docker engine -->\n```console\n$ docker ps\n```\n"
    )
    server, stop, skipped = read(tmp_path, text).blocks
    assert server.background
    assert isinstance(stop, Stop)
    assert skipped.skip == "needs a Docker engine"


def test_an_untitled_fence_is_an_illustration(tmp_path: Path) -> None:
    (block,) = read(tmp_path, lesson("- in a list\n\n  ```python\n  x = 1\n  ```\n")).blocks
    assert isinstance(block, Illustration)


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("<!-- tga: ch01 -->\n" + COMMIT, 7, "unknown comment `tga`"),
        ("<!-- tag: ch01 -->\n\nprose\n\n" + COMMIT, 7, "the comment `tag` is not directly before a fence"),
        ("<!-- tag: ch02 -->\n" + COMMIT, 8, "unknown tag `ch02`"),
        ("<!-- tag: ch01-red -->\n" + COMMIT, 8, "does not say under `red` what fails at `ch01-red`"),
        ("<!-- tag: ch01 -->\n```console\n$ true\n```\n", 7, "this one has 0"),
        ("<!-- tag: ch01 -->\n" + COMMIT + "\n<!-- tag: ch01 -->\n" + COMMIT, 14, "the tag `ch01` is given twice"),
        ("<!-- exit: one -->\n" + COMMIT, 7, "an exit code is a number, not `one`"),
        ("<!-- exit -->\n" + COMMIT, 7, "the comment `exit` is written <!-- exit: … -->"),
        ("<!-- background -->\n" + COMMIT, 7, "has one command"),
        ("<!-- not run: -->\n" + COMMIT, 7, "is written <!-- not run: … -->"),
        ("<!-- not run: no -->\n" + COMMIT, 7, "a block with a commit is always run"),
        ("<!-- exit: 1 -->\n```text\nx\n```\n", 7, "not before a fence that runs something"),
        ('```python titel="x.py"\n```\n', 7, "unknown fence attribute `titel`"),
        ("```python x.py\n```\n", 7, "unknown fence attribute `x.py`"),
        ('```console title="x"\n$ x\n```\n', 7, "a console fence has no title"),
        ('```text title="/etc/passwd"\n```\n', 7, "`/etc/passwd` is no path"),
        ('```text title="../x"\n```\n', 7, "`../x` is no path"),
        ("```diff\n@@\n-a\n+b\n```\n", 7, "this diff names no file"),
        ("```python\nx = = 1\n```\n", 8, "this Python does not parse"),
        ("```text\nnever closed\n", 7, "this fence is never closed"),
        ('- x\n\n  ```text title="x"\n  ```\n', 9, "stands at the left margin"),
        ("```console\nhello\n```\n", 8, "output before anything is typed"),
        ("```console\n```\n", 7, "types nothing"),
        ("```mysql\nmysql> SELECT 1\n1\n```\n", 8, "does not end with ;"),
        ('```diff title="x"\n-a\n+b\n```\n', 8, "opened by a bare @@"),
        ('```diff title="x"\n@@ -1,2 +1,2 @@\n-a\n```\n', 8, "opened by a bare @@"),
        ('```diff title="x"\n@@\n@@\n-a\n+b\n```\n', 8, "an empty hunk"),
        ('```diff title="x"\n@@\n a\n```\n', 8, "changes nothing"),
        ('```diff title="x"\n@@\n+a\n```\n', 8, "has no context"),
        ('```diff title="x"\n@@\nabc\n```\n', 9, "starts with a space, - or +"),
    ],
)
def test_a_malformed_lesson_is_refused_with_its_line(tmp_path: Path, body: str, line: int, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        read(tmp_path, lesson(body))
    assert said in refused.value.what
    assert refused.value.line == line
    assert refused.value.what.startswith(f"{tmp_path}/ch01_fixture/lesson.md:{line}: ")


@pytest.mark.parametrize(
    ("more", "line", "said"),
    [
        ("colour: red\n", 6, "unknown key `colour`"),
        ("route: [/v1/meetings]\n", 6, "`route` must be text"),
        ("route: /v1/meetings\n", 6, "`route` is a method and a path"),
        ("left_out: uv.lock\n", 6, "`left_out` must be a list"),
        ("red:\n  ch01-red:\n    test: a.py::b\n", 7, "holds exactly `test` and `because`"),
        ("red:\n  ch01-red: {test: a.py, because: x}\n", 7, "is a test's id"),
        ("red:\n  ch01-red: {test: 'a.py::b', because: x}\n", 7, "no commit is tagged `ch01-red`"),
        ("red:\n  ch01: {test: 'a.py::b', because: x}\n", 7, "is not a red tag"),
        ("red: [\n", 6, "is not YAML"),
    ],
)
def test_malformed_front_matter_is_refused_with_its_line(tmp_path: Path, more: str, line: int, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        read(tmp_path, lesson("", more=more))
    assert said in refused.value.what
    assert refused.value.line == line


def test_a_missing_key_and_missing_front_matter_are_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"lesson\.md:5: the front matter has no `goal`"):
        read(tmp_path, FRONT.format(title="x", more="").replace("goal: One sentence.\n", ""))
    with pytest.raises(LessonError, match="there is no front matter"):
        read(tmp_path, "# Hello\n\ngoal: none\n\n")


def test_a_made_file_that_is_never_shown_is_named(tmp_path: Path) -> None:
    chapters = write_course(tmp_path, lesson(""))
    made = chapters / "ch01_fixture" / "made" / "lock.txt"
    made.parent.mkdir()
    made.write_text("x\n")
    with pytest.raises(LessonError, match=r"made/lock\.txt is never shown"):
        read_lesson(chapters / "ch01_fixture" / "lesson.md")


MISTAKE = """---
title: A mistake
tag: ch01
error: "{error}"
{more}---

<!-- exit: 1 -->
```console
$ false
boom!
```
"""


def mistake(tmp_path: Path, error: str = "boom", more: str = "") -> Mistake:
    page = tmp_path / "page.md"
    page.write_text(MISTAKE.format(error=error, more=more))
    return read_mistake(page)


def test_a_mistake_shows_its_error_and_is_planted_by_one_block_or_as_many_as_it_says(tmp_path: Path) -> None:
    assert (mistake(tmp_path).error, mistake(tmp_path).plant) == ("boom", 1)
    assert mistake(tmp_path, more="plant: 0\n").plant == 0
    with pytest.raises(LessonError, match=r"page\.md:4: no output on this page shows its `error`"):
        mistake(tmp_path, error="bang")
    with pytest.raises(LessonError, match=r"page\.md:5: `plant` must be a number, not 'two'"):
        mistake(tmp_path, more="plant: two\n")
