"""`...` alone on a line stands for any lines; the first difference is found."""

import pytest

from workbook.lesson.elision import Mismatch, mismatch


@pytest.mark.parametrize(
    ("shown", "actual"),
    [
        ("", ""),
        ("a b", "a b"),
        ("... b", "a b"),
        ("... b", "b"),
        ("a ...", "a b c"),
        ("a ... c", "a c"),
        ("...", ""),
        ("... b ... b", "a b c b b"),
        ("a ... b c ... d", "a b x b c d d"),
    ],
)
def test_these_agree(shown: str, actual: str) -> None:
    assert mismatch(shown.split(), actual.split()) is None


@pytest.mark.parametrize(
    ("shown", "actual", "first"),
    [
        ("a b", "a c", Mismatch(1, 1)),
        ("a b", "a", Mismatch(1, 1)),
        ("a", "a b", Mismatch(1, 1)),
        ("", "a", Mismatch(0, 0)),
        ("a", "", Mismatch(0, 0)),
        ("... b", "a c", Mismatch(1, 0)),
        ("a ... b c", "a x b d", Mismatch(3, 3)),
        ("a ... c", "a c d", Mismatch(3, 2)),
        ("a ... b ... c", "a c b", Mismatch(4, 3)),
    ],
)
def test_the_first_difference_is_found(shown: str, actual: str, first: Mismatch) -> None:
    assert mismatch(shown.split(), actual.split()) == first


def test_an_indented_elision_counts_and_an_ellipsis_in_a_line_does_not() -> None:
    assert mismatch(["a", "    ..."], ["a", "b", "c"]) is None
    assert mismatch(["a..."], ["abc"]) == Mismatch(0, 0)
