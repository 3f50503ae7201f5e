"""Every page is in step with its Korean; each way in which two may not differ is planted, named with its line, mended.

`--accept` writes the section comments, `--sync` and the authors' verbs copy fences, and neither does more.
"""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbook.authoring import app as authoring
from workbook.lesson.errors import LessonError
from workbook.pages.translation import Pair, orphans, pairs
from workbook.pages.translation.parity import findings_of
from workbook.pages.translation.sync import accept, sync, translation
from workbook.place import CLONE
from workbook.say import Problem

ENGLISH, KOREAN = (Path(__file__).with_name(name).read_text(encoding="utf-8") for name in ("hat.md", "hat.ko.md"))


@pytest.fixture
def plain(tmp_path: Path) -> Pair:
    """Both pages of a chapter, in step, without section comments."""
    (folder := tmp_path / "chapters" / "ch99_hat").mkdir(parents=True)
    pair = Pair(folder / "lesson.md", folder / "lesson.ko.md")
    pair.english.write_text(ENGLISH, encoding="utf-8")
    pair.korean.write_text(KOREAN, encoding="utf-8")
    return pair


@pytest.fixture
def pair(plain: Pair, tmp_path: Path) -> Pair:
    """Both pages, with section comments."""
    accept(str(plain.korean), tmp_path)
    return plain


def change(file: Path, old: str, new: str) -> None:
    """Replace the first occurrence of a text, which must be there."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def said(pair: Pair) -> list[str]:
    """What is not in step, with the files' names alone."""
    found = findings_of(pair, pair.english.parents[2])
    return [str(finding).replace(f"{pair.english.parent}/", "") for finding in found]


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.english.relative_to(CLONE).as_posix())
def test_a_page_is_in_step_with_its_korean(pair: Pair) -> None:
    assert pair.korean.exists(), f"write {pair.korean.relative_to(CLONE)}"
    assert "\n".join(map(str, findings_of(pair, CLONE))) == ""


def test_no_korean_page_stands_alone() -> None:
    assert orphans() == []


LONG = "This is a sentence that somebody forgot to put into Korean, alas."

LINKS = (
    "16: the links of `시작하기` are not those of lesson.md:12. "
    "Too many: mistakes/no-hat.md#the-cure; lacking: mistakes/no-hat.ko.md#the-cure."
)

# The page, what it has and what is put in its place, and the beginning of what is said.
FAULTS = [
    ("english", "nothing", "a hat", "22: here is the fence `nothing`, and lesson.md:20 has the fence `a hat`"),
    ("english", "```console", "```text", "20: here is the fence ````console`, and lesson.md:18 has the fence"),
    ("english", "exit: 1", "exit: 2", "19: here is the comment `exit: 1`, and lesson.md:17 has the comment"),
    ("english", "<!-- stop -->\n", "", "37: here is the comment `stop`, and lesson.md:36 has the fold"),
    ("english", "## Start\n", "## Before\n\n## Start\n", "13: here is the heading `## start`, and lesson.md:12 has"),
    ("english", "## Start\n", "", "29: here is the heading `## start_1`, and lesson.md:26 has the end"),
    ("korean", "| 선반 | 신발 |\n", "", "25: here is the end `no more`, and lesson.md:25 has the row `<tr>`"),
    ("korean", "<details><summary>정답</summary>머리 위에 있어요.</details>", "", "37: here is the end `no more`"),
    ("korean", "[uv.lock]", "[poetry.lock]", "5: here is the key `left_out: ['poetry.lock']`, and lesson.md:5"),
    ("korean", 'notes: "001, 모자 부분"\n', "", "2: here is the entry `title`, and lesson.md:4 has the entry"),
    ("korean", "goal: 모자를 다시 찾아요.", "goal: You find it.", "3: this text of `모자` has no Korean word."),
    ("korean", "title: 모자", ": [", "2: the front matter is not YAML"),
    ("korean", "[32장](../ch32_mysql/lesson.ko.md)", "32장", "13: the links of `시작하기` are not those of"),
    ("korean", "no-hat.ko.md#the", "no-hat.md#the", LINKS),
    ("korean", "[지도]", "[32장](../ch32_mysql/lesson.ko.md)과 [지도]", "16: the links of"),
    ("korean", "아침에는 여기 있었어요.", "It was here.", "8: `모자` (#the-hat) has no Korean text."),
    ("korean", "있었어요.", f"있었어요.\n\n{LONG}", "13: this text of `모자` has no Korean word. Translate it."),
    ("korean", "여기 있었어요.", "**`여기`**에 있었어요.", "11: stars stay visible in this paragraph of `모자`"),
    ("korean", "있을까요?", "있을까요?\n\n<!-- section: x 1 -->", "41: here is the comment `section: x 1`"),
    ("korean", "<!-- section: start ", "<!-- section: begin at ", "13: `시작하기` was not written from the text"),
    ("english", "Where is it?", "Where can it be?", "29: `시작하기` was not written from the text"),
    ("english", "goal: You find", "goal: You never find", "8: `모자` was not written from the text"),
    ("english", "the morning.", "the morning `<!-- stop -->`.", "8: `모자` was not written from the text"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "old", "new", "beginning"), FAULTS)
def test_a_fault_is_named_alone(language: str, old: str, new: str, beginning: str, pair: Pair) -> None:
    assert said(pair) == []
    change(getattr(pair, language), old, new)
    (only,) = said(pair)
    assert only.startswith(f"lesson.ko.md:{beginning}")


def test_what_is_no_fault(pair: Pair) -> None:
    change(pair.english, "It was here in the morning.", "<!-- note: why -->\n\nIt was here\nin the  morning.")
    code = "`a line of code with more than eight words in it`"
    change(pair.korean, "있었어요.", f"있었어요.\n\n{code}\n\nFastAPI, Tortoise ORM")
    assert said(pair) == []


def test_a_page_without_korean_and_korean_without_a_page_are_named(
    pair: Pair, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs" / "ko").mkdir(parents=True)
    (tmp_path / "docs" / "map.md").write_text(ENGLISH)
    (tmp_path / "docs" / "ko" / "mpa.md").write_text(KOREAN)
    assert translation(root=tmp_path) == 1
    missing, orphan = capsys.readouterr().out.splitlines()
    assert "map.md:1: there is no Korean page." in missing
    assert "mpa.md:1: there is no English page" in orphan


def test_accepting_writes_the_sections_comments_and_nothing_else(pair: Pair, tmp_path: Path) -> None:
    text = pair.korean.read_text(encoding="utf-8")
    assert "".join(line for line in text.splitlines(keepends=True) if "section:" not in line) == KOREAN
    change(pair.english, "morning", "evening")
    change(pair.english, "Where is", "Where was")
    assert accept(f"{pair.korean}#start_1", tmp_path)[1] == 1
    assert [each.partition(":8: ")[0] for each in said(pair)] == ["lesson.ko.md"], "the other one is still stale"
    assert accept(str(pair.english), tmp_path)[1] == 1
    assert said(pair) == []


def test_what_cannot_be_accepted_is_one_sentence_and_nothing_is_written(plain: Pair, tmp_path: Path) -> None:
    change(plain.korean, "[설명서](https://example.org/hats)", "설명서")
    for wish, sentence in {
        str(plain.korean): r"is not accepted: it differs from .* in more than words",
        "README.md": r"README\.md is no page in two languages\.",
        f"{plain.korean}#nowhere": r"and no nowhere\.",
    }.items():
        with pytest.raises(Problem, match=sentence):
            accept(wish, tmp_path)
    assert "section:" not in plain.korean.read_text(encoding="utf-8")
    assert accept(f"{plain.korean}#start_1", tmp_path)[1] == 1, "another section may be accepted"


def test_what_is_the_same_in_both_is_copied_and_the_korean_words_stay(pair: Pair, tmp_path: Path) -> None:
    wanted = pair.korean.read_text(encoding="utf-8")
    for old, new in {
        "exit: 1": "exit: 2",
        "nothing\n": "a hat\nand a scarf\n",
        "left_out: [uv.lock]\n": "left_out:\n  - uv.lock\n  - poetry.lock\n",
    }.items():
        change(pair.english, old, new)
        wanted = wanted.replace(old, new)
    assert translation(copy=True, root=tmp_path) == 0
    assert pair.korean.read_text(encoding="utf-8") == wanted
    assert sync(pair) is False
    change(pair.english, "<!-- stop -->", "<!-- stop -->\n\n```text\nnew\n```")
    with pytest.raises(LessonError, match="the fences cannot be copied"):
        sync(pair)
    assert pair.korean.read_text(encoding="utf-8") == wanted


def test_bump_reaches_the_korean_page_or_says_why_not(plain: Pair, tmp_path: Path) -> None:
    def bump(version: str) -> str:
        return CliRunner().invoke(authoring, ["bump", "hat", version, "--chapters", str(tmp_path / "chapters")]).output

    for file in (plain.english, plain.korean):
        change(file, "find hat", "uv add hat==1.2")
    (tmp_path / "chapters" / "versions.toml").write_text('[versions]\nhat = "1.2"\n')
    assert "lesson.ko.md" in bump("1.3")
    assert "hat==1.3" in plain.korean.read_text(encoding="utf-8")
    change(plain.korean, "## 시작하기\n", "")
    assert "the fences cannot be copied" in bump("1.4")


@pytest.mark.parametrize("block", ["$ cd hat\n$ {0}\n{1}", "$ {0}\n\n> {1}\n$ echo hat\nhat"])
def test_what_the_workbook_prints_is_korean_on_the_korean_page_and_what_is_typed_is_the_same(
    block: str, pair: Pair
) -> None:
    block = f"\n```console\n{block}\n```\n"
    with pair.english.open("a") as english, pair.korean.open("a") as korean:
        english.write(block.format("workbook ci", "The job passed."))
        korean.write(block.format("workbook ci", "잡이 통과했어요."))
    assert said(pair) == []
    assert not sync(pair)
    for old, new in (("$ workbook ci", "$ workbook"), ("$ workbook", "$ ls")):
        change(pair.korean, old, new)
        assert "fence" in said(pair)[0]
    change(pair.english, "$ workbook ci", "$ ls")
    assert "통과" in said(pair)[0], "what another program prints is the same"
