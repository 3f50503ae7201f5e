"""The committed files are whole and in step; each kind of rot is planted and noticed, in one of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_output

from workbook.pages import notebooks as book
from workbook.pages.translation import Pair
from workbook.pages.translation.sync import accept, sync
from workbook.place import CLONE
from workbook.say import Problem

LARGEST = 300_000
"""Bytes of a notebook; a clone downloads every version of it."""


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Copies of a committed notebook in both languages."""
    (tmp_path / "notebooks").mkdir()
    for path in (CLONE / "notebooks").glob("ch37*.ipynb"):
        shutil.copy(path, tmp_path / "notebooks")
    (pair,) = book.both(tmp_path)
    return pair


def faults(pair: Pair) -> list[str]:
    return book.faults(pair, pair.english.parents[1])


def change(path: Path, cell: str, plant: Callable[[NotebookNode], None]) -> None:
    notebook = book.read(path)
    plant(next(each for each in notebook.cells if each.id == cell))
    book.write(path, notebook)


def put(key: str, value: object) -> Callable[[NotebookNode], None]:
    return lambda cell: cell.update({key: value})


def describe(cell: NotebookNode) -> None:
    cell.metadata["alt"] = "A drawing of the workflow's boxes."


def twice(cell: NotebookNode) -> None:
    cell.outputs = cell.outputs * 2


ERROR = new_output("error", ename="ValueError", evalue="no", traceback=[])
WARNING = new_output("stream", name="stderr", text="old")
PATH = new_output("stream", text="in /home/min/x.py\n")
FAULTS = {
    "never run": ("setup", put("execution_count", None), "was executed as number None; from top to bottom it is 1"),
    "another order": ("setup", put("execution_count", 7), "was executed as number 7; from top to bottom it is 1"),
    "an error": ("setup", put("outputs", [ERROR]), "ended with ValueError: no"),
    "a warning": ("setup", put("outputs", [WARNING]), "wrote to standard error"),
    "a path": ("setup", put("outputs", [PATH]), "names a place of the machine: /home/min"),
    "no description": ("graph", put("metadata", {}), "draws 1 pictures, and each needs one text"),
    "two pictures": ("graph", twice, "draws 2 pictures, and each needs one text"),
    "a description of nothing": ("setup", describe, "draws 0 pictures, and each needs one text"),
}


def lead_elsewhere(cell: NotebookNode) -> None:
    cell.source = cell.source.replace("exit-code-swallowed.ko", "exit-code-lost.ko")


OUT_OF_STEP = {
    "other code": ("setup", put("source", "print(2)"), "here is the fence `print(2)`"),
    "other outputs": ("graph", put("outputs", []), "here is the fence"),
    "no Korean text": ("question", put("source", "# Chapter 37: what a green tick hangs on"), "has no Korean text"),
    "an English description": ("graph", describe, "has no Korean text"),
    "no stamp": ("ready-meaning", put("metadata", {}), "was not written from the text that"),
    "no Korean description": ("graph", put("metadata", {}), "here is the end `no more`"),
    "another link": ("exit-codes-meaning", lead_elsewhere, "the links of `exit-codes-meaning` are not those of"),
}


@pytest.mark.parametrize("fault", [*FAULTS, *OUT_OF_STEP])
def test_a_fault_is_named(fault: str, pair: Pair) -> None:
    cell, plant, sentence = (FAULTS | OUT_OF_STEP)[fault]
    assert faults(pair) == []
    change(pair.english if fault in FAULTS else pair.korean, cell, plant)
    found = faults(pair)
    assert any(f"cell {cell} {sentence}" in each if fault in FAULTS else sentence in each for each in found), found


def test_a_cell_too_few_and_a_missing_notebook_are_named(pair: Pair) -> None:
    notebook = book.read(pair.korean)
    del notebook.cells[2]
    book.write(pair.korean, notebook)
    assert "here is the heading `code graph`" in faults(pair)[0]
    pair.korean.unlink()
    assert faults(pair) == ["ch37.ko.ipynb is missing"]
    sync(pair)
    assert json.loads(pair.korean.read_text()) == json.loads(pair.english.read_text()), "it comes over in English"


def test_code_and_outputs_come_over_and_korean_texts_stay_until_the_english_ones_change(pair: Pair) -> None:
    before = book.read(pair.korean)
    change(pair.english, "setup", put("source", "import os"))
    assert (sync(pair), sync(pair)) == (True, False)
    assert faults(pair) == []
    change(pair.english, "question", lambda cell: put("source", f"{cell.source}\n\nOne sentence more.")(cell))
    sync(pair)
    assert [each.source for each in book.read(pair.korean).cells if each.cell_type == "markdown"] == [
        each.source for each in before.cells if each.cell_type == "markdown"
    ]
    (stale,) = faults(pair)
    assert "`question` was not written from the text" in stale
    assert accept(f"{pair.korean}#question", pair.english.parents[1])[1] == 1
    assert faults(pair) == []


def test_a_chapter_without_a_notebook_is_named() -> None:
    with pytest.raises(Problem, match=r"There is no notebook of ch99\.") as raised:
        book.notebooks("check", ["ch99"])
    assert raised.value.code == 2


@pytest.mark.parametrize("pair", book.both(), ids=lambda pair: pair.english.stem)
def test_a_committed_notebook_is_whole_small_and_as_our_own_tool_writes_it(pair: Pair, tmp_path: Path) -> None:
    assert book.faults(pair) == []
    for each in (pair.english, pair.korean):
        book.write(tmp_path / each.name, book.read(each))
        assert (tmp_path / each.name).read_bytes() == each.read_bytes()
        assert each.stat().st_size < LARGEST
