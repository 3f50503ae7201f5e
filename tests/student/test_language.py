"""Which language a student reads."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from workbook import language
from workbook.authoring import app as authoring
from workbook.cli import app
from workbook.korean_help import HELPS, OPTIONS, speak

HANGUL = re.compile("[가-힣]")

AUTHORS = {each.callback.__name__ for each in authoring.registered_commands if each.callback} | {"translation"}


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


def helps(command: object, verb: str = "") -> Iterator[tuple[str, str, str]]:
    """Every help below a command: the verb, the option or nothing, and what it says."""
    assert isinstance(command, TyperCommand | TyperGroup)
    yield verb, "", command.help or ""
    for parameter in command.params:
        if isinstance(parameter, TyperOption | TyperArgument) and parameter.help:
            yield verb, parameter.name or "", parameter.help
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            if name not in AUTHORS:
                yield from helps(below, f"{verb} {name}".strip())


def test_every_help_of_a_student_s_verb_has_its_korean() -> None:
    english = {(verb, option) for verb, option, _ in helps(get_command(app))}
    options = {(verb, option) for verb, words in OPTIONS.items() for option in words}

    assert english == {(verb, "") for verb in HELPS} | options


def test_no_english_is_left_in_a_korean_help(monkeypatch: pytest.MonkeyPatch) -> None:
    command = get_command(app)
    speak(command, ["workbook", "--help"])
    assert [said for _, _, said in helps(command) if HANGUL.search(said)] == []
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    speak(command, ["workbook", "--help"])
    assert [said for _, _, said in helps(command) if not HANGUL.search(said)] == []


@pytest.mark.parametrize("wish", [["--lang", "ko"], ["--lang=ko"], []])
def test_help_speaks_korean_where_it_is_asked_for(wish: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment = dict(os.environ) | ({} if wish else {"LANG": "ko_KR.UTF-8"})
    program = Path(sys.executable).with_name("workbook")

    done = subprocess.run(
        [program, *wish, "hint", "--help"], env=environment, capture_output=True, text=True, check=True
    )

    assert HELPS["hint"].split(".")[0] in done.stdout
