"""`--accept` writes the section comments, `--sync` and the authors' verbs copy fences, and neither does more."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.pages.course import ENGLISH, KOREAN, change, said, write_accepted, write_pair
from workbook.authoring import app as authoring
from workbook.lesson.errors import LessonError
from workbook.pages.translation.sync import accept, sync, translation
from workbook.say import Problem


def test_accepting_a_page_writes_its_comments_and_nothing_else(tmp_path: Path) -> None:
    pair = write_accepted(tmp_path)
    text = pair.korean.read_text(encoding="utf-8")
    assert "".join(line for line in text.splitlines(keepends=True) if "section:" not in line) == KOREAN
    assert said(pair) == []
    assert accept(str(pair.english), tmp_path)[1] == 0, "what is accepted already is left as it is"
    assert pair.korean.read_text(encoding="utf-8") == text


def test_accepting_one_section_leaves_the_others_stale(tmp_path: Path) -> None:
    pair = write_accepted(tmp_path)
    change(pair.english, "morning", "evening")
    change(pair.english, "Where is", "Where was")
    accept(f"{pair.korean}#start_1", tmp_path)
    assert [each.partition(":8: ")[0] for each in said(pair)] == ["lesson.ko.md"]
    accept(f"{pair.korean}#the-hat", tmp_path)
    assert said(pair) == []


def test_what_cannot_be_accepted_is_one_sentence_and_nothing_is_written(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, korean=KOREAN.replace("[설명서](https://example.org/hats)", "설명서"))
    for wish, sentence in {
        str(pair.korean): r"is not accepted: it differs from .* in more than words",
        "README.md": r"README\.md is no page in two languages\.",
        f"{pair.korean}#nowhere": r"and no nowhere\.",
    }.items():
        with pytest.raises(Problem, match=sentence):
            accept(wish, tmp_path)
    assert "section:" not in pair.korean.read_text(encoding="utf-8")
    assert accept(f"{pair.korean}#start_1", tmp_path)[1] == 1, "another section may be accepted"
    pair.korean.unlink()
    with pytest.raises(Problem, match="is no page in two languages"):
        accept(str(pair.english), tmp_path)


def test_what_is_the_same_in_both_is_copied_and_the_korean_words_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = write_accepted(tmp_path)
    wanted = pair.korean.read_text(encoding="utf-8")
    for old, new in {
        "exit: 1": "exit: 2",
        "nothing\n": "a hat\nand a scarf\n",
        "left_out: [uv.lock]\n": "left_out:\n  - uv.lock\n  - poetry.lock\n",
    }.items():
        change(pair.english, old, new)
        wanted = wanted.replace(old, new)
    assert translation(copy=True, root=tmp_path) == 0
    assert "fences copied:" in capsys.readouterr().out
    assert pair.korean.read_text(encoding="utf-8") == wanted
    assert sync(pair) is False


def test_fences_are_not_copied_into_a_section_that_has_others(tmp_path: Path) -> None:
    pair = write_accepted(tmp_path)
    before = pair.korean.read_text(encoding="utf-8")
    change(pair.english, "<!-- stop -->", "<!-- stop -->\n\n```text\nnew\n```")
    with pytest.raises(LessonError, match="the fences cannot be copied"):
        sync(pair)
    assert pair.korean.read_text(encoding="utf-8") == before


def test_bump_reaches_the_korean_page_or_says_why_not(tmp_path: Path) -> None:
    def bump(version: str) -> str:
        return CliRunner().invoke(authoring, ["bump", "hat", version, "--chapters", str(tmp_path / "chapters")]).output

    pages = (each.replace("find hat", "uv add hat==1.2") for each in (ENGLISH, KOREAN))
    pair = write_pair(tmp_path, *pages)
    (tmp_path / "chapters" / "versions.toml").write_text('[versions]\nhat = "1.2"\n')
    assert "lesson.ko.md" in bump("1.3")
    assert "hat==1.3" in pair.korean.read_text(encoding="utf-8")
    change(pair.korean, "## 시작하기\n", "")
    assert "the fences cannot be copied" in bump("1.4")
