"""What becomes of a lesson's Markdown: tabs, ids, notes, lists, folds."""

from pathlib import Path

import pytest

from tests.lesson.course import lesson
from workbook.history.files import Change
from workbook.history.trace import follow
from workbook.lesson.reader import read_lesson
from workbook.say import Problem
from workbook.website.markup import Extras, rewrite
from workbook.website.words import Words

EN, KO = Words("en"), Words("ko")

BODY = '''
```python title="greet.py"
def greet():
    return "hello"
```

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


def rewritten(text: str, words: Words = EN, **extras: object) -> str:
    return rewrite(text, "x.md", words, Extras(**extras))  # type: ignore[arg-type]


def test_a_diff_becomes_two_tabs_and_the_second_holds_the_whole_file_with_its_new_lines_marked(tmp_path: Path) -> None:
    shown = rewritten(BODY, changes=changes(BODY, tmp_path))
    assert shown.count('=== "The change"') == shown.count('=== "The whole file"') == 1
    whole = shown.partition('=== "The whole file"')[2]
    assert '    ````whole title="greet.py" lines="2"\n    def greet():\n        return """```"""\n    ````' in whole


def test_a_whole_file_has_no_tabs(tmp_path: Path) -> None:
    body = BODY.partition("```diff")[0]
    assert "===" not in rewritten(body, changes=changes(body, tmp_path))


def test_fences_that_are_not_those_of_the_history_are_shown_without_tabs(tmp_path: Path) -> None:
    known = changes(BODY, tmp_path)
    assert "===" not in rewritten(BODY.replace('diff title="greet.py"', 'diff title="other.py"'), changes=known)


def test_a_korean_heading_gets_the_english_id_and_the_comment_is_gone() -> None:
    shown = rewritten(
        "# 제목\n<!-- section: a-title 3fa9c1d2 -->\n\n## 시작하기\n<!-- section: start b076ea91 -->\n\n글\n"
    )
    assert "# 제목 {#a-title}" in shown
    assert "## 시작하기 {#start}" in shown
    assert "<!--" not in shown


def test_the_machines_comments_do_not_show_and_a_skip_says_its_reason() -> None:
    failing = "<!-- exit: 1 -->\n```console\n$ false\n```\n"
    skipped = "<!-- not run: needs Docker -->\n```console\n$ docker ps\n```\n<!-- stop -->\n"
    shown = rewritten(f"{failing}\n{skipped}", KO)
    assert "<!--" not in shown
    assert shown.count("wb-note") == 1
    assert "실행하지 않았어요: needs Docker" in shown


def test_a_comment_that_nothing_is_known_of_is_an_error_that_names_the_page() -> None:
    with pytest.raises(Problem, match=r"x\.md: nothing is known of the comment <!-- clinik -->"):
        rewritten("# T\n\n<!-- clinik -->\n", inserts={"clinic": "list"})


def test_an_insert_takes_the_place_of_its_comment() -> None:
    shown = rewritten("before\n\n<!-- clinic -->\n\nafter", inserts={"clinic": "the list"})
    assert shown.split() == ["before", "the", "list", "after"]


def test_each_command_that_commits_is_followed_by_the_link_to_its_commit() -> None:
    text = '```console\n$ git add -A\n$ git commit -m "One"\n```\n\n```console\n$ git commit -q -m "Two"\n```\n'
    shown = rewritten(text, commits=[("first", "/commits/1.md"), ("second", "/commits/2.md")])
    assert (
        shown.index("[first](/commits/1.md)") < shown.index("$ git commit -q") < shown.index("[second](/commits/2.md)")
    )


def test_what_belongs_under_the_title_stands_there_and_the_rest_at_the_end() -> None:
    shown = rewritten("# T\n\ntext\n", under_title="GOAL", at_end="END")
    assert shown.index("# T") < shown.index("GOAL") < shown.index("text") < shown.index("END")


def test_lists_stand_as_python_markdown_wants_them() -> None:
    text = """
Three:
1. one
   <details><summary>A</summary>no</details>
2. two

   ```text
   x
   ```
   - deep
     more
"""
    wanted = """
Three:

1. one
    <details markdown="block"><summary markdown="span">A</summary>no</details>
2. two

    ```text
    x
    ```
    - deep
        more
"""
    assert rewritten(text).rstrip() == wanted.rstrip()


def test_a_fold_at_the_margin_keeps_its_markdown() -> None:
    assert rewritten("<details><summary>A</summary>`x`</details>\n").startswith(
        '<details markdown="block"><summary markdown="span">A</summary>`x`</details>'
    )
