"""The authors' verbs, on copies of committed notebooks."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbook.mysql.server import Server
from workbook.notebooks import book
from workbook.notebooks.__main__ import all_faults, app, chosen
from workbook.say import Problem


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the notebooks of one chapter, in place of the committed ones."""
    for path in book.FOLDER.glob("ch37*.ipynb"):
        shutil.copy(path, tmp_path)
    monkeypatch.setattr(book, "FOLDER", tmp_path)
    return tmp_path


def test_a_chapter_without_a_notebook_is_named() -> None:
    with pytest.raises(Problem, match=r"There is no notebook of ch99\.") as raised:
        chosen(["ch99"])
    assert raised.value.code == 2


def test_an_unexecuted_notebook_fails_the_check_in_both_languages(folder: Path) -> None:
    path = folder / "ch37.ipynb"
    notebook = book.read(path)
    cell = next(cell for cell in notebook.cells if cell.id == "graph")
    cell.execution_count, cell.outputs = None, []
    book.write(path, notebook)

    done = CliRunner().invoke(app, ["check"])

    assert done.exit_code == 1
    assert done.output.splitlines() == [
        "ch37.ipynb: cell graph was not executed; from top to bottom it is number 2",
        "ch37.ko.ipynb: cell graph: its outputs are not the English one's",
    ]


def test_a_notebook_without_its_korean_one_is_named(folder: Path) -> None:
    (folder / "ch37.ko.ipynb").unlink()
    assert all_faults(folder / "ch37.ipynb") == ["ch37.ko.ipynb is missing"]


def test_carrying_over_runs_nothing_and_names_what_is_stale_until_it_is_accepted(folder: Path) -> None:
    path = folder / "ch37.ipynb"
    notebook = book.read(path)
    notebook.cells[0].source += "\n\nOne sentence more."
    book.write(path, notebook)

    carried = CliRunner().invoke(app, ["run", "--carry"])
    assert (carried.exit_code, carried.output) == (
        1,
        "ch37.ko.ipynb: cell question is stale: the English text has changed since\n",
    )
    assert CliRunner().invoke(app, ["accept", "ch37", "question"]).exit_code == 0
    assert CliRunner().invoke(app, ["check"]).exit_code == 0


def test_a_cell_that_is_not_there_cannot_be_accepted(folder: Path) -> None:
    done = CliRunner().invoke(app, ["accept", "ch37", "no-such-cell"])
    assert isinstance(done.exception, Problem)
    assert done.exception.what == "ch37.ipynb has no cell called no-such-cell."


def test_a_run_writes_the_outputs_into_both_languages(
    folder: Path, mysql: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder / "ch37.ipynb"
    for each in (path, book.korean(path)):
        notebook = book.read(each)
        notebook.cells = notebook.cells[:2]  # the title, and the cell that connects
        notebook.cells[1].execution_count = None
        book.write(each, notebook)
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")  # this run's own throwaway server

    done = CliRunner().invoke(app, ["run"])

    assert done.exit_code == 0, done.output
    assert [book.read(each).cells[1].execution_count for each in (path, book.korean(path))] == [1, 1]
