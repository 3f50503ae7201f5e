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


def test_hunks_are_applied_in_order() -> None:
    assert change("@@\n one\n-two\n+2\n@@\n 2\n\n-three\n+3\n") == "one\n2\n\n3\ntwo\n"


def test_a_file_without_a_last_newline_stays_so() -> None:
    assert change("@@\n-a\n+b\n", "a") == "b"


def test_a_hunk_that_matches_nothing_shows_the_nearest_lines() -> None:
    with pytest.raises(LessonError) as refused:
        change("@@\n one\n-tow\n+2\n")
    assert refused.value.what == "lesson.md:11: this hunk matches no place in x.txt."
    assert "           tow\n" in refused.value.why
    assert "   2 | two" in refused.value.why


def test_a_hunk_that_matches_twice_names_both_places() -> None:
    with pytest.raises(LessonError, match=r"lesson\.md:11: this hunk matches 2 places in x\.txt: at its lines 2, 5"):
        change("@@\n-two\n+2\n")


def test_trailing_spaces_are_not_forgiven() -> None:
    with pytest.raises(LessonError, match="matches no place"):
        change("@@\n-one \n+1\n")


def test_the_second_hunk_is_named_by_its_own_line() -> None:
    with pytest.raises(LessonError, match=r"lesson\.md:14: this hunk matches no place"):
        change("@@\n-one\n+1\n@@\n-one\n+1\n")
