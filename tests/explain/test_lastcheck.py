"""`workbook explain` alone explains the last failing check, and the check names the pages that belong to it."""

import subprocess
from pathlib import Path

import pytest

from workbook.explain import lastcheck
from workbook.explain.belonging import answer_for, pages_of
from workbook.explain.clinic import read_clinic
from workbook.explain.lastcheck import Fault
from workbook.explain.match import How
from workbook.explain.verb import explain
from workbook.place import CLONE
from workbook.say import Problem

CLINIC = read_clinic(CLONE / "chapters")
NOTHING_SAVED = Fault("each_post_saves_one", "Each request saves one meeting", ("no row has it",), "")
UNAWAITED = Fault("post_answers_a_code", "POST answers", ("It answers 500.",), "RuntimeWarning: coroutine 'x'")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("workbook.explain.verb._read", lambda file: pytest.fail("nothing was to be pasted"))


def test_what_failed_is_kept_where_no_commit_holds_it_and_forgotten_when_nothing_fails(project: Path) -> None:
    lastcheck.write(project, [NOTHING_SAVED, UNAWAITED])
    assert lastcheck.read(project) == [NOTHING_SAVED, UNAWAITED]
    status = subprocess.run(["git", "status", "--porcelain"], cwd=project, capture_output=True, text=True, check=True)
    assert status.stdout == ""

    lastcheck.write(project, [])
    assert lastcheck.read(project) == []


def test_a_spoilt_file_or_no_repository_is_no_failure(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (project / ".git" / lastcheck.NAME).write_text("[{")
    assert lastcheck.read(project) == []
    bare = tmp_path_factory.mktemp("bare")
    lastcheck.write(bare, [NOTHING_SAVED])
    assert list(bare.iterdir()) == []


def test_alone_it_explains_the_last_failing_check(
    project: Path, at_a_terminal: None, capsys: pytest.CaptureFixture[str]
) -> None:
    lastcheck.write(project, [NOTHING_SAVED])

    assert explain(None, project=project) == 0

    said = capsys.readouterr().out
    assert "Each request saves one meeting" in said
    assert "nothing-saved.md" in said
    assert "workbook explain -" in said


def test_what_is_piped_goes_before_the_last_check(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lastcheck.write(project, [NOTHING_SAVED])
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    monkeypatch.setattr("workbook.explain.verb._read", lambda file: b"ModuleNotFoundError: No module named 'nowhere'")

    explain(None, project=project)

    assert "Each request saves one meeting" not in capsys.readouterr().out


def test_with_nothing_piped_and_no_check_it_says_what_it_wants(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    monkeypatch.setattr("workbook.explain.verb._read", lambda file: b"")

    with pytest.raises(Problem, match="nothing to explain"):
        explain(None, project=project)


def test_every_check_with_pages_leads_to_one_of_them_by_its_pages_own_errors() -> None:
    for page in CLINIC:
        if page.mistake.check:
            fault = Fault(page.mistake.check, "", ("something is missing",), page.mistake.error)
            assert page in pages_of(fault, CLINIC), page.name
            assert page in answer_for(fault, CLINIC).pages, page.name


def test_a_check_without_pages_names_none_and_its_error_is_still_looked_up() -> None:
    fault = Fault("readme_tells_the_way", "A README", ("No README is committed.",), "")

    assert pages_of(fault, CLINIC) == ()
    assert answer_for(fault, CLINIC).how is How.UNKNOWN
