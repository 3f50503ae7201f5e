"""The authors' verbs, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.lesson.course import FIRST, SECOND, lesson, line_of, write_course
from workbook.authoring import app
from workbook.course import max_skips
from workbook.say import Problem


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "private"))
    return write_course(tmp_path / "chapters")


def workbook(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_build_writes_history_record_and_template_and_check_holds_them(course: Path, tmp_path: Path) -> None:
    where = ("--chapters", course, "--template", tmp_path / "template")
    done = workbook("build", *where)
    assert done.exit_code == 0, done.output
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["ch01", "ch02-red", "ch02"]
    assert (tmp_path / "private" / "history" / ".git").is_dir()
    assert (tmp_path / "template" / "greet.py").is_file()
    assert workbook("build", "--check", *where).exit_code == 0

    (tmp_path / "template" / "greet.py").write_text("")
    assert isinstance(workbook("build", "--check", *where).exception, Problem)
    assert (tmp_path / "template" / "greet.py").read_text() == ""


def test_edit_and_absorb_are_a_round_trip(course: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edited"
    assert workbook("edit", "ch01", folder, "--chapters", course).exit_code == 0
    (folder / "greet.py").write_text('def greet(name: str) -> str:\n    return "hello"  # for now\n')

    done = workbook("absorb", "ch01", folder, "--chapters", course)
    line = line_of(FIRST, 'title="greet.py"')
    assert f"ch01_fixture/lesson.md:{line}: greet.py" in done.output
    assert '    return "hello"  # for now' in (course / "ch01_fixture" / "lesson.md").read_text()
    assert "ch02_fixture/lesson.md" in str(done.exception), "the later diff that no longer applies is named"
    assert "this hunk matches no place in greet.py" in str(done.exception)


def test_an_unknown_chapter_is_named_with_those_there_are(course: Path, tmp_path: Path) -> None:
    problem = workbook("edit", "ch09", tmp_path / "x", "--chapters", course).exception
    assert isinstance(problem, Problem)
    assert str(problem).startswith("There is no chapter ch09.")
    assert "ch01, ch02" in str(problem)


def test_the_report_counts_and_names_every_skip(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skip = "\n<!-- not run: needs a Docker engine -->\n```console\n$ docker ps\n```\n"
    write_course(course, FIRST + skip, SECOND)
    monkeypatch.setattr("workbook.authoring.max_skips", lambda: 1)
    done = workbook("report", "--chapters", course)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["page", "listings", "commands", "outputs", "verified", "skips"]
    assert lines[1].split() == ["ch01_fixture", "3", "5", "1", "1", "1"]
    assert lines[2].split() == ["ch02_fixture", "2", "6", "2", "2", "0"]
    assert lines[3].endswith("ch01_fixture/lesson.md:37: not run: needs a Docker engine")
    assert max(map(len, lines[:3])) <= 80

    monkeypatch.setattr("workbook.authoring.max_skips", lambda: 0)
    assert isinstance(workbook("report", "--chapters", course).exception, Problem)


def test_the_budget_is_read_from_pyproject(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text("[tool.workbook]\nmax_skips = 7\n")
    assert max_skips(project) == 7
    project.write_text("")
    assert max_skips(project) == 0


def test_bump_says_what_it_changed(course: Path) -> None:
    write_course(course, lesson("```console\n$ uv add aerich==0.10.1\n```\n"))
    (course / "versions.toml").write_text('[versions]\naerich = "0.10.1"\n')
    done = workbook("bump", "aerich", "0.10.2", "--chapters", course)
    assert len(done.stdout.splitlines()) == 2
    assert "aerich==0.10.2" in (course / "ch01_fixture" / "lesson.md").read_text()
