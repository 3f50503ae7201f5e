"""The Korean notebooks keep step with the English ones; each way to fall behind is planted and noticed."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbook.notebooks.korean import accept, carry_over, faults

PICTURE = {"image/png": "aGk="}


def english() -> NotebookNode:
    return new_notebook(
        cells=[
            new_markdown_cell("Guess. See [the lesson](../chapters/ch35_x/lesson.md).", id="guess"),
            new_code_cell("print(1)", id="one", execution_count=1, outputs=[new_output("stream", text="1\n")]),
            new_code_cell(
                "plot()", id="two", outputs=[new_output("display_data", PICTURE)], metadata={"alt": "A line."}
            ),
        ]
    )


def korean() -> NotebookNode:
    notebook = deepcopy(english())
    notebook.cells[0].source = "먼저 짐작해 봐요. [레슨](../chapters/ch35_x/lesson.ko.md)도 보세요."
    notebook.cells[2].metadata["alt"] = "선 하나."
    assert accept(english(), notebook) == ["guess", "two"]
    return notebook


def stale_text(notebook: NotebookNode) -> None:
    notebook.cells[0].metadata["english"] = "00000000"


def stale_description(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["english"] = "00000000"


def no_stamp(notebook: NotebookNode) -> None:
    del notebook.cells[0].metadata["english"]


def english_text(notebook: NotebookNode) -> None:
    notebook.cells[0].source = "Guess. See [the lesson](../chapters/ch35_x/lesson.md)."


def english_description(notebook: NotebookNode) -> None:
    notebook.cells[2].metadata["alt"] = "A line."


def other_code(notebook: NotebookNode) -> None:
    notebook.cells[1].source = "print(2)"


def other_output(notebook: NotebookNode) -> None:
    notebook.cells[1].outputs[0].text = "2\n"


def no_output(notebook: NotebookNode) -> None:
    notebook.cells[2].outputs = []


def other_link(notebook: NotebookNode) -> None:
    notebook.cells[0].source = "[레슨](../chapters/ch34_x/lesson.ko.md)도 보세요."


def a_cell_less(notebook: NotebookNode) -> None:
    del notebook.cells[1]


def another_order(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


def test_a_translation_that_keeps_step_has_no_fault() -> None:
    assert faults(english(), korean()) == []


@pytest.mark.parametrize(
    ("plant", "said"),
    [
        (stale_text, "cell guess is stale: the English text has changed since"),
        (no_stamp, "cell guess is stale: the English text has changed since"),
        (stale_description, "cell two, the picture's description is stale: the English text has changed since"),
        (english_text, "cell guess has no Korean text yet"),
        (english_description, "cell two, the picture's description has no Korean text yet"),
        (other_code, "cell one: its code is not the English one's"),
        (other_output, "cell one: its outputs are not the English one's"),
        (no_output, "cell two: its outputs are not the English one's"),
        (other_link, "cell guess: its links are not the English one's"),
        (a_cell_less, "its cells are not the English ones: one"),
        (another_order, "its cells are not the English ones: another order"),
    ],
)
def test_each_way_to_fall_behind_is_named(plant: Callable[[NotebookNode], None], said: str) -> None:
    notebook = korean()
    plant(notebook)
    assert faults(english(), notebook) == [said]


def test_an_english_text_that_changes_makes_its_korean_one_stale_and_no_other() -> None:
    changed = english()
    changed.cells[0].source += " Then look."
    ours = carry_over(changed, korean())
    assert faults(changed, ours) == ["cell guess is stale: the English text has changed since"]
    assert accept(changed, ours, ["guess"]) == ["guess"]
    assert faults(changed, ours) == []


def test_outputs_code_and_new_cells_come_over_and_korean_texts_stay() -> None:
    changed = english()
    changed.cells[1].source, changed.cells[1].outputs[0].text = "print(2)", "2\n"
    changed.cells.append(new_markdown_cell("It means this.", id="meaning"))
    ours = carry_over(changed, korean())
    assert faults(changed, ours) == ["cell meaning has no Korean text yet"]
    assert ours.cells[0].source == korean().cells[0].source
    assert ours.cells[2].metadata == korean().cells[2].metadata


def test_a_text_that_is_not_korean_is_not_accepted() -> None:
    untranslated = carry_over(english(), None)
    assert accept(english(), untranslated) == []
