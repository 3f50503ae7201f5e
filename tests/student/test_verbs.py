"""hint, diff, solution, and the screen of check."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from tests.student.conftest import ProjectAt
from workbook.say import Problem
from workbook.student.checking import diff, next_hint, solution
from workbook.student.commands import app, fold
from workbook.student.project import NAME, Progress
from workbook.student.start import start


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return start("ch35", tmp_path / "p").project


def test_hints_go_from_a_nudge_to_almost_the_answer_and_are_remembered(root: Path) -> None:
    progress = Progress.read(root)
    progress.missing["ch35"] = ["ch35/tests_run", "ch35/the_test_can_tell"]
    progress.write(root)

    given = [next_hint(root) for _ in range(4)]

    assert ["nudge (1/3)" in given[0], "pointer (2/3)" in given[1], "answer (3/3)" in given[2]] == [True] * 3
    assert given[3] == given[2]
    assert "nudge (1/3)" in next_hint(root, "the_test_can_tell")
    assert "hint ch35/tests_run 4" in (root / NAME).read_text()


def test_a_hint_before_any_check_or_for_an_unknown_one_says_what_to_do(root: Path) -> None:
    with pytest.raises(Problem, match="Nothing has been checked yet"):
        next_hint(root)
    with pytest.raises(Problem, match="There is no check nonsense"):
        next_hint(root, "nonsense")


def test_diff_shows_new_and_changed_files(root: Path) -> None:
    (root / "app" / "main.py").write_text("mine = True\n")
    (root / "extra.py").write_text("extra = True\n")
    (root / "uv.lock").write_text("made anew\n")

    shown = diff(root, "ch34")

    assert [each in shown for each in ("+mine = True", "+extra = True", "uv.lock")] == [True, True, False]
    assert diff(root, "ch34", path="extra.py").count("diff --git") == 1


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


def test_check_tells_and_notes_and_its_exit_code_says_whether_it_is_done(project_at: ProjectAt) -> None:
    root = project_at("ch32")
    (root / NAME).write_text("current ch32\n")

    result = CliRunner().invoke(app, ["check", "--project", str(root)], env={"WORKBOOK_LANG": "en"})
    assert (result.exit_code, "ch32 is done. Next: workbook start" in result.output) == (0, True)
    assert "ch32" in Progress.read(root).done

    (root / ".gitignore").unlink()
    result = CliRunner().invoke(app, ["check", "--project", str(root)], env={"WORKBOOK_LANG": "ko"})
    assert result.exit_code == 1
    assert "git이 .env를 커밋에 넣을 거예요." in result.output
    assert Progress.read(root).missing["ch32"] == ["ch32/env_is_ignored"]


def test_no_line_is_wider_than_a_screen_and_paths_stay_whole() -> None:
    path = "/home/" + "x" * 90
    for sentence in ("word " * 60, "모임을 저장하지 않아도 테스트가 통과해요. " * 6, f"Go to {path} now."):
        for line in fold(sentence, indent=9).split("\n"):
            assert cell_len(line) <= 80 or line.strip() == path
        assert " ".join(fold(sentence).split()) == " ".join(sentence.split())
