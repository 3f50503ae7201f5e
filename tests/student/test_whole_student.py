"""A whole student, from the first command to the end of the course, and the recording of it on the site."""

import os
from pathlib import Path

import pytest

from tests.student import terminal
from tests.student.whole_student import difference, pages, play
from workbook.mysql import ladder
from workbook.place import TEMPLATE

pytestmark = pytest.mark.slow

SLIPS = ["workbook check", "workbook check"]
"""Before anything is there, and after a mistake."""


@pytest.mark.timeout(5400)
def test_a_student_comes_to_the_end_and_sees_what_the_site_shows() -> None:
    with ladder.climb(TEMPLATE, use="test") as server:
        played = play(server)

    assert ([command for command, code in played.codes if code], played.wide) == (SLIPS, [])
    for page, text in pages(played).items():
        changed = difference(page.read_text(encoding="utf-8"), text)
        assert changed == [], "\n".join([f"{page}: python -m tests.student.whole_student", *changed])


def test_a_recording_that_says_something_else_is_not_the_same() -> None:
    page = "$ workbook check\nThe url_code 35QBplIDVX3QJjqsK9e8hl was answered, and no row has it.\n"
    korean = "url_code 2LH03mfZS52w9WiRpTF3cW을(를) 답했는데 그런 행이 없어요."

    assert not difference(page, page.replace("35QBplIDVX3QJjqsK9e8hl", "7MIHUeqyp51SlIbp60aods"))
    assert not difference(korean, korean.replace("2LH03mfZS52w9WiRpTF3cW", "1i7gS2dUwfcCpeD8qFMAqU"))
    assert difference(page, page.replace("no row", "one row"))


def test_the_terminal_shows_what_a_person_sees(tmp_path: Path) -> None:
    written = "\x1b[?25l⠋ Looking …\r\x1b[2K\x1b[1A\x1b[2K\x1b[1mdone\x1b[0m\r\n10 %\r20 %\r\n"
    assert terminal.seen(written) == ["done", "20 %"]
    assert terminal.run("tput cols; test -t 0 && test -t 1; exit 3", tmp_path, os.environ) == (3, ["80"])
    assert terminal.too_wide(["a " * 50, "/" + "x" * 90, "모임 " * 20]) == ["a " * 50, "모임 " * 20]
