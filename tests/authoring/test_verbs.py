"""The authors' verbs, as they are typed."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.lesson.course import FIRST, SECOND, line_of, write_course
from workbook.authoring import app

SKIP = "\n<!-- not run: needs a Docker engine -->\n```console\n$ docker ps\n```\n"
README = "<!-- chapters: `workbook build` writes this table from the folders -->\n<!-- end of chapters -->\n"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path / "private"))
    return write_course(tmp_path / "chapters", FIRST + SKIP, SECOND)


def workbook(course: Path, *arguments: object) -> Result:
    return CliRunner().invoke(app, [*map(str, arguments), "--chapters", str(course)])


def test_build_writes_all_that_is_made_check_holds_it_and_report_names_skips(course: Path, tmp_path: Path) -> None:
    greet, readme = tmp_path / "template_app" / "greet.py", tmp_path / "README.md"
    readme.write_text(README)
    done = workbook(course, "build")
    assert [line.split()[1] for line in done.stdout.splitlines()] == ["ch01", "ch02-red", "ch02"], done.output
    assert (tmp_path / "private" / "history" / ".git").is_dir()
    assert "| [ch02 A name](chapters/ch02_fixture/lesson.md) | One sentence. | 5 |\n<!-- end" in readme.read_text()
    assert workbook(course, "build", "--check").exit_code == 0
    assert workbook(course, "report").stdout.endswith("ch01_fixture/lesson.md:37: not run: needs a Docker engine\n")
    for file, wrong, said in ((readme, README, "README.md's table"), (greet, "", "greet.py:1: differs")):
        before = file.read_text()
        file.write_text(wrong)
        assert said in str(workbook(course, "build", "--check").exception)
        assert file.read_text() == wrong
        file.write_text(before)


def test_edit_and_absorb_are_a_round_trip(course: Path, tmp_path: Path) -> None:
    folder, page = tmp_path / "edited", course / "ch01_fixture" / "lesson.md"
    assert "ch01, ch02" in str(workbook(course, "edit", "ch09", folder).exception)
    assert workbook(course, "edit", "ch01", folder).exit_code == 0
    (folder / "greet.py").write_text('def greet(name: str) -> str:\n    return "hello"  # for now\n')
    done = workbook(course, "absorb", "ch01", folder)
    line = line_of(FIRST, 'title="greet.py"')
    assert f"ch01_fixture/lesson.md:{line}: greet.py" in done.output
    assert '    return "hello"  # for now' in page.read_text()
    # The later diff that no longer applies is named.
    assert f"ch02_fixture/lesson.md:{line_of(SECOND, '@@')}: this hunk matches no place" in str(done.exception)
