"""Each way in which two pages may not differ is planted, and named with its line and what to do."""

from pathlib import Path

import pytest

from tests.translation.course import change, said, write_accepted, write_pair
from workbook.translation.pairs import Pair


def test_pages_in_step_are_in_step(pair: Pair) -> None:
    assert said(pair) == []
    assert pair.korean.read_text(encoding="utf-8").count("<!-- section: start_1 ") == 1


def test_a_changed_fence_is_named(pair: Pair) -> None:
    change(pair.english, "nothing", "a hat")
    assert said(pair) == [
        "different: lesson.ko.md:19: this fence in `시작하기` is not that of lesson.md:17. "
        "Copy it: workbook translation --sync."
    ]


def test_another_comment_of_the_machine_is_named(pair: Pair) -> None:
    change(pair.english, "exit: 1", "exit: 2")
    change(pair.english, "<!-- stop -->\n", "")
    assert said(pair) == [
        "different: lesson.ko.md:19: the comments in `시작하기` are `exit: 1`, and `exit: 2` at lesson.md:17. "
        "Copy them: workbook translation --sync.",
        "different: lesson.ko.md:29: 2 fences and machine comments in `시작하기`, and 1 in English. "
        "Take them from lesson.md:27.",
    ]


@pytest.mark.parametrize("stamped", [True, False])
def test_a_missing_heading_is_named(stamped: bool, tmp_path: Path) -> None:
    pair = write_accepted(tmp_path) if stamped else write_pair(tmp_path)
    change(pair.english, "## Start\n", "## Before\n\nA look into the mirror.\n\n## Start\n")
    line, heading = (13, "## Before` of lesson.md:12") if stamped else (27, "## Start` of lesson.md:31")
    [only] = [each for each in said(pair) if "heading" in each]
    assert only.startswith(f"different: lesson.ko.md:{line}: the heading `{heading} is missing here")


def test_a_heading_too_many_is_named(pair: Pair) -> None:
    change(pair.english, "## Start\n", "")
    assert "different: lesson.ko.md:29: the headings are not those of the English page; `## 시작하기`" in said(pair)[0]


def test_a_missing_link_is_named_as_it_is_written_in_korean(pair: Pair) -> None:
    change(pair.korean, "[32장](../ch32_mysql/lesson.ko.md)", "32장")
    change(pair.korean, "[지도](../../docs/ko/map.md)", "지도")
    assert said(pair) == [
        "different: lesson.ko.md:13: `시작하기` lacks the link of lesson.md:14. "
        "Here it is written ../ch32_mysql/lesson.ko.md.",
        "different: lesson.ko.md:13: `시작하기` lacks the link of lesson.md:14. "
        "Here it is written ../../docs/ko/map.md.",
    ]


def test_a_link_to_the_english_page_is_named(pair: Pair) -> None:
    change(pair.korean, "no-hat.ko.md#the-cure", "no-hat.md#the-cure")
    [first, *_] = said(pair)
    assert first == (
        "different: lesson.ko.md:16: `mistakes/no-hat.md#the-cure` leads to the English page. "
        "Write mistakes/no-hat.ko.md#the-cure."
    )


def test_another_link_is_named(pair: Pair) -> None:
    change(pair.korean, "example.org/hats", "example.org/shoes")
    assert said(pair)[-1].startswith("different: lesson.ko.md:16: `https://example.org/shoes` is a link that")


def test_an_untranslated_section_is_named(pair: Pair) -> None:
    change(pair.korean, "아침에는 여기 있었어요.", "It was here in the morning.")
    assert said(pair) == ["different: lesson.ko.md:8: `모자` (#the-hat) has no Korean text. Translate the section."]


def test_an_untranslated_paragraph_in_a_translated_section_is_named(pair: Pair) -> None:
    long = "This is a sentence that somebody forgot to put into Korean, alas."
    change(pair.korean, "아침에는 여기 있었어요.", f"아침에는 여기 있었어요.\n\n{long}")
    [only] = said(pair)
    assert only.startswith("different: lesson.ko.md:13: this paragraph of `모자` has no Korean word.")


def test_emphasis_that_does_not_close_before_a_particle_is_named(pair: Pair) -> None:
    change(pair.korean, "여기 있었어요.", "**`여기`**에 *있었어요(정말로)*라고 했어요.")
    [only] = said(pair)
    assert only.startswith("different: lesson.ko.md:11: in this paragraph of `모자` stars stay visible")
    change(pair.korean, "**`여기`**에 *있었어요(정말로)*라고", "**`여기`에** *있었어요*라고")
    assert said(pair) == []


def test_english_code_and_names_are_no_untranslated_text(pair: Pair) -> None:
    shown = "`this is a line of code with more than eight words in it`"
    change(pair.korean, "아침에는 여기 있었어요.", f"아침에는 여기 있었어요.\n\n{shown}\n\nFastAPI, Tortoise ORM")
    assert said(pair) == []


def test_front_matter_that_must_be_the_same_is_the_same(pair: Pair) -> None:
    change(pair.korean, "left_out: [uv.lock]", "left_out: [poetry.lock]\nred: {}")
    change(pair.korean, 'notes: "001, 모자 부분"\n', "")
    assert said(pair) == [
        "different: lesson.ko.md:1: the front matter has no `notes`, and the English one has. Translate it.",
        "different: lesson.ko.md:4: `left_out` is ['poetry.lock'], and in English ['uv.lock']. "
        "Copy it: workbook translation --sync.",
        "different: lesson.ko.md:5: the English front matter has no `red`. Take it out here.",
    ]


def test_an_untranslated_goal_is_named(pair: Pair) -> None:
    change(pair.korean, "goal: 모자를 다시 찾아요.", "goal: You find the hat again.")
    assert said(pair) == ["different: lesson.ko.md:3: `goal` has no Korean word. Translate it."]


def test_a_row_or_an_answer_too_few_is_named(pair: Pair) -> None:
    change(pair.korean, "| 선반 | 신발 |\n", "")
    change(pair.korean, "<details><summary>정답</summary>머리 위에 있어요.</details>\n", "")
    assert [each.partition(" have")[0].partition(" has")[0] for each in said(pair)] == [
        "different: lesson.ko.md:13: the tables in `시작하기`",
        "different: lesson.ko.md:28: `시작하기`",
    ]
