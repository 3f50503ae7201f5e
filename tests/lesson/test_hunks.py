"""Hunks match exactly one place, or the error says where it went wrong."""

from pathlib import Path

import pytest

from workbook.lesson.errors import LessonError
from workbook.lesson.hunks import apply, parse_hunks
from workbook.lesson.model import Diff, Place

PLACE = Place(Path("lesson.md"), 10, 20)
FILE = "one\ntwo\n\nthree\ntwo\n"


def change(hunks: str, text: str = FILE) -> str:
    return apply(Diff(PLACE, "x.txt", parse_hunks(PLACE, hunks)), text)


@pytest.mark.parametrize(
    ("before", "hunks", "after"),
    [
        (FILE, "@@\n one\n-two\n+2\n@@\n 2\n\n-three\n+3\n", "one\n2\n\n3\ntwo\n"),
        ("a", "@@\n-a\n+b\n", "b"),
    ],
)
def test_hunks_are_applied_in_order_and_a_missing_last_newline_stays_missing(
    before: str, hunks: str, after: str
) -> None:
    assert change(hunks, before) == after


@pytest.mark.parametrize(
    ("hunks", "said", "shows"),
    [
        ("@@\n one\n-tow\n+2\n", "lesson.md:11: this hunk matches no place in x.txt.", ["    tow\n", "   2 | two"]),
        ("@@\n-two\n+2\n", "lesson.md:11: this hunk matches 2 places in x.txt: at its lines 2, 5.", []),
        ("@@\n-one \n+1\n", "lesson.md:11: this hunk matches no place in x.txt.", ["    one \n"]),
        ("@@\n-one\n+1\n@@\n-one\n+1\n", "lesson.md:14: this hunk matches no place in x.txt.", ["    one\n"]),
        ("@@\n-4\n-5\n-6\n-7\n-8\n-9\n+1\n", "lesson.md:11: this hunk matches no place in x.txt.", ["    4\n"]),
    ],
)
def test_a_hunk_that_matches_no_place_or_two_is_refused_by_its_own_line(
    hunks: str, said: str, shows: list[str]
) -> None:
    with pytest.raises(LessonError) as refused:
        change(hunks)
    assert refused.value.what == said
    assert [part for part in shows if part not in refused.value.why] == []
