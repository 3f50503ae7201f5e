"""A Korean section says from which English text it was written; whatever no longer fits is named."""

from pathlib import Path

from tests.translation.course import KOREAN, change, said, write_pair
from workbook.translation.pairs import Pair


def test_a_stale_section_is_named_and_no_other(pair: Pair) -> None:
    change(pair.english, "Where is it?", "Where can it be?")
    assert said(pair) == [
        "stale: lesson.ko.md:29: `시작하기` was written from another text than lesson.md:27 (#start_1) has now. "
        "Bring it up to date, then: workbook translation --accept lesson.ko.md#start_1"
    ]


def test_a_new_line_break_makes_nothing_stale(pair: Pair) -> None:
    change(pair.english, "It was here in the morning.", "It was here\nin the  morning.")
    assert said(pair) == []


def test_a_word_among_authors_makes_nothing_stale_and_a_comment_in_code_does(pair: Pair) -> None:
    change(pair.english, "It was here", "<!-- note: why the\nmorning -->\n\nIt was here")
    assert said(pair) == []
    change(pair.english, "the morning.", "the morning `<!-- stop -->`.")
    assert [each.partition(" ")[0] for each in said(pair)] == ["stale:"]


def test_a_new_goal_makes_the_first_section_stale(pair: Pair) -> None:
    change(pair.english, "goal: You find", "goal: You never find")
    assert [each.partition(" ")[0] for each in said(pair)] == ["stale:"]


def test_a_renamed_heading_is_named(pair: Pair) -> None:
    text = pair.english.read_text(encoding="utf-8")
    pair.english.write_text(text.replace("## Start\n\nRead", "## Search\n\nRead"), encoding="utf-8")
    named = "different: lesson.ko.md:{}: the comment names the section {}, and the heading at lesson.md:{} is `{}`. "
    way = "Translate the heading, then: workbook translation --accept lesson.ko.md#"
    assert [each for each in said(pair) if "names the section" in each] == [
        f"{named.format(14, 'start', 12, 'Search')}{way}search",
        f"{named.format(30, 'start_1', 27, 'Start')}{way}start",
    ]


def test_a_missing_section_comment_is_named(pair: Pair) -> None:
    text = pair.korean.read_text(encoding="utf-8").split("\n")
    pair.korean.write_text("\n".join(line for line in text if "section: start_1" not in line), encoding="utf-8")
    assert said(pair) == [
        "different: lesson.ko.md:29: `시작하기` has no section comment below it. "
        "Bring it up to date, then: workbook translation --accept lesson.ko.md#start_1"
    ]


def test_a_page_without_any_section_comment_is_one_finding(tmp_path: Path) -> None:
    [only] = said(write_pair(tmp_path))
    assert only.startswith("different: lesson.ko.md:1: no section says from which English text it was written.")


def test_a_section_comment_in_another_form_or_place_is_named(pair: Pair) -> None:
    change(pair.korean, "<!-- section: start ", "<!-- section: begin at ")
    assert "is not `section: slug hash`" in said(pair)[0]
    write_pair(pair.english.parents[2], korean=KOREAN + "\n<!-- section: start_1 12345678 -->\n")
    assert "stands directly below its heading" in said(pair)[0]
