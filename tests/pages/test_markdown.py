"""What becomes of a file's Markdown: ids, notes, lists, folds, links; how fences are drawn; notebooks."""

import base64
import html
import json
import re

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
        ('a\n\n**`x`**\n\n```text title="x"\ny\n```', 'a\n\n```text title="x"\ny\n```'),
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


def test_a_link_leads_to_the_page_that_stands_for_its_file_and_code_stays() -> None:
    """Dead links are MkDocs' own to find, and the site is built strictly."""
    known = {"chapters/ch35_x/lesson.ko.md": "chapters/ch35.md", "docs/clinic.md": "clinic/index.md"}
    text = "[x](../lesson.ko.md#a) [y](/docs/clinic.md) `[x](/docs/clinic.md)` [z](https://z.invalid/) [m](no.md)"
    shown = text.replace("../lesson.ko.md", "../chapters/ch35.md").replace(
        "(/docs/clinic.md) ", "(../clinic/index.md) "
    )
    assert mended(text, "chapters/ch35_x/mistakes/m.ko.md", "mistakes/m.md", known) == shown
    fence = "```text\n[x](/docs/clinic.md)\n```"
    assert mended(fence, "docs/a.md", "a.md", known) == fence


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


def test_a_notebooks_code_outputs_and_pictures_are_shown_in_their_order() -> None:
    printed = {"output_type": "stream", "name": "stdout", "text": ["printed\n"]}
    picture = {"data": {"image/png": base64.b64encode(b"png").decode() + "\n"}}
    title = {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]}
    cell = {"cell_type": "code", "metadata": {"alt": "A bar [tall]"}, "source": "x = 1", "outputs": [printed, picture]}
    text = json.dumps({"cells": [title, cell]})
    shown, beside = draw(text, "notebooks/ch01.ipynb")
    parts = ("# Title", 'href="../ch01.ipynb" download', "x = 1", "printed", "![A bar [tall)](ch01-2-2.png)")
    places = [shown.index(part) for part in parts]
    assert places == sorted(places)
    assert beside == {"ch01.ipynb": text.encode(), "ch01-2-2.png": b"png"}


def test_a_comment_that_nothing_is_known_of_is_refused() -> None:
    with pytest.raises(Problem, match=r"x\.md: nothing is known of the comment <!-- clinik -->"):
        rewrite("<!-- clinik -->\n", "x.md")
