"""What becomes of a file's Markdown: ids, notes, lists, folds, links; how fences are drawn; notebooks."""

import base64
import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from workbook.pages.markup import diff, draw, mended, rewrite, session
from workbook.say import Problem

FOLD = '<details markdown="block"><summary markdown="span">A</summary>no</details>'


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# 제목\n<!-- section: a-title 3fa9c1d2 -->\n\n글", "# 제목 {#a-title}\n\n\n글"),
        ("<!-- exit: 1 -->\n```console\n$ false\n```\n<!-- stop -->", "```console\n$ false\n```"),
        ("before\n\n<!-- clinic -->\n\nafter", "before\n\n\nthe list\n\n\nafter"),
        ("**x**\n\n```text\nx\n```", "**x**\n\n```text\nx\n```"),
        (
            "1. one\n   <details><summary>A</summary>no</details>\n2. two\n\n   - deep\n     more",
            f"1. one\n    {FOLD}\n2. two\n\n    - deep\n     more",
        ),
        (
            "<!-- not run: needs Docker -->\n```console\n$ docker ps\n```",
            '<p class="wb-note">Shown, not run here: needs Docker</p>\n\n```console\n$ docker ps\n```',
        ),
    ],
)
def test_a_page_is_rewritten_for_python_markdown(text: str, shown: str) -> None:
    assert rewrite(text, "x.md", inserts={"clinic": lambda: "the list"}).strip() == shown


KNOWN = {
    "chapters/ch35_x/lesson.md": "chapters/ch35.md",
    "chapters/ch35_x/lesson.ko.md": "chapters/ch35.md",
    "notebooks/ch35.ipynb": "notebooks/ch35.md",
    "docs/clinic.md": "clinic/index.md",
}


@pytest.mark.parametrize(
    ("text", "file", "page", "shown"),
    [
        ("[x](../chapters/ch35_x/lesson.md#a)", "docs/index.md", "index.md", "[x](chapters/ch35.md#a)"),
        ("[x](../../clinic.md)", "docs/ko/reference/cli.md", "reference/cli.md", "[x](../clinic/index.md)"),
        ("[x](../lesson.ko.md)", "chapters/ch35_x/mistakes/m.ko.md", "mistakes/m.md", "[x](../chapters/ch35.md)"),
        ("[x](/notebooks/ch35.ipynb)", "docs/a.md", "clinic/index.md", "[x](../notebooks/ch35.md)"),
        ("[x](#a) [y](https://z.invalid/) [m](no.md)", "docs/a.md", "a.md", None),
        ("`[x](clinic.md)`\n\n```text\n[x](clinic.md)\n```", "docs/a.md", "a.md", None),
    ],
)
def test_a_link_leads_to_the_page_that_stands_for_its_file(text: str, file: str, page: str, shown: str | None) -> None:
    assert mended(text, file, page, KNOWN) == (shown or text)


def text_and_copied(drawn: str) -> tuple[str, str]:
    copied = re.search(r'data-copy="([^"]*)"', drawn)
    text = re.sub(r"<[^>]+>", "", drawn.partition("<pre>")[2])
    return html.unescape(text), html.unescape(copied[1]) if copied else ""


@pytest.mark.parametrize(
    ("kind", "source", "typed"),
    [
        ("console", "$ cat <<'EOF' > a\n> x\n> EOF\n$ ls \"a\"\na", "cat <<'EOF' > a\nx\nEOF\nls \"a\""),
        ("mysql", "mysql> SELECT 1,\n    -> 2;\n+---+\nmysql> SELEC;\nERROR 1064", "SELECT 1,\n2;\nSELEC;"),
        ("pycon", ">>> def f():\n...     pass\n...\n>>> 1\n1", "def f():\n    pass\n\n1"),
        ("console", "an output alone", "an output alone"),
    ],
)
def test_a_session_shows_all_and_copies_what_is_typed(kind: str, source: str, typed: str) -> None:
    assert text_and_copied(session(source, kind, "", {}, None)) == (f"{source}\n", typed)


def test_a_diff_is_drawn_line_by_line_and_copies_the_added_ones() -> None:
    shown = diff("@@\n a = 1\n-b = 2\n+b = '<3>'\n@@\n z", "diff", "", {"title": "x.py"}, None)
    assert text_and_copied(shown) == (" a = 1\n-b = 2\n+b = '<3>'\n⋯\n z\n", "b = '<3>'")
    goes_on = '@@\n+"""one\n+\n+three"""\n x'
    assert text_and_copied(diff(goes_on, "diff", "", {}, None))[0] == f"{goes_on[3:]}\n"


PICTURE = {"data": {"image/png": base64.b64encode(b"png").decode() + "\n"}}
PRINTED = {"output_type": "stream", "name": "stdout", "text": ["printed\n"]}


def notebook(output: dict[str, Any], count: int | None = 1, **metadata: object) -> str:
    cell = {"cell_type": "code", "metadata": metadata, "source": "x = 1", "execution_count": count}
    title = {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]}
    return json.dumps({"cells": [title, cell | {"outputs": [PRINTED, output]}]})


def test_a_notebooks_code_outputs_and_pictures_are_shown_in_their_order() -> None:
    text = notebook(PICTURE, alt="A bar [tall]")
    shown, beside = draw(text, "notebooks/ch01.ipynb")
    parts = ("# Title", 'href="../ch01.ipynb" download', "x = 1", "printed", "![A bar [tall)](ch01-2-2.png)")
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert beside == {"ch01.ipynb": text.encode(), "ch01-2-2.png": b"png"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: rewrite("<!-- clinik -->\n", "x.md"), r"x\.md: nothing is known of the comment <!-- clinik -->"),
        (lambda: draw(notebook(PICTURE), "x.ipynb"), r"x\.ipynb: the picture of cell 2-2 has no text for those"),
        (lambda: draw(notebook({}, count=None), "x.ipynb"), r"x\.ipynb: cell 2 was never run"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(wrong: Callable[[], object], said: str) -> None:
    with pytest.raises(Problem, match=said):
        wrong()
