"""What becomes of a file's Markdown: tabs, ids, notes, lists, folds, links; how fences are drawn; notebooks."""

import base64
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.lesson.course import lesson
from workbook.history.files import Change, follow
from workbook.lesson.reader import read_lesson
from workbook.say import Problem
from workbook.website.fences import diff, session
from workbook.website.markup import mended, rewrite, whole
from workbook.website.notebook import draw

BODY = '''
```python title="greet.py"
def greet():
    return "hello"
```

**`greet.py`**

```diff title="greet.py"
@@
-    return "hello"
+    return """```"""
```
'''


def changes(body: str, folder: Path) -> tuple[Change, ...]:
    file = folder / "ch01_x" / "lesson.md"
    file.parent.mkdir()
    file.write_text(lesson(body), encoding="utf-8")
    (chapter,) = follow([read_lesson(file)])
    return chapter.changes


def test_a_diff_becomes_two_tabs_and_the_second_holds_the_whole_file_with_its_new_lines_marked(tmp_path: Path) -> None:
    shown = rewrite(BODY, "x.md", changes=changes(BODY, tmp_path))
    assert shown.count('=== "The change"') == shown.count('=== "The whole file"') == 1
    tab = shown.partition('=== "The whole file"')[2]
    fence = '    ````{ .python hl_lines="2" data-search-exclude="" title="greet.py" }\n    def greet():\n'
    assert f'{fence}        return """```"""\n    ````' in tab
    assert "**`greet.py`**" not in shown, "the fence has it as its title"


def test_fences_that_are_not_those_of_the_history_are_shown_without_tabs(tmp_path: Path) -> None:
    known = changes(BODY, tmp_path)
    assert "===" not in rewrite(BODY.replace('diff title="greet.py"', 'diff title="other.py"'), "x.md", changes=known)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# 제목\n<!-- section: a-title 3fa9c1d2 -->\n\n글", "# 제목 {#a-title}\n\n\n글"),
        ("<!-- exit: 1 -->\n```console\n$ false\n```\n<!-- stop -->", "```console\n$ false\n```"),
        ("before\n\n<!-- clinic -->\n\nafter", "before\n\n\nthe list\n\n\nafter"),
        ("**x**\n\n```text\nx\n```", "**x**\n\n```text\nx\n```"),
        (
            "<details><summary>A</summary>`x`</details>",
            '<details markdown="block"><summary markdown="span">A</summary>`x`</details>',
        ),
        (
            "Three:\n1. one\n   <details><summary>A</summary>no</details>\n"
            "2. two\n\n   ```text\n   x\n   ```\n   - deep\n     more",
            'Three:\n\n1. one\n    <details markdown="block"><summary markdown="span">A</summary>no</details>\n'
            "2. two\n\n    ```text\n    x\n    ```\n    - deep\n        more",
        ),
    ],
    ids=["an id for a heading", "silent comments", "an insert", "a bold line of its own", "a fold", "lists"],
)
def test_a_page_is_rewritten_for_python_markdown(text: str, shown: str) -> None:
    assert rewrite(text, "x.md", inserts={"clinic": lambda: "the list"}).strip() == shown


def test_a_skip_says_its_reason_and_an_unknown_comment_is_an_error_that_names_the_page() -> None:
    skipped = rewrite("<!-- not run: needs Docker -->\n```console\n$ docker ps\n```\n", "x.md")
    assert '<p class="wb-note">Shown, not run here: needs Docker</p>' in skipped
    with pytest.raises(Problem, match=r"x\.md: nothing is known of the comment <!-- clinik -->"):
        rewrite("# T\n\n<!-- clinik -->\n", "x.md")


def test_each_command_that_commits_is_followed_by_the_link_to_its_commit() -> None:
    text = '```console\n$ git add -A\n$ git commit -m "One"\n```\n\n```console\n$ git commit -q -m "Two"\n```\n'
    shown = rewrite(text, "x.md", commits=["one", "2"])
    places = [shown.index(part) for part in ("](/commits/one.md)", "$ git commit -q", "](/commits/2.md)")]
    assert places == sorted(places)


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
        (
            "[x](#a) [y](https://z.invalid/) [m](no.md)",
            "docs/a.md",
            "a.md",
            "[x](#a) [y](https://z.invalid/) [m](no.md)",
        ),
        ("`[x](clinic.md)`", "docs/a.md", "a.md", "`[x](clinic.md)`"),
        (
            "```text\n[x](clinic.md)\n```\n[x](clinic.md)",
            "docs/a.md",
            "a.md",
            "```text\n[x](clinic.md)\n```\n[x](clinic/index.md)",
        ),
    ],
)
def test_a_link_leads_to_the_page_that_stands_for_its_file(text: str, file: str, page: str, shown: str) -> None:
    assert mended(text, file, page, KNOWN) == shown


def copied(drawn: str) -> str:
    found = re.search(r'data-copy="([^"]*)"', drawn)
    return html.unescape(found[1]) if found else ""


def drawn_text(drawn: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", drawn.partition("<pre>")[2]))


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
    shown = session(source, kind, "", {}, None)
    assert drawn_text(shown) == f"{source}\n"
    assert copied(shown) == typed
    assert ('<span class="gr">ERROR 1064' in shown) == ("ERROR" in source)


def test_a_diff_is_drawn_line_by_line_and_copies_the_added_ones() -> None:
    shown = diff("@@\n a = 1\n-b = 2\n+b = '<3>'\n@@\n z", "diff", "", {"title": "x.py"}, None)
    assert copied(shown) == "b = '<3>'"
    assert drawn_text(shown) == " a = 1\n-b = 2\n+b = '<3>'\n⋯\n z\n"
    assert "no-copy" in diff("@@\n a\n-b", "diff", "", {"title": "x.py"}, None)
    goes_on = '@@\n+"""one\n+\n+three"""\n x'
    assert drawn_text(diff(goes_on, "diff", "", {"title": "x.py"}, None)) == '+"""one\n+\n+three"""\n x\n'
    assert 'hl_lines="2 4"' in whole("x.py", "a\nx\nb\ny\n", "a\nb\n")


def notebook(*cells: dict[str, Any]) -> str:
    return json.dumps({"cells": [{"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "text"]}, *cells]})


def cell(*outputs: dict[str, Any], count: int | None = 1, **metadata: object) -> dict[str, Any]:
    said = {"cell_type": "code", "metadata": metadata, "source": "x = 1", "execution_count": count}
    return said | {"outputs": list(outputs)}


PICTURE = {"output_type": "display_data", "data": {"image/png": base64.b64encode(b"png").decode() + "\n"}}


def test_a_notebooks_code_outputs_pictures_and_tracebacks_are_shown_in_their_order() -> None:
    stream = {"output_type": "stream", "name": "stdout", "text": ["printed\n"]}
    error = {"output_type": "error", "traceback": ["\x1b[31mTraceback\x1b[0m", "ValueError: `x`"]}
    text = notebook(cell(stream), cell(PICTURE, alt="A bar [tall]"), cell(error), cell(stream, tags=["hide"]))
    shown, beside = draw(text, "notebooks/ch01.ipynb")
    parts = ("# Title", 'href="../ch01.ipynb" download', "x = 1", "printed", "![A bar [tall)](ch01-3-1.png)")
    places = [shown.index(part) for part in (*parts, "Traceback\nValueError: `x`")]
    assert places == sorted(places)
    assert beside == {"ch01.ipynb": text.encode(), "ch01-3-1.png": b"png"}
    assert shown.count("x = 1") == 3, "a hidden cell is not shown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (notebook(cell(PICTURE)), r"ch01\.ipynb: the picture of cell 2-1 has no text for those who cannot see it"),
        (notebook(cell(count=None)), r"ch01\.ipynb: cell 2 was never run"),
        ("{}", r"ch01\.ipynb is not a notebook"),
    ],
    ids=["a picture without alt text", "never run", "no notebook"],
)
def test_what_a_notebook_lacks_is_said(text: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        draw(text, "notebooks/ch01.ipynb")
