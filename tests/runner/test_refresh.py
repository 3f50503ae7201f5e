"""Refreshing takes what came, and leaves the rest of the page still."""

from pathlib import Path

import pytest

from tests.lesson.course import lesson
from tests.runner.conftest import Run
from workbook.lesson.errors import LessonError
from workbook.runner.refresh import merged, refresh

FILE = (
    '```console\n$ echo 1 > x\n```\n\n```text title="x"\n2\n```\n\n```console\n$ git add -A\n$ git commit -m "x"\n```\n'
)


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("```console\n$ echo one\nuno\n$ echo in 0.31s\nin 9.99s\n```\n", {"uno": "one"}),
        ("```pycon\n>>> 1 + 1\n3\n>>> 2\n2\n```\n", {"\n3\n": "\n2\n"}),
        ("```console\n$ echo a; echo b\n$ true\ngone\n```\n", {"echo b\n": "echo b\na\nb\n", "gone\n": ""}),
        (FILE, {"\n2\n": "\n1\n"}),
        ("```console\n$ echo one\nuno\n$ false\n```\n", {"uno": "one"}),
    ],
    ids=["an output", "a session's", "one appears, one vanishes", "a file that a command leaves", "what went before"],
)
def test_what_differs_is_rewritten_and_no_more(run: Run, tmp_path: Path, body: str, changes: dict[str, str]) -> None:
    if "false" in body:
        with pytest.raises(LessonError, match="exits with 1"):
            run(body, do=refresh)
    else:
        run(body, do=refresh)
    for old, new in changes.items():
        body = body.replace(old, new)
    assert (tmp_path / "chapters/ch02_fixture/lesson.md").read_text() == lesson(body)


@pytest.mark.parametrize(
    ("shown", "actual", "wanted"),
    [
        ("a|b", "a|c", "a|c"),
        ("...|E  assert 1 == 2|...", "x|E  assert 404 == 200|y|z", "...|E  assert 404 == 200|..."),
        ("a|...|done in 0.31s", "a|b|c|done in 0.99s", "a|...|done in 0.31s"),
        ("a|...", "a", "a"),
        ("...|gone", "x|y", "..."),
        ("a in 1.00s|b", "a in 2.00s|b|c", "a in 1.00s|b|c"),
    ],
)
def test_elisions_stay_where_they_were(shown: str, actual: str, wanted: str) -> None:
    assert merged(shown.split("|"), actual.split("|")) == wanted.split("|")
