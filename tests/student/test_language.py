"""Which language a student reads."""

import pytest

from workbook import language


@pytest.fixture(autouse=True)
def no_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "one"),
        ({"LANG": "ko_KR.UTF-8"}, "하나"),
        ({"LANG": "ko"}, "하나"),
        ({"LANG": "kok_IN"}, "one"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "one"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "하나"),
        ({"LANG": "C", "WORKBOOK_LANG": "ko"}, "하나"),
        ({"LANG": "ko_KR.UTF-8", "WORKBOOK_LANG": "EN"}, "one"),
        ({"LANG": "ko_KR.UTF-8", "WORKBOOK_LANG": "fr"}, "하나"),
    ],
)
def test_the_environment_decides(variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert language.text("one", "하나") == expected


def test_what_was_asked_for_on_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "en")
    language.choose("ko")
    try:
        assert language.text("one", "하나") == "하나"
    finally:
        language.choose(None)
    assert language.text("one", "하나") == "one"


def test_a_third_language_is_refused() -> None:
    with pytest.raises(ValueError, match="'fr' is none of en, ko"):
        language.choose("fr")
