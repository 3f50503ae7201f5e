"""The history's pages: a diff, the file after it, and a tree whose links lead to where a file was written."""

from pathlib import Path

import pytest

from tests.lesson.course import FIRST, SECOND, write_course
from workbook.history.build import History, build
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.website import commits
from workbook.website.chapter import clinic
from workbook.website.course import course
from workbook.website.footer import footer
from workbook.website.words import Words

WORDS = Words("en")


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setattr(commits, "in_repository", lambda file: file.relative_to(tmp_path).as_posix())
    return build(write_course(tmp_path / "chapters", FIRST, SECOND), tmp_path / "repository")


def test_a_page_is_named_by_its_first_tag_or_by_its_number(history: History) -> None:
    assert list(commits.names(history).values()) == ["ch01", "ch02-red", "ch02"]


def test_a_page_holds_the_sha_the_change_and_the_file_after_it(history: History) -> None:
    pages = dict(commits.pages(history, WORDS))
    green = pages["ch02"]
    assert history.tags["ch02"].sha in green
    change, whole = green.partition('=== "The whole file"')[::2]
    assert '-    return "hello"' in change
    assert "+" not in whole.partition("```whole")[2].partition("## All files")[0]
    assert "search:\n  exclude: true" in green


def test_the_tree_links_each_file_to_the_commit_that_wrote_it_as_it_is(history: History) -> None:
    pages = dict(commits.pages(history, WORDS))
    assert "[greet.py](ch01.md#greet-py)" in pages["ch02-red"]
    assert "[greet.py](#greet-py)" in pages["ch02"]
    assert r"[test\_greet.py](ch02-red.md#test-greet-py)" in pages["ch02"]
    for name, page in pages.items():
        assert page.count("### `") == page.count("](#"), f"{name}: every file that changed has a heading"


def test_a_red_commit_says_what_fails_and_why(history: History) -> None:
    red = dict(commits.pages(history, WORDS))["ch02-red"]
    assert "`assert 'hello' == 'hello you'`" in red
    assert "- `test_greet.py::test_greets_by_name`" in red


def test_the_clinics_list_holds_every_mistake_with_the_words_of_its_error() -> None:
    shown = clinic(course(), {}, WORDS)
    mistakes = [mistake for each in course().mistakes.values() for mistake in each]
    files = [file for file in CHAPTERS.glob("*/mistakes/*.md") if not file.name.endswith(".ko.md")]
    assert len(mistakes) == len(files) == shown.count("](/chapters/")
    for mistake in mistakes:
        assert " ".join(mistake.error.split()) in shown


def test_the_foot_of_every_page_names_the_mysql_that_the_tests_run_on(mysql: Server) -> None:
    if "packages" not in mysql.how:
        pytest.skip(f"the site speaks of the MySQL of the distribution's packages, and this one is {mysql.how}")
    series = ".".join(mysql.version.split(".")[:2])
    assert f"MySQL {series} " in footer(WORDS), "write the new one under [tool.workbook.verified] in pyproject.toml"
