"""What a page says is read with its lines, and every kind of malformed page is refused in a sentence with its line."""

from pathlib import Path

import pytest

from tests.lesson.course import SECOND, lesson, line_of, write_course
from workbook.lesson.blocks import Mismatch, mismatch
from workbook.lesson.chapters import chapters, new_readme, require_budget
from workbook.lesson.errors import LessonError
from workbook.lesson.model import RedContract, Stop
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.say import Problem

TAG = "<!-- tag: ch01-b -->\n"
COMMIT = '```console\n$ git add -A\n$ git commit -m "x"\n```\n'


def read(folder: Path, text: str):
    return read_lesson(write_course(folder, text) / "ch01_fixture" / "lesson.md")


def test_a_red_contract_a_background_a_stop_and_a_skip_are_read(tmp_path: Path) -> None:
    second = read_lesson(write_course(tmp_path) / "ch02_fixture" / "lesson.md")
    test, because = "test_greet.py::test_greets_by_name", "assert 'hello' == 'hello you'"
    assert second.red == {"ch02-red": RedContract("ch02-red", (test,), because, line_of(SECOND, "ch02-red:"))}
    assert (second.blocks[1].exchanges[0].exit, second.blocks[2].tag) == (1, "ch02-red")
    text = "<!-- background -->\n```console\n$ serve\nready\n```\n\n<!-- stop -->\n\n<!-- note: a word -->\n"
    text += "<!-- not run: needs a Docker engine -->\n```console\n$ docker ps\n```\n"
    server, stop, skipped = read(tmp_path, lesson(text)).blocks
    assert (server.background, type(stop), skipped.skip) == (True, Stop, "needs a Docker engine")


@pytest.mark.parametrize(
    ("kind", "shown", "exchanges"),
    [
        ("console", "$ cat <<E\n> 1\n> E\n1\n\n$ true\n\n", [("cat <<E\n1\nE", ["1"], 11), ("true", [], 15)]),
        ("mysql", "mysql> VALUE\n    -> 2\\G\nx\n\nmysql> USE a;\n", [("VALUE\n2\\G", ["x"], 10), ("USE a;", [], 13)]),
        ("pycon", ">>> for x in y:\n...   x\n...\n>>> 1\n1\n", [("for x in y:\n  x\n", [], 11), ("1", ["1"], 12)]),
    ],
)
def test_input_and_output_are_read_with_their_lines(tmp_path: Path, kind: str, shown: str, exchanges: object) -> None:
    session = read(tmp_path, lesson(f"```{kind}\n{shown}```\n")).blocks[0]
    assert [(each.typed, [*each.output], each.output_line) for each in session.exchanges] == exchanges


@pytest.mark.parametrize(
    ("shown", "actual", "first"),
    [
        ("...|b", "a|b", None),
        ("a|    ...", "a|b|c", None),
        ("a|...|b|c|...|d", "a|b|x|b|c|d|d", None),
        ("a...", "abc", Mismatch(0, 0)),
        ("a|b", "a", Mismatch(1, 1)),
        ("a", "a|b", Mismatch(1, 1)),
        ("a|...|b|c", "a|x|b|d", Mismatch(3, 3)),
        ("a|...|c", "a|c|d", Mismatch(3, 2)),
        ("a|...|b|...|c", "a|c|b", Mismatch(4, 3)),
    ],
)
def test_the_first_difference_is_found(shown: str, actual: str, first: Mismatch | None) -> None:
    one, other = (text.split("|") if text else [] for text in (shown, actual))
    assert mismatch(one, other) == first


@pytest.mark.parametrize(
    ("body", "more", "line", "said"),
    [
        ("<!-- tga: ch01 -->\n" + COMMIT, "", 7, "unknown comment `tga`"),
        ("<!-- tag: ch01 -->\n\nprose\n\n" + COMMIT, "", 7, "the comment `tag` is not directly before a fence"),
        ("<!-- tag: ch02 -->\n" + COMMIT, "", 8, "unknown tag `ch02`"),
        ("<!-- tag: ch01-red -->\n" + COMMIT, "", 8, "`red` does not say what fails at `ch01-red`"),
        ("<!-- tag: ch01 -->\n```console\n$ true\n```\n", "", 7, "this one has 0"),
        ("<!-- tag: ch01 -->\n" + COMMIT + "\n<!-- tag: ch01 -->\n" + COMMIT, "", 14, "the tag `ch01` is given twice"),
        ("<!-- exit: one -->\n" + COMMIT, "", 7, "an exit code is a number, not `one`"),
        ("<!-- exit -->\n" + COMMIT, "", 7, "the comment `exit` is written <!-- exit: … -->"),
        ("<!-- background -->\n" + COMMIT, "", 7, "has one command"),
        ("<!-- not run: no -->\n" + COMMIT, "", 7, "a block with a commit is always run"),
        ("<!-- exit: 1 -->\n```text\nx\n```\n", "", 7, "the comment `exit` is not directly before a fence"),
        ('```python titel="x.py"\n```\n', "", 7, "unknown fence attribute in `python titel"),
        ('```console title="x"\n$ x\n```\n', "", 7, "a console fence has no title"),
        ('```text title="/etc/passwd"\n```\n', "", 7, "`/etc/passwd` is no path"),
        ('```text title="../x"\n```\n', "", 7, "`../x` is no path"),
        ("```diff\n@@\n-a\n+b\n```\n", "", 7, "this diff names no file"),
        ("```python\nx = = 1\n```\n", "", 8, "this Python does not parse"),
        ("```text\nnever closed\n", "", 7, "this fence is never closed"),
        ('- x\n\n  ```text title="x"\n  ```\n', "", 9, "stands at the left margin"),
        ("```console\nhello\n```\n", "", 8, "types nothing after `$ ` before this line"),
        ("```console\n```\n", "", 7, "types nothing"),
        ("```mysql\nmysql> SELECT 1\n1\n```\n", "", 8, "does not end with ;"),
        ('```diff title="x"\n-a\n+b\n```\n', "", 8, "opened by a bare @@"),
        ('```diff title="x"\n@@\n a\n```\n', "", 8, "changes nothing"),
        ('```diff title="x"\n@@\n+a\n```\n', "", 8, "has no context"),
        ('```diff title="x"\n@@\nabc\n```\n', "", 9, "start with a space, - or +"),
        ("", "colour: red\n", 6, "unknown key `colour`"),
        ("", "route: /v1/meetings\n", 6, "`route` is a method and a path"),
        ("", "left_out: uv.lock\n", 6, "`left_out` must be a list"),
        ("", "red:\n  ch01-red:\n    test: a.py::b\n", 7, "holds exactly `test`"),
        ("", "red:\n  ch01-red: {test: a.py, because: x}\n", 7, "the ids (path::name)"),
        ("", "red:\n  ch01-red: {test: 'a.py::b', because: x}\n", 7, "no commit is tagged `ch01-red` as a red one"),
        ("", "red: [\n", 6, "is not YAML"),
        ("", "goal: \n", 3, "the front matter has no `goal`"),
        (f"# A\n\n{COMMIT}\n## Rest stop: b\n", "", 14, "`stops` does not say which commit"),
        (f"# A\n\n{COMMIT}\n## Rest stop: b\n\n## C\n", "stops: {ch01-b: one}\n", 1, "a green commit with this tag"),
        (f"# A\n\n{TAG}{COMMIT}\n## Rest stop: b\n", "stops:\n  ch01-b: one\n", 7, "then another"),
        (f"# A\n\n{TAG}{COMMIT}\n## C\n\n## D\n", "stops:\n  ch01-b: one\n", 7, "then a heading `Rest stop: …`"),
    ],
)
def test_a_malformed_page_is_refused_with_its_line(tmp_path: Path, body: str, more: str, line: int, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        read(tmp_path, lesson(body, more=more))
    assert said in refused.value.what
    assert refused.value.what.startswith(f"{tmp_path}/ch01_fixture/lesson.md:{line}: ")


def test_a_page_without_front_matter_and_a_made_file_that_is_never_shown_are_named(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"lesson\.md:1: there is no front matter"):
        read(tmp_path, "# Hello\n\ngoal: none\n\n")
    (tmp_path / "ch01_fixture" / "made").mkdir()
    (tmp_path / "ch01_fixture" / "made" / "lock.txt").touch()
    with pytest.raises(LessonError, match=r"made/lock\.txt is never shown"):
        read(tmp_path, lesson(""))


def test_a_mistake_shows_its_error_and_is_planted_by_one_block_or_as_many_as_it_says(tmp_path: Path) -> None:
    def planted(error: str, more: str = "") -> int:
        front = f'title: A mistake\ntag: ch01\nerror: "{error}"\n{more}'
        (tmp_path / "page.md").write_text(f"---\n{front}---\n\n```console\n$ false\nboom!\n```\n")
        return read_mistake(tmp_path / "page.md").plant

    assert (planted("boom"), planted("boom", "plant: 0\n")) == (1, 0)
    with pytest.raises(LessonError, match=r"page\.md:4: no output on this page shows its `error`"):
        planted("bang")
    with pytest.raises(LessonError, match=r"page\.md:5: `plant` must be a number, not 'two'"):
        planted("boom", "plant: two\n")


def test_what_the_chapters_lack_or_hold_twice_is_refused(tmp_path: Path) -> None:
    course = write_course(tmp_path / "chapters")
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
