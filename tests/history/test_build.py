"""Lessons become commits, and each kind of rot in a lesson is refused with its line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.conftest import Built
from tests.lesson.course import FIRST, SECOND, lesson, line_of
from workbook.history.build import History, build
from workbook.history.git import git
from workbook.lesson.errors import LessonError
from workbook.say import Problem

COMMIT = '\n```console\n$ git add -A\n$ git commit -m "More"\n```\n'
X = '```text title="x"\nx\n```\n'
MADE = lesson('```text title="m/0.txt"\ntwo\n...\nfour\n```\n' + COMMIT)
ENDS_IN_RED = SECOND[: SECOND.index("```diff")]
GREEN = SECOND[SECOND.index("```diff") :]
HELPER = '```python title="helper.py"\n```\n\n```console\n$ git add -A\n$ git commit -m "Help"\n```\n\n'
EDIT = '```diff title="test_greet.py"\n@@\n-    assert greet("you") == "hello you"\n+    assert greet("you")\n```\n\n'
RED = line_of(SECOND, "ch02-red:")
HUNKS = '```text title="x"\none\ntwo\n\nthree\ntwo\n```\n\n```diff title="x"\n{}```\n' + COMMIT
NOWHERE, TWICE = "this hunk matches no place in x.", "this hunk matches 2 places in x: at its lines 2, 5."


def test_each_commit_is_a_step_with_its_tags(history: History) -> None:
    said = git(history.repository, "log", "--reverse", "--format=%s|%D|%an|%ad", "--date=iso")
    assert said.splitlines() == [
        "Say hello|tag: ch01|workbook|2026-01-01 00:00:00 +0000",
        "Test that a greeting has a name|tag: ch02-red|workbook|2026-01-01 00:01:00 +0000",
        "Greet by name|HEAD -> main, tag: ch02|workbook|2026-01-01 00:02:00 +0000",
    ]
    assert 'return "hello"' in git(history.repository, "show", "ch02-red:greet.py")
    assert git(history.repository, "status", "--porcelain") == ""
    # An ignored file is in the project and not in the commit.
    assert ".env" not in history.tags["ch01"].files
    assert history.tags["ch01"].step.files[".env"] == history.chapters["ch02"].start[".env"] == "NAME=world\n"


def test_editing_a_chapter_leaves_the_shas_before_it_alone(built: Built) -> None:
    before = built()
    after = built(FIRST, SECOND.replace('"Greet by name"', '"Greet by their name"'))
    assert [before.tags[tag].sha == after.tags[tag].sha for tag in ("ch01", "ch02-red", "ch02")] == [True, True, False]


def test_what_no_build_made_is_not_replaced_nor_another_in_its_way(history: History, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="holds something that no build made"):
        build(tmp_path / "chapters", tmp_path / "chapters")
    assert (tmp_path / "chapters" / "ch01_fixture" / "lesson.md").exists()
    code = "import sys; from pathlib import Path; from workbook.history.build import build; "
    code += "[build(Path(sys.argv[1]), Path(sys.argv[2])) for _ in range(3)]"
    command = [sys.executable, "-c", code, str(tmp_path / "chapters"), str(history.repository)]
    several = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in several] == [("", 0)] * 3
    assert git(history.repository, "status", "--porcelain") == ""


def test_a_chapter_that_commits_nothing_still_has_its_tag_and_a_script_is_executable(built: Built) -> None:
    history = built(lesson("Only prose.\n"), FIRST + '\n```sh title="run.sh"\n#!/bin/sh\n```\n' + COMMIT)
    assert git(history.repository, "log", "--format=%s", "ch01").strip() == "ch01: A fixture"
    listed = git(history.repository, "ls-tree", "-r", "ch02").splitlines()
    assert [line.split()[0] for line in listed] == ["100644", "100644", "100755"]


def test_files_are_removed_moved_and_copied_by_commands_and_changed_by_hunks(built: Built) -> None:
    files = '```text title="a/x"\n1\n```\n\n```text title="y"\n2\n```\n' + COMMIT
    moves = "\n```console\n$ git mv a b && cp ./y b/z && cp b/z b\n$ rm -f y\n$ ls|rm b\n$ git commit -m x -m y\n```\n"
    none = "\n```console\n$ cat <<E\n> git commit -m x\n> E\n$ echo git commit -m x\n$ git commit -m 'x\n```\n"
    hunks = HUNKS.format("@@\n one\n-two\n+2\n@@\n 2\n\n-three\n+3\n")
    history = built(lesson(files + moves + none + hunks))
    assert [commit.step.message for commit in history.commits] == ["More", "x\n\ny", "More"]
    assert history.last.files == {"b/x": "1\n", "b/z": "2\n", "x": "one\n2\n\n3\ntwo\n"}


def test_a_made_file_is_taken_whole(built: Built, tmp_path: Path) -> None:
    made = tmp_path / "chapters" / "ch01_fixture" / "made" / "m" / "0.txt"
    made.parent.mkdir(parents=True)
    made.write_text("one\ntwo\nthree\nfour\nfive\n")
    assert built(MADE).last.files == {"m/0.txt": "one\ntwo\nthree\nfour\nfive\n"}
    made.write_text("one\ntwo\nthree\nfive\n")
    with pytest.raises(LessonError, match=r"lesson\.md:10: made/m/0\.txt does not hold this line here: 'four'"):
        built(MADE)


@pytest.mark.parametrize(
    ("lessons", "line", "said"),
    [
        ([lesson(HUNKS.format("@@\n one\n-tow\n+2\n"))], 16, NOWHERE),
        ([lesson(HUNKS.format("@@\n-one \n+1\n"))], 16, NOWHERE),
        ([lesson(HUNKS.format("@@\n-one\n+1\n@@\n-one\n+1\n"))], 19, NOWHERE),
        ([lesson(HUNKS.format("@@\n-4\n-5\n-6\n-7\n-8\n-9\n+1\n"))], 16, NOWHERE),
        ([lesson(HUNKS.format("@@\n-two\n+2\n"))], 16, TWICE),
        ([lesson('```diff title="y"\n@@\n-a\n+b\n```\n' + COMMIT)], 7, "changes y, which is not there"),
        ([lesson(X + COMMIT + X + COMMIT)], 21, "this commit changes nothing"),
        ([lesson(X + COMMIT + '```text title="y"\ny\n```\n')], 15, "y is changed after the last commit"),
        ([FIRST, lesson(X)], 7, "x is changed after the last commit"),
        ([lesson(X + "```console\n$ git commit\n```\n")], 11, "a commit of history has a message"),
        ([lesson(X + "```console\n$ git rm z\n```\n")], 11, "`git rm` names z, which is not there"),
        ([lesson(X + "```console\n$ mv x y z\n```\n")], 11, "follows `mv` of one path to another only"),
        ([lesson(X + "```console\n$ cd a\n$ rm x\n```\n")], 12, "`rm` after `cd a`"),
        ([FIRST.replace('"hello"', '"hi"'), SECOND], line_of(SECOND, "@@"), "matches no place in greet.py"),
        ([FIRST, ENDS_IN_RED + EDIT + GREEN], line_of(SECOND, "```diff"), "the green step after ch02-red"),
        ([FIRST, ENDS_IN_RED, lesson(EDIT + HELPER + GREEN)], 7, "edits its test: test_greet.py"),
        ([FIRST, ENDS_IN_RED], line_of(SECOND, "Test that a greeting"), "no green step follows ch02-red"),
        ([FIRST, SECOND.replace("::test_greets_by_name", "::test_hi")], RED, "has no such test"),
        ([FIRST, SECOND.replace("test: test_greet.py", "test: x.py")], RED, "x.py has no such test"),
    ],
)
def test_a_lesson_that_does_not_build_or_proves_nothing_is_refused_with_its_line(
    built: Built, lessons: list[str], line: int, said: str
) -> None:
    with pytest.raises(LessonError) as refused:
        built(*lessons)
    assert said in refused.value.what
    assert (refused.value.line, refused.value.file.parent.name) == (line, f"ch0{len(lessons)}_fixture")


def test_a_chapter_may_end_in_red_and_the_next_may_take_several_commits_to_green(built: Built, tmp_path: Path) -> None:
    history = built(FIRST, ENDS_IN_RED, lesson(HELPER + GREEN))
    assert [commit.tags for commit in history.commits] == [("ch01",), ("ch02-red", "ch02"), (), ("ch03",)]
    until = build(tmp_path / "chapters", tmp_path / "repository", until="ch02")
    assert list(until.tags) == ["ch01", "ch02-red", "ch02"]
