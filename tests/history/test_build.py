"""Lessons become commits, and each kind of rot in a lesson is refused with its line."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from workbook.history.build import History, build
from workbook.history.git import git
from workbook.lesson.errors import LessonError
from workbook.say import Problem

COMMIT = '\n```console\n$ git add -A\n$ git commit -m "More"\n```\n'
X = '```text title="x"\nx\n```\n'
ENDS_IN_RED = SECOND[: SECOND.index("```diff")]
GREEN = SECOND[SECOND.index("```diff") :]
HELPER = '```python title="helper.py"\n```\n\n```console\n$ git add -A\n$ git commit -m "Help"\n```\n\n'
EDIT = '```diff title="test_greet.py"\n@@\n-    assert greet("you") == "hello you"\n+    assert greet("you")\n```\n\n'


def built(folder: Path, *lessons: str) -> History:
    return build(write_course(folder / "chapters", *lessons), folder / "repository")


def test_each_commit_is_a_step_with_its_tags(tmp_path: Path) -> None:
    repository = built(tmp_path).repository
    said = git(repository, "log", "--reverse", "--format=%s|%D|%an|%ad", "--date=iso-strict")
    assert said.splitlines() == [
        "Say hello|tag: ch01|workbook|2026-01-01T00:00:00+00:00",
        "Test that a greeting has a name|tag: ch02-red|workbook|2026-01-01T00:01:00+00:00",
        "Greet by name|HEAD -> main, tag: ch02|workbook|2026-01-01T00:02:00+00:00",
    ]
    assert git(repository, "show", "ch02-red:greet.py") == 'def greet(name: str) -> str:\n    return "hello"\n'
    assert git(repository, "status", "--porcelain") == ""


def test_what_starts_as_a_script_is_executable_and_nothing_else(tmp_path: Path) -> None:
    history = built(tmp_path, FIRST + '\n```sh title="run.sh"\n#!/bin/sh\n```\n' + COMMIT)
    listed = git(history.repository, "ls-tree", "-r", "ch01").splitlines()
    assert [line.split()[0] for line in listed] == ["100644", "100644", "100755"]


def test_an_ignored_file_is_in_the_project_and_not_in_the_commit(tmp_path: Path) -> None:
    history = built(tmp_path)
    assert ".env" not in history.tags["ch01"].files
    assert history.tags["ch01"].step.files[".env"] == "NAME=world\n"
    assert history.chapters["ch02"].start[".env"] == "NAME=world\n"


def test_editing_a_chapter_leaves_the_shas_before_it_alone(tmp_path: Path) -> None:
    before = built(tmp_path)
    after = built(tmp_path, FIRST, SECOND.replace('"Greet by name"', '"Greet by their name"'))
    assert [before.tags[tag].sha == after.tags[tag].sha for tag in ("ch01", "ch02-red", "ch02")] == [True, True, False]


def test_a_rebuild_replaces_a_build_and_nothing_else(tmp_path: Path) -> None:
    built(tmp_path)
    built(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(Problem, match="holds something that no build made"):
        build(tmp_path / "chapters", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_builds_at_the_same_moment_are_in_nobodys_way(tmp_path: Path) -> None:
    chapters, repository = write_course(tmp_path / "chapters"), tmp_path / "repository"
    code = "import sys; from pathlib import Path; from workbook.history.build import build; "
    code += "[build(Path(sys.argv[1]), Path(sys.argv[2])) for _ in range(3)]"
    command = [sys.executable, "-c", code, str(chapters), str(repository)]
    several = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.communicate()[1], process.returncode) for process in several] == [("", 0)] * 3
    assert git(repository, "status", "--porcelain") == ""


def test_a_chapter_that_commits_nothing_still_has_its_tag(tmp_path: Path) -> None:
    history = built(tmp_path, lesson("Only prose.\n"), FIRST)
    assert git(history.repository, "log", "--format=%s", "ch01").strip() == "ch01: A fixture"


def test_files_are_removed_moved_and_copied_by_commands(tmp_path: Path) -> None:
    files = '```text title="a/x"\n1\n```\n\n```text title="y"\n2\n```\n' + COMMIT
    moves = '\n```console\n$ git mv a b && cp y b/z && cp b/z b\n$ rm y\n$ git commit -qam "Move"\n```\n'
    assert built(tmp_path, lesson(files + moves)).last.files == {"b/x": "1\n", "b/z": "2\n"}


def test_a_made_file_is_taken_whole(tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters", lesson('```text title="m/0.txt"\ntwo\n...\nfour\n```\n' + COMMIT))
    made = chapters / "ch01_fixture" / "made" / "m" / "0.txt"
    made.parent.mkdir(parents=True)
    made.write_text("one\ntwo\nthree\nfour\nfive\n")
    assert build(chapters, tmp_path / "repository").last.files == {"m/0.txt": "one\ntwo\nthree\nfour\nfive\n"}

    made.write_text("one\ntwo\nthree\nfive\n")
    with pytest.raises(LessonError, match=r"lesson\.md:10: made/m/0\.txt does not hold this line here: 'four'"):
        build(chapters, tmp_path / "repository")


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ('```diff title="y"\n@@\n-a\n+b\n```\n' + COMMIT, 7, "changes y, which is not there"),
        (X + COMMIT + '```diff title="x"\n@@\n-y\n+z\n```\n' + COMMIT, 16, "matches no place in x"),
        (X + COMMIT + X + COMMIT, 21, "this commit changes nothing"),
        (X + COMMIT + '```text title="y"\ny\n```\n', 15, "y is changed after the last commit"),
        (X + "```console\n$ git commit\n```\n", 11, "a commit of history has a message"),
        (X + "```console\n$ git rm z\n```\n", 11, "`git rm` names z, which is not there"),
        (X + "```console\n$ mv x y z\n```\n", 11, "follows `mv` of one path to another only"),
        (X + "```console\n$ cd a\n$ rm x\n```\n", 12, "`rm` after `cd a`"),
    ],
)
def test_a_lesson_that_does_not_build_is_refused_with_its_line(tmp_path: Path, body: str, line: int, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        built(tmp_path, lesson(body))
    assert said in refused.value.what
    assert refused.value.line == line


def test_a_chapter_that_changes_files_and_never_commits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match=r"ch02_fixture/lesson\.md:1: the lesson changes files and never commits"):
        built(tmp_path, FIRST, lesson(X))


def test_a_later_diff_that_no_longer_applies_names_that_lesson_and_line(tmp_path: Path) -> None:
    with pytest.raises(LessonError) as refused:
        built(tmp_path, FIRST.replace('return "hello"', 'return "hallo"'), SECOND)
    place = f"{tmp_path}/chapters/ch02_fixture/lesson.md:{line_of(SECOND, '@@')}"
    assert refused.value.what == f"{place}: this hunk matches no place in greet.py."


@pytest.mark.parametrize(
    ("lessons", "line", "said"),
    [
        ([SECOND.replace("```diff", EDIT + "```diff", 1)], line_of(SECOND, "```diff"), "the green step after ch02-red"),
        ([ENDS_IN_RED, lesson(EDIT + HELPER + GREEN)], 7, "edits its test: test_greet.py"),
        ([ENDS_IN_RED], line_of(SECOND, "Test that a greeting"), "no green step follows ch02-red"),
        ([SECOND.replace("::test_greets_by_name", "::test_hi")], line_of(SECOND, "ch02-red:"), "has no such test"),
        ([SECOND.replace("test: test_greet.py", "test: x.py")], line_of(SECOND, "ch02-red:"), "x.py has no such test"),
    ],
)
def test_a_red_step_that_proves_nothing_is_refused(tmp_path: Path, lessons: list[str], line: int, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        built(tmp_path, FIRST, *lessons)
    assert said in refused.value.what
    assert refused.value.line == line
    assert refused.value.file.parent.name == f"ch0{1 + len(lessons)}_fixture"


def test_a_chapter_may_end_in_red_and_the_next_may_take_several_commits_to_green(tmp_path: Path) -> None:
    history = built(tmp_path, FIRST, ENDS_IN_RED, lesson(HELPER + GREEN))
    assert [commit.tags for commit in history.commits] == [("ch01",), ("ch02-red", "ch02"), (), ("ch03",)]
    until = build(tmp_path / "chapters", tmp_path / "repository", until="ch02")
    assert list(until.tags) == ["ch01", "ch02-red", "ch02"]
