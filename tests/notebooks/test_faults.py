"""The committed files are whole; each kind of rot is planted and noticed."""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbook.notebooks import book
from workbook.notebooks.__main__ import all_faults
from workbook.notebooks.faults import drift, faults

LARGEST = 300_000
"""Bytes of a notebook; a clone downloads every version of it."""


def whole() -> NotebookNode:
    picture = new_output("display_data", data={"image/png": "aGk=", "text/plain": "<Figure>"})
    cells = [
        new_markdown_cell("# Title", id="title"),
        new_code_cell(
            "print(1)", id="one", execution_count=1, outputs=[new_output("stream", name="stdout", text="1\n")]
        ),
        new_code_cell("plot()", id="two", execution_count=2, outputs=[picture], metadata={"alt": "A line that rises."}),
    ]
    notebook = new_notebook(cells=cells)
    book.normalise(notebook)
    return notebook


def not_executed(notebook: NotebookNode) -> None:
    notebook.cells[1].execution_count = None
    notebook.cells[1].outputs = []


def out_of_order(notebook: NotebookNode) -> None:
    notebook.cells[1].execution_count = 7


def an_error(notebook: NotebookNode) -> None:
    notebook.cells[1].outputs = [new_output("error", ename="ValueError", evalue="no", traceback=[])]


def a_warning(notebook: NotebookNode) -> None:
    notebook.cells[1].outputs[0].name = "stderr"


def a_path(notebook: NotebookNode) -> None:
    notebook.cells[1].outputs[0].text = "in /home/min/x.py\n"


def no_alt(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata = {}


def two_pictures(notebook: NotebookNode) -> None:
    notebook.cells[2].outputs *= 2


def timings(notebook: NotebookNode) -> None:
    notebook.cells[1].metadata = {"execution": {"iopub.execute_input": "2026-01-01T00:00:00Z"}}


def another_kernel(notebook: NotebookNode) -> None:
    notebook.metadata.kernelspec.name = "my-venv"


def test_a_whole_notebook_has_no_fault() -> None:
    assert faults(whole()) == []


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (not_executed, "cell one was not executed; from top to bottom it is number 1"),
        (out_of_order, "cell one was executed as number 7; from top to bottom it is number 1"),
        (an_error, "cell one: it ended with ValueError: no"),
        (a_warning, "cell one: it wrote to standard error"),
        (a_path, "cell one: its output names a place of the machine: /home/min"),
        (no_alt, 'cell two draws a picture, and its metadata has no text for it: {"alt": "…"}'),
        (two_pictures, "cell two draws 2 pictures, and one text describes one of them"),
        (timings, "cell one: its metadata is not normalised"),
        (another_kernel, "the notebook's metadata is not normalised"),
    ],
)
def test_each_fault_is_named(plant: Callable[[NotebookNode], None], said: str) -> None:
    notebook = whole()
    plant(notebook)
    assert faults(notebook) == [said]


def test_normalising_takes_away_what_belongs_to_a_machine() -> None:
    notebook = whole()
    timings(notebook)
    another_kernel(notebook)
    notebook.cells[2].outputs[0].metadata = {"needs_background": "light"}
    book.normalise(notebook)
    assert notebook == whole()


def test_a_fresh_run_that_draws_where_the_file_only_prints_is_noticed() -> None:
    committed, fresh = whole(), whole()
    committed.cells[2].outputs = [new_output("stream", name="stdout", text="no picture\n")]
    assert drift(committed, fresh) == [
        "cell two prints display_data image/png text/plain now, and the file has stream stdout"
    ]


def test_an_output_that_is_missing_in_the_file_is_noticed() -> None:
    committed, fresh = whole(), whole()
    committed.cells[1].outputs = []
    assert drift(committed, fresh) == ["cell one prints stream stdout now, and the file has nothing"]


def test_another_figure_in_the_same_place_is_no_drift() -> None:
    committed = whole()
    fresh = deepcopy(committed)
    fresh.cells[1].outputs[0].text = "2\n"
    assert drift(committed, fresh) == []


@pytest.mark.parametrize("path", book.english(), ids=lambda path: path.stem)
def test_the_committed_notebooks_are_whole_in_both_languages(path: Path) -> None:
    assert all_faults(path) == []


@pytest.mark.parametrize("path", sorted(book.FOLDER.glob("*.ipynb")), ids=lambda path: path.name)
def test_a_committed_notebook_is_small_and_as_our_own_tool_writes_it(path: Path, tmp_path: Path) -> None:
    book.write(tmp_path / path.name, book.read(path))
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert path.stat().st_size < LARGEST
