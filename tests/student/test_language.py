"""Which language a student reads."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook import language
from workbook.korean_help import HELPS
from workbook.student.commands import app as student
from workbook.tools_commands import app as tools


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


def test_every_verb_of_a_student_has_a_korean_help() -> None:
    verbs = {command.callback.__name__ for group in (student, tools) for command in group.registered_commands}

    assert verbs | {"up", "ci", "db"} == set(HELPS)


@pytest.mark.parametrize("wish", [["--lang", "ko"], ["--lang=ko"], []])
def test_help_speaks_korean_where_it_is_asked_for(wish: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment = dict(os.environ) | ({} if wish else {"LANG": "ko_KR.UTF-8"})
    program = Path(sys.executable).with_name("workbook")

    done = subprocess.run(
        [program, *wish, "hint", "--help"], env=environment, capture_output=True, text=True, check=True
    )

    assert HELPS["hint"].split(".")[0] in done.stdout
