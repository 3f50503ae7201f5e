"""Starting: where a project may lie, what it is made of, and that no work is lost on the way."""

import os
import subprocess
from pathlib import Path

import pytest

from workbook.history.git import persons_git
from workbook.place import CLONE
from workbook.say import Problem
from workbook.student.commands import inside
from workbook.student.project import NAME, Progress
from workbook.student.start import commit_all, commit_of, start


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git knows nobody here, as on a new machine."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    for role in ("AUTHOR", "COMMITTER"):
        for part in ("NAME", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{part}", raising=False)


def test_a_project_starts_on_a_branch_at_the_tag_before(tmp_path: Path) -> None:
    root = tmp_path / "when2meet"

    started = start("ch35", root)

    assert started.chapter.id == "ch35"
    assert persons_git(root, "symbolic-ref", "--short", "HEAD").strip() == "my-work"
    assert commit_of(root, "HEAD") == commit_of(root, "ch34")
    assert persons_git(root, "remote").split() == ["workbook"]
    assert {"ch32", "ch35-red", "ch36"} <= set(persons_git(root, "tag").split())
    assert persons_git(root, "status", "--porcelain") == ""
    assert "current ch35" in (root / ".workbook-progress").read_text()


def test_ignored_files_of_earlier_chapters_come_too(tmp_path: Path) -> None:
    start("ch34", tmp_path / "p")

    assert (tmp_path / "p" / ".env").read_text() == (tmp_path / "p" / ".env.example").read_text()


def test_the_first_chapter_starts_empty_and_can_be_committed_to(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start(None, root)

    assert {path.name for path in root.iterdir()} == {".git", ".workbook-progress"}
    (root / ".gitignore").write_text(".env\n")
    commit_all(root, "First")
    assert persons_git(root, "ls-files").split() == [".gitignore"]
    assert persons_git(root, "symbolic-ref", "--short", "HEAD").strip() == "my-work"


def test_an_empty_folder_that_is_there_will_do(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()

    assert start("ch33", tmp_path / "p").project == tmp_path / "p"


def test_a_folder_with_files_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(Problem, match="holds files that the workbook did not put there"):
        start("ch33", tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"thesis.txt"}


@pytest.mark.parametrize("inside", [".", "new", "chapters/mine"])
def test_a_project_inside_the_workbook_is_refused(inside: str) -> None:
    with pytest.raises(Problem, match="lies in the workbook itself") as refused:
        start("ch33", CLONE / inside)

    assert refused.value.code == 2
    assert not (CLONE / "new").exists()


def test_an_unknown_chapter_is_refused_with_the_list(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="There is no chapter ch99") as refused:
        start("ch99", tmp_path / "p")

    assert "ch32, ch33" in refused.value.ways[0]
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("target", ["ch33", "ch35", "ch36", "ch32"])
def test_going_elsewhere_keeps_uncommitted_work_on_a_branch(target: str, tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    (root / "app" / "main.py").write_text("changed = True\n")
    (root / "new.py").write_text("new = True\n")

    told = " ".join(start(target, root).told)

    assert f"work-before-{target}-1" in told
    assert "committed now" in told
    assert persons_git(root, "show", f"work-before-{target}-1:new.py") == "new = True\n"
    assert persons_git(root, "show", f"work-before-{target}-1:app/main.py") == "changed = True\n"
    assert not (root / "new.py").exists()
    assert persons_git(root, "symbolic-ref", "--short", "HEAD").strip() == "my-work"


def test_commits_of_the_student_are_kept_and_a_second_time_under_a_second_name(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    for number in (1, 2):
        (root / "mine.txt").write_text(f"{number}")
        commit_all(root, "Mine")
        start("ch34", root, fresh=True)
        assert not (root / "mine.txt").exists()

    assert persons_git(root, "show", "work-before-ch34-1:mine.txt") == "1"
    assert persons_git(root, "show", "work-before-ch34-2:mine.txt") == "2"


def test_nothing_is_kept_under_a_name_when_there_is_nothing_of_the_students(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    start("ch36", root)

    assert persons_git(root, "branch", "--format=%(refname:short)").split() == ["my-work"]


def test_a_student_who_finished_a_chapter_goes_on_with_their_own_code(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    (root / "mine.txt").write_text("mine")
    progress = Progress.read(root)
    progress.finish("ch34")
    progress.write(root)

    started = start(None, root)

    assert started.chapter.id == "ch35"
    assert (root / "mine.txt").read_text() == "mine"
    assert "--fresh" in started.told[0]


def test_a_secret_in_a_folder_without_gitignore_is_not_committed(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    start("ch32", root)
    (root / "notes.txt").write_text("x")

    start("ch33", root)

    assert persons_git(root, "ls-tree", "--name-only", "work-before-ch33-1").split() == ["notes.txt"]
    assert (root / ".env").exists()


def test_a_detached_head_is_kept_too_and_ends_on_the_branch(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    persons_git(root, "checkout", "-q", "--detach", "ch36")
    (root / "mine.txt").write_text("mine")

    start("ch35", root)

    assert persons_git(root, "show", "work-before-ch35-1:mine.txt") == "mine"
    assert persons_git(root, "symbolic-ref", "--short", "HEAD").strip() == "my-work"


def test_commits_on_the_branch_are_kept_also_when_the_student_stands_elsewhere(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    (root / "mine.txt").write_text("mine")
    commit_all(root, "Mine")
    persons_git(root, "checkout", "-q", "--detach", "ch36")

    told = " ".join(start("ch36", root).told)

    assert persons_git(root, "show", "work-before-ch36-1:mine.txt") == "mine"
    assert "work-before-ch36-1" in told


def test_a_branch_that_a_kept_one_holds_already_gets_no_second_name(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    (root / "mine.txt").write_text("mine")
    commit_all(root, "Mine")

    start("ch36", root)

    assert set(persons_git(root, "branch", "--format=%(refname:short)").split()) == {"my-work", "work-before-ch36-1"}


def test_in_the_middle_of_a_merge_nothing_is_changed(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch34", root)
    (root / ".git" / "MERGE_HEAD").write_text(commit_of(root, "ch36") + "\n")
    (root / "mine.txt").write_text("mine")

    with pytest.raises(Problem, match="MERGE_HEAD"):
        start("ch36", root)

    assert (root / "mine.txt").read_text() == "mine"


def test_the_screen_marks_the_chapter_and_names_the_next_command(tmp_path: Path) -> None:
    root = tmp_path / "p"
    start("ch33", root)

    assert "> ch33  now    Settings and Tortoise" in inside(root)
    assert "Goal: " in "".join(inside(root))
    progress = Progress.read(root)
    progress.finish("ch33")
    progress.write(root)
    assert any(line.startswith("> ch33  done ") for line in inside(root))
    assert "Next: workbook start ch34" in inside(root)


def test_the_screen_speaks_korean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start("ch33", tmp_path / "p")
    monkeypatch.setenv("WORKBOOK_LANG", "ko")

    assert "다 했으면: workbook check" in inside(tmp_path / "p")


def test_a_progress_file_survives_what_people_write_into_it(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("current ch35\nhint x many\n# remark\n\ndone ch32\ndone ch33 2026-01-01\n")

    progress = Progress.read(tmp_path)
    progress.write(tmp_path)

    assert (progress.current, progress.done, progress.hints) == ("ch35", {"ch33": "2026-01-01"}, {})
    assert Progress.read(tmp_path) == progress


def test_the_students_own_git_sees_nothing_of_the_progress_file(tmp_path: Path) -> None:
    start("ch33", tmp_path / "p")

    done = subprocess.run(["git", "add", "-A", "-n"], cwd=tmp_path / "p", capture_output=True, text=True, check=True)
    assert done.stdout == ""
