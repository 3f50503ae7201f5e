"""`...` alone on a line stands for any lines; the first difference is found."""

import pytest

from workbook.lesson.blocks import Mismatch, mismatch


@pytest.mark.parametrize(
    ("shown", "actual", "first"),
    [
        ("", "", None),
        ("a|b", "a|b", None),
        ("...|b", "a|b", None),
        ("...|b", "b", None),
        ("a|    ...", "a|b|c", None),
        ("a|...|c", "a|c", None),
        ("...", "", None),
        ("...|b|...|b", "a|b|c|b|b", None),
        ("a|...|b|c|...|d", "a|b|x|b|c|d|d", None),
        ("a|b", "a|c", Mismatch(1, 1)),
        ("a...", "abc", Mismatch(0, 0)),
        ("a|b", "a", Mismatch(1, 1)),
        ("a", "a|b", Mismatch(1, 1)),
        ("", "a", Mismatch(0, 0)),
        ("a", "", Mismatch(0, 0)),
        ("...|b", "a|c", Mismatch(1, 0)),
        ("a|...|b|c", "a|x|b|d", Mismatch(3, 3)),
        ("a|...|c", "a|c|d", Mismatch(3, 2)),
        ("a|...|b|...|c", "a|c|b", Mismatch(4, 3)),
    ],
)
def test_the_first_difference_is_found(shown: str, actual: str, first: Mismatch | None) -> None:
    one, other = (text.split("|") if text else [] for text in (shown, actual))
    assert mismatch(one, other) == first
