"""Links from file to file become links from page to page; fences are drawn so that copying takes what is typed."""

import html
import re

import pytest

from workbook.website.fences import changed_lines, diff, session, whole
from workbook.website.links import mend

KNOWN = {
    "docs/index.md": "docs/ko/index.md",
    "chapters/ch35_x/lesson.md": "chapters/ch35_x/lesson.ko.md",
    "chapters/ch35_x/lesson.ko.md": "chapters/ch35_x/lesson.ko.md",
    "notebooks/ch35.ipynb": "notebooks/ch35.ipynb.md",
}


@pytest.mark.parametrize(
    ("target", "file", "src_uri", "mended"),
    [
        ("../chapters/ch35_x/lesson.md#a", "docs/index.md", "docs/ko/index.md", "../../chapters/ch35_x/lesson.ko.md#a"),
        ("../lesson.md", "chapters/ch35_x/mistakes/m.md", "chapters/ch35_x/mistakes/m.ko.md", "../lesson.ko.md"),
        (
            "/notebooks/ch35.ipynb",
            "chapters/ch35_x/lesson.md",
            "chapters/ch35_x/lesson.md",
            "../../notebooks/ch35.ipynb.md",
        ),
        ("#anchor", "docs/index.md", "docs/index.md", "#anchor"),
        ("https://docs.python.org/3/", "docs/index.md", "docs/index.md", "https://docs.python.org/3/"),
        ("missing.md", "docs/index.md", "docs/index.md", "missing.md"),
    ],
)
def test_a_link_leads_to_the_page_that_stands_for_its_file(target: str, file: str, src_uri: str, mended: str) -> None:
    assert mend(target, file, src_uri, KNOWN) == mended


def copied(drawn: str) -> str:
    found = re.search(r'data-copy="([^"]*)"', drawn)
    return html.unescape(found[1]) if found else ""


def drawn_text(drawn: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", drawn.partition("<pre>")[2]))


def test_a_session_shows_all_and_copies_what_is_typed() -> None:
    source = "$ cat <<'EOF' > a\n> x\n> EOF\n$ ls \"a\"\na"
    shown = session(source, "console", "", {}, None)
    assert drawn_text(shown) == f"{source}\n"
    assert copied(shown) == "cat <<'EOF' > a\nx\nEOF\nls \"a\""


def test_a_mysql_session_has_prompts_sql_and_errors() -> None:
    source = "mysql> SELECT 1,\n    -> 2;\n+---+\nmysql> SELEC;\nERROR 1064 (42000): You"
    shown = session(source, "mysql", "", {}, None)
    assert drawn_text(shown) == f"{source}\n"
    assert shown.count('class="gp"') == 3
    assert '<span class="gr">ERROR 1064' in shown
    assert copied(shown) == "SELECT 1,\n2;\nSELEC;"


def test_a_diff_copies_the_added_lines_and_one_that_only_removes_copies_nothing() -> None:
    source = "@@\n a = 1\n-b = 2\n+b = '<3>'\n@@\n z"
    shown = diff(source, "diff", "", {"title": "x.py"}, None)
    assert copied(shown) == "b = '<3>'"
    assert drawn_text(shown) == " a = 1\n-b = 2\n+b = '<3>'\n⋯\n z\n"
    assert "no-copy" in diff("@@\n a\n-b", "diff", "", {"title": "x.py"}, None)


def test_a_diff_is_drawn_line_by_line_even_where_a_string_goes_on() -> None:
    source = '@@\n+"""one\n+\n+three"""\n x'
    assert drawn_text(diff(source, "diff", "", {"title": "x.py"}, None)) == '+"""one\n+\n+three"""\n x\n'


def test_the_whole_file_marks_its_new_lines_and_is_left_out_of_the_search() -> None:
    shown = whole("a = 1\nb = 2\n", "whole", "", {"title": "x.py", "lines": "2"}, None)
    assert "data-search-exclude" in shown
    assert re.search(r'class="hll">.*b', shown)
    assert changed_lines("a\nb\n", "a\nx\nb\ny\n") == [2, 4]
