"""Lessons become commits: the same everywhere, and each kind of rot in a lesson is refused with its line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from workbook.history.build import History, build
from workbook.lesson.errors import LessonError
from workbook.say import Problem

COMMIT = '\n```console\n$ git add -A\n$ git commit -m "More"\n```\n'
X = '```text title="x"\nx\n```\n'


def built(folder: Path, *lessons: str) -> History:
    return build(write_course(folder / "chapters", *lessons), folder / "repository")


def git(repository: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=repository, check=True, capture_output=True, text=True).stdout


def test_each_commit_is_a_step_with_its_tags(tmp_path: Path) -> None:
    history = built(tmp_path)

    said = git(history.repository, "log", "--reverse", "--format=%s|%D|%an|%ad", "--date=iso-strict")
    assert said.splitlines() == [
        "Say hello|tag: ch01|workbook|2026-01-01T00:00:00+00:00",
        "Test that a greeting has a name|tag: ch02-red|workbook|2026-01-01T00:01:00+00:00",
        "Greet by name|HEAD -> main, tag: ch02|workbook|2026-01-01T00:02:00+00:00",
    ]
    assert git(history.repository, "show", "ch02-red:greet.py") == 'def greet(name: str) -> str:\n    return "hello"\n'
    assert git(history.repository, "status", "--porcelain") == ""


def test_an_ignored_file_is_in_the_project_and_not_in_the_commit(tmp_path: Path) -> None:
    history = built(tmp_path)
    assert ".env" not in history.tags["ch01"].files
    assert history.tags["ch01"].step.files[".env"] == "NAME=world\n"
    assert history.chapters["ch02"].start[".env"] == "NAME=world\n"


BUILD = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[3], 8))
from workbook.history.build import build
for tag, commit in build(Path(sys.argv[1]), Path(sys.argv[2])).tags.items():
    print(tag, commit.sha)
"""


def test_the_shas_are_the_same_for_everybody(tmp_path: Path) -> None:
    script = '\n```sh title="run.sh"\n#!/bin/sh\n```\n' + COMMIT
    chapters = write_course(tmp_path / "chapters", FIRST + script, SECOND)
    said = []
    for name, umask, zone in (("one", "022", "UTC"), ("two", "077", "Asia/Seoul")):
        home = tmp_path / name
        (home / ".config" / "git").mkdir(parents=True)
        (home / ".gitconfig").write_text(
            f"[user]\n\tname = {name}\n\temail = {name}@example.com\n[core]\n\tautocrlf = true\n\tfileMode = true\n"
            "[commit]\n\tgpgSign = true\n[init]\n\tdefaultBranch = other\n[core]\n\thooksPath = /nowhere\n"
        )
        (home / ".config" / "git" / "ignore").write_text("greet.py\n")
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "TZ": zone, "GIT_AUTHOR_NAME": name, "LANG": "C"}
        command = [sys.executable, "-c", BUILD, str(chapters), str(tmp_path / name / "repository"), umask]
        said.append(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)

    assert said[0] == said[1]
    assert len(said[0].splitlines()) == 3
    modes = [git(tmp_path / name / "repository", "ls-tree", "-r", "ch01") for name in ("one", "two")]
    assert modes[0] == modes[1]
    assert [line.split()[0] for line in modes[0].splitlines()] == ["100644", "100644", "100755"]


def test_editing_a_chapter_leaves_the_shas_before_it_alone(tmp_path: Path) -> None:
    before = built(tmp_path)
    after = built(tmp_path, FIRST, SECOND.replace('"Greet by name"', '"Greet by their name"'))

    assert after.tags["ch01"].sha == before.tags["ch01"].sha
    assert after.tags["ch02-red"].sha == before.tags["ch02-red"].sha
    assert after.tags["ch02"].sha != before.tags["ch02"].sha


def test_a_rebuild_replaces_a_build_and_nothing_else(tmp_path: Path) -> None:
    built(tmp_path)
    built(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(Problem, match="holds something that no build made"):
        build(tmp_path / "chapters", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").exists()


def test_a_chapter_that_commits_nothing_still_has_its_tag(tmp_path: Path) -> None:
    history = built(tmp_path, lesson("Only prose.\n"), FIRST)
    assert git(history.repository, "log", "--format=%s", "ch01").strip() == "ch01: A fixture"


def test_files_are_removed_moved_and_copied_by_commands(tmp_path: Path) -> None:
    files = '```text title="a/x"\n1\n```\n\n```text title="y"\n2\n```\n' + COMMIT
    moves = '\n```console\n$ git mv a b && cp y b/z\n$ rm y\n$ git commit -qam "Move"\n```\n'
    history = built(tmp_path, lesson(files + moves))
    assert history.last.files == {"b/x": "1\n", "b/z": "2\n"}


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
        (X, 1, "the lesson changes files and never commits"),
        (X + "```console\n$ git commit\n```\n", 11, "a commit of history has a message"),
        (X + "```console\n$ git rm z\n```\n", 11, "`git rm` names z, which is not there"),
        (X + "```console\n$ cd a\n$ rm x\n```\n", 12, "`rm` after `cd a`"),
    ],
)
def test_a_lesson_that_does_not_build_is_refused_with_its_line(tmp_path: Path, body: str, line: int, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        built(
            tmp_path,
            FIRST if said.startswith("the lesson") else lesson(body),
            *([lesson(body)] if said.startswith("the lesson") else []),
        )
    assert said in refused.value.what
    assert refused.value.line == line


def test_a_later_diff_that_no_longer_applies_names_that_lesson_and_line(tmp_path: Path) -> None:
    with pytest.raises(LessonError) as refused:
        built(tmp_path, FIRST.replace('return "hello"', 'return "hallo"'), SECOND)
    assert refused.value.what == (
        f"{tmp_path}/chapters/ch02_fixture/lesson.md:{line_of(SECOND, '@@')}: this hunk matches no place in greet.py."
    )


def test_a_test_edited_between_red_and_green_is_refused_with_the_line_of_the_edit(tmp_path: Path) -> None:
    edit = (
        '```diff title="test_greet.py"\n@@\n-    assert greet("you") == "hello you"\n+    assert greet("you")\n```\n\n'
    )
    text = SECOND.replace('```diff title="greet.py"', edit + '```diff title="greet.py"')
    with pytest.raises(LessonError, match=r"the green step after ch02-red edits its test: test_greet\.py") as refused:
        built(tmp_path, FIRST, text)
    assert refused.value.line == line_of(text, 'diff title="test_greet.py"')


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "test_greet.py::test_greets_by_name",
            "test_greet.py::test_greets_you",
            "names test_greets_you, and test_greet.py has no such test",
        ),
        (
            "test_greet.py::test_greets_by_name",
            "test_gret.py::test_greets_by_name",
            "names a test in test_gret.py, which is not there",
        ),
    ],
)
def test_a_contract_names_a_test_that_is_there(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(LessonError) as refused:
        built(tmp_path, FIRST, SECOND.replace(old, new))
    assert said in refused.value.what
    assert refused.value.line == line_of(SECOND, "ch02-red:")


ENDS_IN_RED = SECOND[: SECOND.index("```diff")]
HELPER = '```python title="helper.py"\n```\n\n```console\n$ git add -A\n$ git commit -m "Help"\n```\n\n'


def test_a_red_step_without_a_green_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="no green step follows ch02-red") as refused:
        built(tmp_path, FIRST, ENDS_IN_RED)
    assert refused.value.line == line_of(SECOND, "Test that a greeting")


def test_a_chapter_may_end_in_red_and_the_next_may_take_several_commits_to_green(tmp_path: Path) -> None:
    third = lesson(HELPER + SECOND[SECOND.index("```diff") :])
    history = built(tmp_path, FIRST, ENDS_IN_RED, third)
    assert [commit.tags for commit in history.commits] == [("ch01",), ("ch02-red", "ch02"), (), ("ch03",)]
    assert list(build(tmp_path / "chapters", tmp_path / "repository", until="ch02").tags) == [
        "ch01",
        "ch02-red",
        "ch02",
    ]


def test_on_the_way_to_green_the_test_stays_as_it_is(tmp_path: Path) -> None:
    edit = (
        '```diff title="test_greet.py"\n@@\n-    assert greet("you") == "hello you"\n+    assert greet("you")\n```\n\n'
    )
    with pytest.raises(LessonError, match="edits its test") as refused:
        built(tmp_path, FIRST, ENDS_IN_RED, lesson(edit + HELPER + SECOND[SECOND.index("```diff") :]))
    assert refused.value.line == 7
    assert refused.value.file.parent.name == "ch03_fixture"


def test_two_folders_of_one_chapter_are_refused(tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters")
    (chapters / "ch01_again").mkdir()
    (chapters / "ch01_again" / "lesson.md").write_text(FIRST)
    with pytest.raises(LessonError, match="ch01 is ch01_again already"):
        build(chapters, tmp_path / "repository")
