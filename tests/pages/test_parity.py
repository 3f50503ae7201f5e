"""Every page is in step with its Korean; each way in which two may not differ is planted, and named with its line."""

from pathlib import Path

import markdown
import pytest

from tests.pages.course import ENGLISH, KOREAN, change, said, write_accepted, write_pair
from workbook.pages.translation import Pair, orphans, pairs
from workbook.pages.translation.page import read_page
from workbook.pages.translation.parity import findings_of
from workbook.pages.translation.sync import accept, translation
from workbook.place import CLONE

PAIRS = pairs()


def name(pair: Pair) -> str:
    return pair.english.relative_to(CLONE).as_posix()


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_a_page_is_in_step_with_its_korean_and_its_slugs_are_those_that_mkdocs_gives(pair: Pair) -> None:
    assert pair.korean.exists(), f"write {pair.korean.relative_to(CLONE)}"
    assert "\n".join(map(str, findings_of(pair, CLONE))) == ""
    if pair.english.suffix != ".md":
        return
    text = pair.english.read_text(encoding="utf-8")
    body = text.split("\n---\n", 1)[1] if text.startswith("---\n") else text
    converter = markdown.Markdown(extensions=["toc", "tables", "attr_list", "admonition", "pymdownx.superfences"])
    converter.convert(body)
    assert [section.slug for section in read_page(pair.english)] == flat(converter.toc_tokens)


def flat(tokens: list[dict[str, object]]) -> list[str]:
    return [slug for each in tokens for slug in (str(each["id"]), *flat(each["children"]))]  # type: ignore[arg-type]


def test_no_korean_page_stands_alone() -> None:
    assert orphans() == []


LONG = "This is a sentence that somebody forgot to put into Korean, alas."

# The page, what it has and what is put in its place, and the beginning of what is said.
FAULTS = [
    ("english", "nothing", "a hat", "22: here is the fence `nothing`, and lesson.md:20 has the fence `a hat`"),
    ("english", "```console", "```text", "20: here is the fence ````console`, and lesson.md:18 has the fence"),
    ("english", "exit: 1", "exit: 2", "19: here is the comment `exit: 1`, and lesson.md:17 has the comment"),
    ("english", "<!-- stop -->\n", "", "37: here is the comment `stop`, and lesson.md:36 has the fold"),
    ("korean", "```console\n$ find hat\nnothing\n```\n", "", "21: here is the row `<tr>`, and lesson.md:18 has the"),
    ("korean", "| 선반 | 신발 |\n", "", "25: here is the end `no more`, and lesson.md:25 has the row `<tr>`"),
    ("korean", "<details><summary>정답</summary>머리 위에 있어요.</details>", "", "37: here is the end `no more`"),
    ("korean", "[uv.lock]", "[poetry.lock]", "5: here is the key `left_out: ['poetry.lock']`, and lesson.md:5"),
    ("korean", 'notes: "001, 모자 부분"\n', "", "2: here is the entry `title`, and lesson.md:4 has the entry"),
    ("korean", "goal: 모자를 다시 찾아요.", "goal: You find it.", "3: this text of `모자` has no Korean word."),
    ("korean", "title: 모자", ": [", "2: the front matter is not YAML"),
    ("korean", "[32장](../ch32_mysql/lesson.ko.md)", "32장", "13: the links of `시작하기` are not those of"),
    ("korean", "[지도](../../docs/ko/map.md)", "지도", "13: the links of `시작하기` are not those of"),
    ("korean", "no-hat.ko.md#the", "no-hat.md#the", "16: the links of `시작하기` are not those"),
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


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Both pages, in step."""
    return write_accepted(tmp_path)


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


@pytest.mark.parametrize(
    ("stamped", "new", "beginning"),
    [
        (True, "## Before\n\n## Start\n", "13: here is the heading `## start`, and lesson.md:12 has the heading `"),
        (False, "## Before\n\n## Start\n", "27: here is the end `no more`, and lesson.md:29 has the heading `##`"),
        (True, "", "29: here is the heading `## start_1`, and lesson.md:26 has the end"),
    ],
)
def test_a_heading_too_few_or_too_many_is_named(stamped: bool, new: str, beginning: str, tmp_path: Path) -> None:
    pair = write_accepted(tmp_path) if stamped else write_pair(tmp_path)
    change(pair.english, "## Start\n", new)
    (only,) = said(pair)
    assert only.startswith(f"lesson.ko.md:{beginning}")


def test_a_renamed_heading_and_a_missing_section_comment_make_the_section_stale(pair: Pair) -> None:
    change(pair.english, "## Start\n\nRead", "## Search\n\nRead")
    assert [each[:17] for each in said(pair)] == ["lesson.ko.md:13: ", "lesson.ko.md:29: "]
    lines = pair.korean.read_text(encoding="utf-8").split("\n")
    pair.korean.write_text("\n".join(line for line in lines if "section: start" not in line), encoding="utf-8")
    assert [each[:17] for each in said(pair)] == ["lesson.ko.md:13: ", "lesson.ko.md:28: "]


def test_a_page_without_korean_and_korean_without_a_page_are_named(
    pair: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    root = pair.english.parents[2]
    assert translation(root=root) == 0
    assert capsys.readouterr().out == "All 1 pages are in step.\n"
    (root / "docs" / "ko").mkdir(parents=True)
    (root / "docs" / "map.md").write_text(ENGLISH)
    (root / "docs" / "ko" / "mpa.md").write_text(KOREAN)
    assert translation(root=root) == 1
    missing, orphan = capsys.readouterr().out.splitlines()
    assert "map.md:1: there is no Korean page." in missing
    assert "mpa.md:1: there is no English page" in orphan


def test_a_page_of_the_site_lies_one_folder_deeper_in_korean(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "docs" / "map.md", tmp_path / "docs" / "ko" / "map.md")
    pair.korean.parent.mkdir(parents=True)
    pair.english.write_text("# Map\n\nSee [a](../README.md), [b](notes.md), ![one](img/a.svg) and [c](#map).\n")
    pair.korean.write_text("# 지도\n\n[a](../../README.md), [b](notes.md), ![하나](../img/a.svg), [c](#map)를 봐요.\n")
    assert accept(str(pair.korean), tmp_path)[1] == 1
    change(pair.korean, "(../../README.md), [b](notes.md)", "(../README.md), [b](../notes.md)")
    (finding,) = findings_of(pair, tmp_path)
    assert finding.ways == ("Too many: ../README.md, ../notes.md; lacking: ../../README.md, notes.md.",)
