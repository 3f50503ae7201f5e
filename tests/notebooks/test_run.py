"""Every notebook, run from top to bottom on the real MySQL; and that a bad one is noticed."""

from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from workbook import notebooks as book
from workbook.login import cursor
from workbook.mysql.server import Server
from workbook.notebook import drop_database
from workbook.notebooks import execute, notebooks
from workbook.place import CLONE
from workbook.say import Problem

PLANTED = Path("planted.ipynb")


def planted(*code: str) -> NotebookNode:
    return new_notebook(cells=[new_markdown_cell("# Planted", id="title"), *map(new_code_cell, code)])


def test_there_is_a_notebook_for_every_chapter() -> None:
    chapters = [folder.name.partition("_")[0] for folder in sorted((CLONE / "chapters").glob("ch*_*"))]
    assert [path.stem for path in book.english()] == chapters


@pytest.mark.parametrize("path", book.english(), ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_outputs_are_of_the_kinds_in_the_file(path: Path, mysql: Server, once) -> None:
    with once("notebooks", path.stem, [*book.inputs(path), mysql.version]):
        committed, fresh = book.read(path), book.read(path)
        execute(path, fresh, mysql)
        assert list(book.broken(fresh)) == []
        assert list(book.drift(committed, fresh)) == []


def test_a_failing_cell_is_shown_with_its_error(mysql: Server) -> None:
    with pytest.raises(Problem, match=r"planted\.ipynb: a cell failed") as raised:
        execute(PLANTED, planted("few, many = 2, 1", "assert few < many, 'there are more now'"), mysql)
    assert "AssertionError: there are more now" in raised.value.why
    assert "\x1b" not in raised.value.why


def test_a_database_and_a_user_left_behind_are_named(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    leave = (
        "from workbook import notebook",
        "from pymysql import connect",
        'notebook.fresh_database("nb_planted_1")',
        'connect(**notebook.login()).cursor().execute("CREATE USER nb_planted")',
    )
    try:
        with pytest.raises(Problem, match=r"left something behind: database nb_planted_1, user nb_planted\."):
            execute(PLANTED, planted(*leave), mysql)
    finally:
        for name, value in mysql.environment().items():
            monkeypatch.setenv(name, value)
        drop_database("nb_planted_1")
        with cursor(mysql) as ask:
            ask.execute("DROP USER nb_planted")


def test_a_run_writes_the_outputs_into_both_languages(
    tmp_path: Path, mysql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ch37.ipynb"
    for each in (path, path.with_suffix(".ko.ipynb")):
        shortened = book.read(book.FOLDER / each.name)
        shortened.cells = shortened.cells[:2]  # the title, and the cell that connects
        shortened.cells[1].execution_count = None
        book.write(each, shortened)
    monkeypatch.setattr(book, "FOLDER", tmp_path)
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")  # this run's own throwaway server

    notebooks("run")

    assert [book.read(each).cells[1].execution_count for each in (path, path.with_suffix(".ko.ipynb"))] == [1, 1]
