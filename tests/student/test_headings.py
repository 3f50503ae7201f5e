"""A heading that a hint names is there, in the lesson that the student reads."""

import pytest

from workbook.student import headings, outline
from workbook.student.check import Check, checks_of, hint


def checks() -> list[Check]:
    return [check for chapter in outline.chapters() for check in checks_of(chapter.id, chapter.folder)]


def sentences(check: Check) -> tuple[str, ...]:
    return (*check.hints, check.see)


@pytest.mark.parametrize("wish", ["en", "ko"])
def test_every_heading_that_a_hint_names_is_in_that_lesson(wish: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", wish)
    named = [each for check in checks() for sentence in sentences(check) for each in headings.named(sentence)]

    assert len(named) > 30
    assert [each for each in named if each[1] not in headings.titles(each[0])] == []


def test_in_korean_the_headings_are_those_of_the_korean_lesson(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    for check in checks():
        for sentence in sentences(check):
            for chapter, name in headings.named(headings.localised(sentence)):
                assert name in headings.titles(chapter, korean=True), name


def test_a_heading_that_does_not_exist_would_be_found() -> None:
    assert list(headings.named("ch36, 'Make it fast' and 'A test's own end'; ch35, 'Red'.")) == [
        ("ch36", "Make it fast"),
        ("ch36", "A test's own end"),
        ("ch35", "Red"),
    ]
    assert "Make it fast" not in headings.titles("ch36")


def test_a_hint_in_korean_names_the_korean_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    [check] = [each for each in checks() if each.name == "job_is_green"]

    assert "'Rehearse it'" in check.hints[1]
    assert "'Rehearse it'" not in hint(check, 2)
