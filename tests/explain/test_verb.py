"""`workbook explain`, as a student uses it: piped, from a file, in two languages, in a terminal of 80 columns."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tests.explain.test_match import PAGE
from workbook.explain.clinic import read_clinic
from workbook.explain.match import Answer, How
from workbook.explain.show import show, told
from workbook.explain.verb import decoded, explain
from workbook.place import CHAPTERS
from workbook.say import Problem

ERROR = "ImportError: cannot import name 'config' from 'app.configs' (unknown location)\n"


def piped(text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from workbook.explain.verb import explain; sys.exit(explain('-'))"
    return subprocess.run(
        [sys.executable, "-c", code], input=text, capture_output=True, text=True, env=os.environ | environment
    )


def test_a_piped_error_shows_its_page_with_cause_and_cure_and_path() -> None:
    done = piped(ERROR)
    assert done.returncode == 0
    for part in ("The clinic knows this error.", ERROR.strip(), "The cause.", "The cure.", "app/configs/__init__.py"):
        assert part in done.stdout
    assert "chapters/ch33_settings_and_tortoise/mistakes/cannot-import-config.md" in done.stdout
    assert "What you see" not in done.stdout
    assert "\x1b" not in done.stdout
    assert [
        line for line in done.stdout.splitlines() if len(line) > 80 and ".md" not in line and "Error" not in line
    ] == []


def test_an_unknown_error_shows_three_nearest_and_exits_with_one() -> None:
    done = piped("KeyError: 'coffee'\n")
    assert done.returncode == 1
    assert "I don't know this one." in done.stdout
    assert done.stdout.count(".md") == 3


def test_korean_is_spoken_in_a_korean_locale() -> None:
    assert "클리닉에 있는 에러예요." in piped(ERROR, LC_ALL="ko_KR.UTF-8").stdout


def test_a_translated_page_is_shown_in_korean_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "ch99_made_up" / "mistakes"
    folder.mkdir(parents=True)
    (folder / "lost-hat.md").write_text(PAGE)
    korean = PAGE.replace("The cause.** The wind.", "원인.** 바람이에요.").replace(
        "The cure.** A string.", "해결.** 끈이에요."
    )
    (folder / "lost-hat.ko.md").write_text(korean.replace("# The hat is lost", "# 모자를 잃어버렸어요"))
    answer = Answer(How.CERTAIN, tuple(read_clinic(tmp_path)))
    shown = {}
    for language in ("en", "ko"):
        monkeypatch.setenv("WORKBOOK_LANG", language)
        console = Console(file=io.StringIO(), width=80)
        show(answer, console)
        shown[language] = console.file.getvalue()  # type: ignore[attr-defined]
    assert "The wind." in shown["en"]
    assert "모자를 잃어버렸어요" in shown["ko"]
    assert "바람이에요." in shown["ko"]
    assert "끈이에요." in shown["ko"]
    assert "The wind." not in shown["ko"]


def test_every_page_says_a_cause_and_a_cure() -> None:
    pages = [page.mistake.file for page in read_clinic(CHAPTERS)]
    silent = [file.name for file in pages if not _has_both(told(file.read_text(encoding="utf-8")))]
    assert silent == []


def _has_both(shown: str) -> bool:
    return "cause" in shown.lower() and "cure" in shown.lower() and "\n# " not in shown


def test_a_comment_for_the_machine_is_not_shown_and_a_fence_keeps_its_files_name() -> None:
    cure = '## The cure\n\n<!-- exit: 1 -->\n```diff title="app/x.py"\n@@\n+## The cause\n```\n'
    page = f"---\ntitle: x\n---\n\n# x\n\n{cure}"
    assert told(page) == "## The cure\n\n`app/x.py`\n\n```diff\n@@\n+## The cause\n```\n"


def test_nothing_to_explain_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    for file in (tmp_path / "empty.txt", tmp_path / "missing.txt", tmp_path):
        with pytest.raises(Problem) as refused:
            explain(str(file))
        assert refused.value.code == 2


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "utf-16", "utf-8-sig"])
def test_what_windows_saved_is_read(encoding: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "error.txt"
    file.write_bytes(f"에러가 나요\r\n{ERROR}".encode(encoding))
    assert explain(str(file)) == 0
    assert "cannot-import-config.md" in capsys.readouterr().out


def test_a_binary_file_breaks_nothing() -> None:
    assert isinstance(decoded(bytes(range(256))), str)


def test_of_a_long_log_the_end_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "log").write_text("INFO: a request\n" * 100_000 + ERROR)
    assert explain(str(tmp_path / "log")) == 0
