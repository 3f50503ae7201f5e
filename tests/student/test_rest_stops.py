"""Who has come to a rest stop is told so, and is not blamed for what the lesson asks later."""

from dataclasses import replace

import pytest

from workbook.lesson.model import RestStop
from workbook.place import CHAPTERS
from workbook.student import checking
from workbook.student.check import Check, State, Verdict, checks_of

STOP = RestStop("ch34-stop", "models_match_migrations", 2)


@pytest.mark.parametrize(
    ("states", "stop"),
    [
        ("holds holds holds missing", STOP),
        ("holds holds holds unseen", STOP),
        ("missing holds holds missing", None),
        ("holds missing missing missing", None),
        ("holds holds holds holds", None),
    ],
)
def test_all_up_to_the_stop_holds_and_the_next_does_not(
    states: str, stop: RestStop | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "stops_of", lambda chapter: (STOP,) if chapter == "ch34" else ())
    asked = [*checks_of("ch32", CHAPTERS / "ch32_mysql_in_docker")[:1], *_ch34()]
    wanted: list[State] = [*states.split()]  # type: ignore[list-item]
    found = [Verdict(check, state) for check, state in zip(asked, wanted, strict=True)]

    assert checking.rest_stop("ch34", found) == stop
    assert checking.rest_stop("ch34", found[:3]) is None, "before the next is looked at, it is like any other"


def test_the_sentences_are_in_the_readers_language_and_what_is_later_has_no_why(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    later = Verdict(replace(_ch34()[2], asks="Later"), "missing", ("Not there yet.",))

    lines = [*checking.shown(later, "ch34", set(), later=True)]

    assert [line.split() for line in lines] == [["나중", "Later"], ["Not", "there", "yet."]]
    assert "쉬었다가" in checking.resting("ch34", STOP)


def _ch34() -> list[Check]:
    return checks_of("ch34", CHAPTERS / "ch34_aerich_and_the_first_table")
