"""`workbook explain`, as a student uses it: piped, from a file, of the last check, in two languages, in 80 columns."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.clinic.test_match import CLINIC
from workbook.cli import app
from workbook.clinic import explain, lastcheck, show, told
from workbook.clinic.clinic import How, Page, match, read_clinic
from workbook.clinic.lastcheck import Fault, answer_for, pages_of
from workbook.history.git import git
from workbook.say import Problem

ERROR = "ImportError: cannot import name 'config' from 'app.configs' (unknown location)\n"
KNOWN = ("The clinic knows this error.", ERROR[:-1], "The cause.", "The cure.", "cannot-import-config.md")
NOTHING_SAVED = Fault("each_post_saves_one", "Each request saves one meeting", ("no row has it",), "")
A_STEP = Fault("", "Run uv run pytest", ("It exits with 1.",), ERROR)

PAGE = (
    "---\ntitle: The hat is lost\ntag: empty\nerror: the hat is lost\n---\n\n# The hat is lost\n\nWhy?\n\n"
    '**The cause.** The wind.\n\n<!-- exit: 1 -->\n```diff title="app/x.py"\n+## The cause\n```\n'
)


@pytest.mark.parametrize(
    ("text", "code", "parts"),
    [
        (ERROR, 0, KNOWN),
        ("KeyError: 'coffee'\n", 1, ("I don't know this one.", "\n3. ")),
        ("3 passed in 0.10s\n", 1, ("This is no error",)),
    ],
)  # fmt: skip
def test_a_piped_error_is_answered_in_eighty_columns(text: str, code: int, parts: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["explain"], input=text)
    assert done.exit_code == code
    assert [part for part in (*parts, "What you see", "\x1b") if part not in done.stdout] == ["What you see", "\x1b"]
    long = [line for line in done.stdout.splitlines() if len(line) > 80]
    assert [line for line in long if ".md" not in line and "Error" not in line] == []


def test_a_new_page_is_known_at_once_and_shown_in_one_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ch99_made_up" / "mistakes"
    folder.mkdir(parents=True)
    (folder.parent / "lesson.md").touch()
    (folder / "lost-hat.md").write_text(PAGE)
    (folder / "lost-hat.ko.md").write_text(PAGE.replace("The cause.** The wind.", "원인.** 바람이에요."))
    answer = match("hats.errors.LostHat: HatError: the hat is lost", read_clinic(tmp_path))
    assert (answer.how, [page.name for page in answer.pages]) == (How.CERTAIN, ["ch99/lost-hat"])
    for language, cause, other in (("en", "The wind.", "바람"), ("ko", "바람이에요.", "wind")):
        monkeypatch.setenv("WORKBOOK_LANG", language)
        show(answer, console := Console(file=io.StringIO(), width=80))
        shown = console.file.getvalue()  # type: ignore[attr-defined]
        hidden = [part for part in (cause, "app/x.py", other, "Why?", "exit") if part not in shown]
        assert hidden == [other, "Why?", "exit"]


@pytest.mark.parametrize("page", CLINIC, ids=lambda page: page.name)
def test_every_page_says_a_cause_and_a_cure_that_deletes_no_migrations(page: Page) -> None:
    for suffix, words in ((".md", ("cause", "cure")), (".ko.md", ("원인", "해결"))):
        said = told(page.file.with_suffix(suffix).read_text(encoding="utf-8")).lower()
        assert [word for word in (*words, "\n# ", "rm -r") if word in said] == [*words]


def test_nothing_to_explain_is_one_sentence(tmp_path: Path) -> None:
    (empty := tmp_path / "empty.txt").write_text(" \n")
    for file in (empty, tmp_path):
        with pytest.raises(Problem) as refused:
            explain(str(file))
        assert refused.value.code == 2


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16", "utf-8-sig"])
def test_what_windows_saved_is_read_and_of_a_long_log_the_end_counts(encoding: str, tmp_path: Path) -> None:
    long = "INFO: a request\n" * 20_000 if encoding != "utf-16" else ""
    (tmp_path / "error.txt").write_bytes(f"{long}에러가 나요\r\n{ERROR}".encode(encoding))
    assert explain(str(tmp_path / "error.txt")) == 0


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository, at a terminal at which nothing is to be pasted."""
    git(tmp_path, "init", "-q")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("workbook.clinic._read", lambda file: pytest.fail("nothing was to be pasted"))
    return tmp_path


def test_what_failed_is_kept_where_no_commit_holds_it_and_forgotten_when_the_same_command_passes(project: Path) -> None:
    lastcheck.write(project, [NOTHING_SAVED, A_STEP])
    assert lastcheck.read(project) == [NOTHING_SAVED, A_STEP]
    assert git(project, "status", "--porcelain") == ""
    lastcheck.write(project, [A_STEP], "ci")
    lastcheck.write(project, [])
    assert lastcheck.read(project) == [A_STEP]
    lastcheck.write(project, [], "ci")
    assert lastcheck.read(project) == []
    for spoilt in ("[{", '{"command": "check"}', "[[1]]"):
        (project / ".git" / lastcheck.NAME).write_text(spoilt)
        assert lastcheck.read(project) == []
    lastcheck.write(project.parent, [NOTHING_SAVED])  # no repository


@pytest.mark.parametrize(("fault", "page"), [(NOTHING_SAVED, "nothing-saved.md"), (A_STEP, "cannot-import-config.md")])
def test_alone_it_explains_what_failed_last_and_what_is_piped_goes_before_it(
    fault: Fault, page: str, project: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    lastcheck.write(project, [fault])
    assert explain(None, project=project) == 0
    said = capsys.readouterr().out
    assert [part for part in (fault.asks, page, "workbook explain -") if part not in said] == []
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    monkeypatch.setattr("workbook.clinic._read", lambda file: "ModuleNotFoundError: No module named 'nowhere'")
    explain(None, project=project)
    assert fault.asks not in capsys.readouterr().out


def test_every_check_with_pages_leads_to_one_of_them_by_its_pages_own_errors() -> None:
    for page in CLINIC:
        if page.check:
            fault = Fault(page.check, "", ("something is missing",), page.error)
            assert page in pages_of(fault, CLINIC), page.name
            assert page in answer_for(fault, CLINIC).pages, page.name
    lone = Fault("readme_tells_the_way", "A README", ("No README is committed.",), "")
    assert (pages_of(lone, CLINIC), answer_for(lone, CLINIC).how) == ((), How.UNKNOWN)
