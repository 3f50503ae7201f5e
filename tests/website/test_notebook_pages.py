"""A committed notebook becomes a page with its outputs, or says what is missing."""

import base64
import json
from typing import Any

import pytest

from workbook.say import Problem
from workbook.website.notebook import draw, title_of
from workbook.website.words import Words

WORDS = Words("en")


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]}, *cells]})


def cell(*outputs: dict[str, Any], count: int | None = 1, **metadata: object) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": "x = 1",
        "outputs": list(outputs),
        "execution_count": count,
    }


PICTURE = {"output_type": "display_data", "data": {"image/png": base64.b64encode(b"png").decode() + "\n"}}


def test_code_outputs_pictures_and_tracebacks_are_shown_in_their_order() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["printed\n"]}
    error = {"output_type": "error", "traceback": ["\x1b[31mTraceback\x1b[0m", "ValueError: `x`"]}
    drawn = draw(notebook(cell(stream), cell(PICTURE, alt="A bar [tall]"), cell(error)), "notebooks/ch01.ipynb", WORDS)
    places = [drawn.markdown.index(part) for part in ("# Title", 'href="../ch01.ipynb" download', "x = 1", "printed")]
    places += [drawn.markdown.index(part) for part in ("![A bar [tall)](ch01-3-1.png)", "Traceback\nValueError: `x`")]
    assert places == sorted(places)
    assert drawn.pictures == {"ch01-3-1.png": b"png"}
    assert title_of(notebook()) == "Title"


def test_a_hidden_cell_is_not_shown() -> None:
    assert "x = 1" not in draw(notebook(cell(tags=["hide"])), "notebooks/ch01.ipynb", WORDS).markdown


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (notebook(cell(PICTURE)), r"ch01\.ipynb: the picture of cell 2-1 has no text for those who cannot see it"),
        (notebook(cell(count=None)), r"ch01\.ipynb: cell 2 was never run"),
        ("{}", r"ch01\.ipynb is not a notebook"),
    ],
    ids=["a picture without alt text", "never run", "no notebook"],
)
def test_what_is_missing_is_said(text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        draw(text, "notebooks/ch01.ipynb", WORDS)
