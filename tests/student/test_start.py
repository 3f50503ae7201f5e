"""Starting: where a project may lie, and that no work is lost on the way; then hint, diff and solution."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbook.history.git import persons_git
from workbook.mysql.login import cursor
from workbook.mysql.server import Server
from workbook.place import CLONE, PROGRESS
from workbook.say import Problem
from workbook.student.checking import diff, next_hint, solution
from workbook.student.commands import app, inside
from workbook.student.project import Progress, chapters
from workbook.student.start import commit_all, commit_of, start


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Git knows nobody here, as on a new machine."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    for role in ("AUTHOR", "COMMITTER"):
        for part in ("PROGRESS", "EMAIL"):
            monkeypatch.delenv(f"GIT_{role}_{part}", raising=False)


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project at the start of chapter 34, to be copied."""
    return start("ch34", tmp_path_factory.mktemp("started") / "p").project


@pytest.fixture
def root(started: Path, tmp_path: Path) -> Path:
    """The project, the test's own."""
    return shutil.copytree(started, tmp_path / "p")


def branch(root: Path) -> str:
    return persons_git(root, "symbolic-ref", "--short", "HEAD").strip()


def test_a_project_starts_on_a_branch_at_the_tag_before_in_an_empty_folder_too(tmp_path: Path) -> None:
    root = tmp_path / "when2meet"
    root.mkdir()

    started = start("ch35", root)

    assert (started.project, started.chapter.id, branch(root)) == (root, "ch35", "my-work")
    assert commit_of(root, "HEAD") == commit_of(root, "ch34")
    assert {"ch32", "ch35-red", "ch36"} <= set(persons_git(root, "tag").split())
    assert persons_git(root, "status", "--porcelain") == ""
    assert "current ch35" in (root / PROGRESS).read_text()
    # A file that git ignores comes too.
    assert "MYSQL_DB=when2meet_vod\n" in (root / ".env").read_text()


def test_the_first_chapter_starts_empty_and_can_be_committed_to(tmp_path: Path) -> None:
    root = start(None, tmp_path / "p").project

    assert {path.name for path in root.iterdir()} == {".git", PROGRESS}
    (root / ".gitignore").write_text(".env\n")
    commit_all(root, "First")
    assert (persons_git(root, "ls-files").split(), branch(root)) == ([".gitignore"], "my-work")


FILES, CLONED = "holds files that the workbook did not put there", "lies in the workbook itself"


@pytest.mark.parametrize(
    ("place", "said"),
    [("{here}", FILES), ("{here}/thesis.txt", FILES), ("{clone}", CLONED), ("{clone}/chapters/mine", CLONED)],
)
def test_where_no_project_can_lie_nothing_is_changed(place: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")

    with pytest.raises(Problem, match=said) as refused:
        start("ch33", Path(place.format(here=tmp_path, clone=CLONE)))

    assert refused.value.code == 2
    assert {path.name for path in tmp_path.iterdir()} == {"thesis.txt"}
    assert not (CLONE / "chapters" / "mine").exists()


@pytest.mark.parametrize("target", ["ch32", "ch35"])
def test_going_elsewhere_keeps_uncommitted_work_on_a_branch(target: str, root: Path) -> None:
    (root / "app" / "main.py").write_text("changed = True\n")
    (root / "new.py").write_text("new = True\n")
    (root / "migrations/models/__pycache__").mkdir(parents=True)
    for made in ("migrations/models/1_mine.py", "uv.lock"):
        (root / made).touch()

    told = "\n".join(start(target, root).told)

    kept = f"work-before-{target}-1"
    assert [words in told for words in (kept, "committed now")] == [True, True]
    assert persons_git(root, "show", f"{kept}:new.py", f"{kept}:app/main.py") == "new = True\nchanged = True\n"
    assert not (root / "new.py").exists()
    # `uv run aerich upgrade` is offered where there are migrations.
    assert (root / "migrations").exists() == (target > "ch34")
    assert branch(root) == "my-work"
    (root / "uv.lock").write_text("made again")
    if target != "ch32":
        subprocess.run(told.partition("again:\n")[2].splitlines()[0], shell=True, cwd=root, check=True)
        assert branch(root) == kept


def test_commits_of_the_student_are_kept_and_a_second_time_under_a_second_name(root: Path) -> None:
    for number in (1, 2):
        (root / "mine.txt").write_text(f"{number}")
        commit_all(root, "Mine")
        start("ch34", root, fresh=True)
        assert not (root / "mine.txt").exists()
    # What is nobody's is not kept.
    start("ch36", root)

    kept = [f"work-before-ch34-{number}" for number in (1, 2)]
    assert [persons_git(root, "show", f"{each}:mine.txt") for each in kept] == ["1", "2"]
    assert set(persons_git(root, "branch", "--format=%(refname:short)").split()) == {"my-work", *kept}


def test_a_student_who_finished_a_chapter_goes_on_with_their_own_code(root: Path) -> None:
    (root / "mine.txt").write_text("mine")
    Progress("ch34", done={"ch34": "2026-01-01"}).write(root)

    started = start(None, root)

    assert (started.chapter.id, (root / "mine.txt").read_text()) == ("ch35", "mine")
    assert "--fresh" in started.told[0]


def test_after_the_last_chapter_start_says_what_to_do_next(tmp_path: Path) -> None:
    last = chapters()[-1].id
    Progress(last, done={last: "2026-01-01"}).write(tmp_path)
    before = (tmp_path / PROGRESS).read_text()

    with pytest.raises(Problem, match="You have finished every chapter") as told:
        start(None, tmp_path)

    assert (tmp_path / PROGRESS).read_text() == before
    assert "workbook new my-app" in str(told.value)
    assert str(told.value).splitlines()[-1] == inside(tmp_path)[-1].splitlines()[-1]


def test_tables_from_elsewhere_are_noticed_where_the_chapter_does_not_make_them(
    root: Path, mysql: Server, own_database: str
) -> None:
    with cursor(mysql, own_database) as ask:
        ask.execute("CREATE TABLE meetings (id INT)")

    told = {chapter: "\n".join(start(chapter, root, fresh=True).told) for chapter in ("ch34", "ch35")}

    assert f"Your database {own_database} has tables from elsewhere: meetings" in told["ch34"]
    assert "from elsewhere" not in told["ch35"]


def test_a_check_whose_reader_has_gone_keeps_its_record(tmp_path: Path) -> None:
    Progress("ch32").write(tmp_path)
    env = os.environ | {"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": "1"}
    subprocess.run(f"{sys.executable} -m workbook check | :", shell=True, cwd=tmp_path, env=env, check=True)
    assert "ch32/server_answers" in Progress.read(tmp_path).missing["ch32"]


def test_a_secret_in_a_folder_without_gitignore_is_not_committed(root: Path) -> None:
    start("ch32", root)
    (root / "notes.txt").write_text("x")

    start("ch33", root)

    assert persons_git(root, "ls-tree", "--name-only", "work-before-ch33-1").split() == ["notes.txt"]
    assert (root / ".env").exists()


@pytest.mark.parametrize("committed_before", [False, True])
def test_who_stands_elsewhere_loses_neither_that_nor_the_branch(committed_before: bool, root: Path) -> None:
    if not committed_before:
        persons_git(root, "checkout", "-q", "--detach", "ch36")
    (root / "mine.txt").write_text("mine")
    if committed_before:
        commit_all(root, "Mine")
        persons_git(root, "checkout", "-q", "--detach", "ch36")

    told = " ".join(start("ch35", root).told)

    assert persons_git(root, "show", "work-before-ch35-1:mine.txt") == "mine"
    assert "work-before-ch35-1" in told
    assert branch(root) == "my-work"


def test_in_the_middle_of_a_merge_nothing_is_changed(root: Path) -> None:
    (root / ".git" / "MERGE_HEAD").write_text(commit_of(root, "ch36") + "\n")
    (root / "mine.txt").write_text("mine")

    with pytest.raises(Problem, match="MERGE_HEAD"):
        start("ch36", root)

    assert (root / "mine.txt").read_text() == "mine"


def test_a_progress_file_survives_what_people_write_into_it(tmp_path: Path) -> None:
    (tmp_path / PROGRESS).write_text("current ch35\nhint x many\n# remark\n\ndone ch32\ndone ch33 2026-01-01\n")

    progress = Progress.read(tmp_path)
    progress.write(tmp_path)

    assert (progress.current, progress.done, progress.hints) == ("ch35", {"ch33": "2026-01-01"}, {})
    assert Progress.read(tmp_path) == progress


def test_hints_go_from_a_nudge_to_almost_the_answer_and_are_remembered(tmp_path: Path) -> None:
    for missing, name, said in (({}, None, "Nothing has been checked yet"), ({}, "x", "There is no check x")):
        Progress("ch35", missing=missing).write(tmp_path)
        with pytest.raises(Problem, match=said):
            next_hint(tmp_path, name)

    Progress("ch35", missing={"ch35": ["ch35/tests_run", "ch35/the_test_can_tell"]}).write(tmp_path)
    given = [next_hint(tmp_path) for _ in range(4)]

    assert ["nudge (1/3)" in given[0], "pointer (2/3)" in given[1], "answer (3/3)" in given[2]] == [True] * 3
    assert given[3] == given[2]
    assert "nudge (1/3)" in next_hint(tmp_path, "the_test_can_tell")
    assert "hint ch35/tests_run 4" in (tmp_path / PROGRESS).read_text()


def test_diff_shows_new_and_changed_files(root: Path) -> None:
    (root / "app" / "main.py").write_text("mine = True\n")
    (root / "extra.py").write_text("extra = True\n")
    (root / "uv.lock").write_text("made anew\n")

    shown = diff(root, "ch33")

    assert [each in shown for each in ("+mine = True", "+extra = True", "uv.lock")] == [True, True, False]
    assert diff(root, "ch33", path="extra.py").count("diff --git") == 1


def test_the_solution_is_shown_when_it_was_asked_for_twice(root: Path) -> None:
    first, second = solution(root, "ch35"), solution(root, "ch35")

    assert "workbook hint" in first
    assert ["+async def test_create_meeting_saves_it" in each for each in (first, second)] == [False, True]
    assert solution(root, "ch35", "conftest.py").startswith("import os\n")


@pytest.mark.parametrize("verb", ["check", "hint", "diff", "solution"])
def test_outside_a_project_every_verb_says_where_to_go(
    verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Problem, match="workbook start ch32") as problem:
        CliRunner().invoke(app, [verb], catch_exceptions=False)
    assert problem.value.code == 2
