"""A whole student, from the first command to the end of the course, and the recording of it on the site."""

import pytest

from tests.student.whole_student import difference, pages, play, same
from workbook.mysql import ladder
from workbook.place import TEMPLATE

pytestmark = pytest.mark.slow

SLIPS = ["workbook check", "workbook check"]
"""Before anything is there, and after a mistake."""


@pytest.mark.timeout(1800)
def test_a_student_comes_to_the_end_and_sees_what_the_site_shows() -> None:
    with ladder.climb(TEMPLATE, use="test") as server:
        played = play(server)

    assert [command for command, code in played.codes if code] == SLIPS
    assert played.wide == []
    for page, text in pages(played).items():
        changed = difference(page.read_text(encoding="utf-8"), text)
        assert changed == [], "\n".join([f"{page}: python -m tests.student.whole_student", *changed])


def test_a_recording_that_says_something_else_is_not_the_same() -> None:
    page = "$ workbook check\nThe url_code 35QBplIDVX3QJjqsK9e8hl was answered, and no row has it.\n"

    assert same(page, page.replace("35QBplIDVX3QJjqsK9e8hl", "7MIHUeqyp51SlIbp60aods"))
    assert not same(page, page.replace("no row", "one row"))
    korean = "url_code 2LH03mfZS52w9WiRpTF3cW을(를) 답했는데 그런 행이 없어요."
    assert same(korean, korean.replace("2LH03mfZS52w9WiRpTF3cW", "1i7gS2dUwfcCpeD8qFMAqU"))
