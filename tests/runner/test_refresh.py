"""Refreshing takes what came, and leaves the rest of the page still."""

from collections.abc import Callable

import pytest

from workbook.lesson.errors import LessonError
from workbook.runner.refresh import merged

Renew = Callable[..., str]


def test_only_outputs_that_differ_are_rewritten(renew: Renew) -> None:
    body = "```console\n$ echo one\nuno\n$ echo in 0.31s\nin 9.99s\n```\n\n```pycon\n>>> 1 + 1\n3\n>>> 2\n2\n```\n"
    assert renew(body) == body.replace("uno", "one").replace("\n3\n", "\n2\n")


def test_an_output_appears_or_vanishes(renew: Renew) -> None:
    assert (
        renew("```console\n$ echo a; echo b\n$ true\ngone\n```\n")
        == "```console\n$ echo a; echo b\na\nb\n$ true\n```\n"
    )


def test_a_file_that_a_command_leaves_is_taken(renew: Renew) -> None:
    body = '```console\n$ echo 1 > x\n```\n\n```text title="x"\n2\n```\n\n'
    body += '```console\n$ git add -A\n$ git commit -m "x"\n```\n'
    assert renew(body) == body.replace("\n2\n", "\n1\n")


def test_what_no_output_can_mend_is_still_an_error_and_the_rest_is_written(renew: Renew, tmp_path) -> None:
    with pytest.raises(LessonError, match="exits with 1"):
        renew("```console\n$ echo one\nuno\n$ false\n```\n")
    assert "\none\n" in (tmp_path / "chapters" / "ch02_fixture" / "lesson.md").read_text()


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
