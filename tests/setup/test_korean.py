"""What setup says to those who read Korean, before anything is installed."""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.setup.clones import Clone
from tests.setup.test_python import stand_in
from workbook import bootstrap, language
from workbook.place import CLONE

PREFIX = 4
"""The columns before a way on the screen."""


@pytest.mark.parametrize("wish", [{"LANG": "ko_KR.UTF-8"}, {"WORKBOOK_LANG": "ko", "LANG": "C.UTF-8"}])
def test_an_old_python_answers_in_korean(clone: Clone, tmp_path: Path, wish: dict[str, str]) -> None:
    (clone.programs / "uv").unlink()
    old = stand_in(tmp_path / "python3.8", "sys.version_info = (3, 8, 18, 'final', 0)")

    shown = clone.bootstrap(python=old, **wish).stdout

    assert "워크북에는 파이썬 3.11 이상이 필요해요." in shown
    assert "too old" not in shown


def test_an_old_python_speaks_english_where_hangul_cannot_be_shown(clone: Clone, tmp_path: Path) -> None:
    old = stand_in(tmp_path / "python3.8", "sys.version_info = (3, 8, 18, 'final', 0)")

    shown = clone.bootstrap(python=old, PYTHON=str(old), LANG="ko_KR.UTF-8", PYTHONIOENCODING="ascii").stdout

    assert "too old" in shown
    assert "\\u" not in shown


def test_a_python_that_is_new_enough_says_in_korean_what_is_missing(clone: Clone) -> None:
    (clone.programs / "git").unlink()

    shown = clone.bootstrap(LANG="ko_KR.UTF-8").stdout

    assert "이 컴퓨터의 PATH에 git이 없어요." in shown
    assert "할 수 있는 일:" in shown


def test_every_step_of_a_setup_is_told_in_korean(clone: Clone) -> None:
    shown = clone.bootstrap(LANG="ko_KR.UTF-8").stdout.splitlines()

    assert shown[0].startswith("워크북을 준비해요: ")
    assert shown[-1].startswith("준비 완료(")
    assert [line for line in shown if not any("가" <= letter <= "힣" for letter in line)] == []


@pytest.mark.parametrize("name", ["WORKBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"])
@pytest.mark.parametrize("value", ["ko", "ko_KR.UTF-8", "KO", "en", "kok_IN", "C", ""])
def test_the_bootstrap_reads_the_language_as_the_rest_does(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("WORKBOOK_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    monkeypatch.setenv(name, value)

    assert bootstrap.text("one", "하나") == language.text("one", "하나")


def korean(source: str) -> Iterator[str]:
    """The Korean of every `text(en, ko)` in a file, what it takes from variables left out."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "text":
            parts = [part for part in ast.walk(call.args[1]) if isinstance(part, ast.Constant)]
            yield "".join(part.value for part in parts if isinstance(part.value, str))


@pytest.mark.parametrize("file", sorted((CLONE / "workbook" / "setup").glob("*.py")), ids=lambda file: file.stem)
def test_the_korean_of_setup_fits_the_screen(file: Path) -> None:
    """Setup prints with `print` alone: nothing there breaks its lines."""
    lines = [line for sentence in korean(file.read_text(encoding="utf-8")) for line in sentence.splitlines()]

    assert [line for line in lines if cell_len(line.removeprefix(" " * PREFIX)) > 80 - PREFIX] == []


def test_the_korean_of_the_bootstrap_fits_the_screen() -> None:
    too_old = bootstrap.TOO_OLD_KO.format(found="3.8.18", oldest="3.11", newest="3.14", executable="", looked="")
    lines = [*too_old.splitlines(), *bootstrap.NATIVE_WINDOWS_KO.splitlines()]

    assert [line for line in lines if cell_len(line) > 80] == []
