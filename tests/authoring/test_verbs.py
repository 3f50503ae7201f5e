"""The authors' verbs, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.lesson.course import FIRST, SECOND, line_of, write_course
from workbook.authoring import app
from workbook.say import Problem


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "private"))
    return write_course(tmp_path / "chapters")


def workbook(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_build_writes_history_record_template_and_table_and_check_holds_them(course: Path, tmp_path: Path) -> None:
    where, template, readme = (
        ("--chapters", course, "--template", tmp_path / "t"),
        tmp_path / "t",
        tmp_path / "README.md",
    )
    readme.write_text(
        "<!-- chapters: `workbook build` writes this table from the folders -->\n<!-- end of chapters -->\n"
    )
    done = workbook("build", *where)
    assert done.exit_code == 0, done.output
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["ch01", "ch02-red", "ch02"]
    assert (tmp_path / "private" / "history" / ".git").is_dir()
    assert (template / "greet.py").is_file()
    assert "| [ch02 A name](chapters/ch02_fixture/lesson.md) | One sentence. |" in readme.read_text()
    assert workbook("build", "--check", *where).exit_code == 0

    table = readme.read_text()
    readme.write_text(table.replace("A name", "Another"))
    assert "README.md's table of chapters" in str(workbook("build", "--check", *where).exception)
    readme.write_text(table)
    (template / "greet.py").write_text("")
    assert isinstance(workbook("build", "--check", *where).exception, Problem)
    assert (template / "greet.py").read_text() == ""


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


def test_the_report_counts_and_names_every_skip(course: Path) -> None:
    write_course(course, FIRST + "\n<!-- not run: needs a Docker engine -->\n```console\n$ docker ps\n```\n", SECOND)
    done = workbook("report", "--chapters", course)
    assert done.exit_code == 0, done.output
    assert [line.split() for line in done.stdout.splitlines()[:3]] == [
        ["page", "listings", "illustrations", "commands", "outputs", "verified", "skips"],
        ["ch01_fixture", "3", "0", "5", "1", "1", "1"],
        ["ch02_fixture", "2", "0", "6", "2", "2", "0"],
    ]
    assert done.stdout.splitlines()[3].endswith("ch01_fixture/lesson.md:37: not run: needs a Docker engine")
