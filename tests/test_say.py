"""Which language a person reads, and that every sentence has its Korean."""

import ast
import re
import string
from pathlib import Path

import pytest

from tests.catalogue import said, sentences
from workbook.bootstrap import catalogue
from workbook.cli import main
from workbook.place import CLONE
from workbook.say import _, choose, korean, language


@pytest.fixture(autouse=True)
def no_wish(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko"}, "ko"),
        ({"LANG": "kok_IN"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": ""}, "ko"),
        ({"LANG": "C", "WORKBOOK_LANG": "ko"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "WORKBOOK_LANG": "EN"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "WORKBOOK_LANG": "fr"}, "ko"),
    ],
)
def test_the_environment_decides(variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert language() == expected


def test_what_was_asked_for_on_the_command_line_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "en")
    monkeypatch.setattr("workbook.say._chosen", [])
    choose("ko")
    assert _("git is not installed.") == korean()["git is not installed."]
    choose(None)
    assert _("git is not installed.") == "git is not installed."


def test_a_catalogue_is_read_as_gettext_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "ko.po"
    file.write_text(
        '# a comment\nmsgid ""\nmsgstr "Language: ko"\n\n'
        'msgid "one \\"{x}\\"\\n"\nmsgstr "하나\\n"\n\nmsgid ""\n"two "\n"lines"\nmsgstr ""\n"두 "\n"줄"',
        encoding="utf-8",
    )

    assert catalogue(file) == {'one "{x}"\n': "하나\n", "two lines": "두 줄"}


def test_the_catalogue_holds_what_is_said_and_nothing_else() -> None:
    assert said() == set(korean())


def placeholders(sentence: str) -> set[str]:
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(sentence) if name is not None}
    except ValueError:  # braces that are no placeholders, in a sentence that takes no values
        return set()


def test_every_sentence_has_its_korean_with_the_same_placeholders() -> None:
    assert [one for one, other in korean().items() if not other] == []
    assert [one for one, other in korean().items() if placeholders(one) != placeholders(other)] == []


def hidden(folder: Path) -> list[str]:
    """Where a sentence is said inside an f-string: there Babel does not see it."""
    trees = {file.name: ast.parse(file.read_text(encoding="utf-8")) for file in folder.rglob("*.py")}
    texts = [(name, node) for name, tree in trees.items() for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    calls = [(name, node) for name, text in texts for node in ast.walk(text) if isinstance(node, ast.Call)]
    return [f"{name}:{call.lineno}" for name, call in calls if ast.unparse(call.func) in ("_", "marked")]


def test_a_sentence_that_the_catalogue_lacks_or_that_babel_does_not_see_is_found(tmp_path: Path) -> None:
    (tmp_path / "verb.py").write_text(
        'print(_("Nobody has translated {this}.", this=1))\nTABLE = [marked("Nor this.")]\n'
        "print(f\"{'x'}: {', '.join([_('Unseen.')]):>9}\")\n"
    )

    assert sentences(tmp_path) - set(korean()) - {"Unseen."} == {"Nobody has translated {this}.", "Nor this."}
    assert hidden(tmp_path) == ["verb.py:3"]
    assert hidden(CLONE / "workbook") == []


def test_no_hangul_stands_in_the_code() -> None:
    code = (CLONE / "workbook").rglob("*.py")
    assert [file for file in code if re.search("[가-힣]", file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("wish", [["--lang", "ko"], ["--lang=ko"], []])
def test_help_speaks_korean_where_it_is_asked_for(
    wish: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["workbook", *wish, "hint", "--help"])
    monkeypatch.setattr("workbook.say._chosen", [])
    if not wish:
        monkeypatch.setenv("LANG", "ko_KR.UTF-8")

    with pytest.raises(SystemExit) as ended:
        main()

    assert (ended.value.code, "힌트 세 개 중" in capsys.readouterr().out) == (0, True)
