"""docs/reliability.md names tests that exist, and its Korean sister the same ones."""

import re
from pathlib import Path

import pytest

from tests.reliability.__main__ import PAGES, ROW, filled
from tests.reliability.test_faults import __file__ as faults
from workbook.place import TEMPLATE

OF_THE_TEMPLATE = re.compile(r"\| `(\S+\.py)::(test_\w+)` \|$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=["English", "Korean"])
def test_each_row_names_a_test_and_each_test_has_a_row(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert sorted(row["test"] for row in ROW.finditer(text)) == those_in(Path(faults))
    named = OF_THE_TEMPLATE.findall(text)
    assert len(named) > 5
    assert [(file, test) for file, test in named if test not in those_in(TEMPLATE / "app/tests" / file)] == []


def test_both_languages_have_the_same_rows_and_numbers() -> None:
    english, korean = (page.read_text(encoding="utf-8") for page in PAGES)

    assert OF_THE_TEMPLATE.findall(english) == OF_THE_TEMPLATE.findall(korean)
    assert [numbers(row) for row in ROW.finditer(english)] == [numbers(row) for row in ROW.finditer(korean)]


def test_numbers_are_written_in_their_order_and_what_comes_behind_stays() -> None:
    assert filled("Of 9 tried, 2 were lost: chapter 44.", {"asked": 2000, "lost": 0}) == (
        "Of 2000 tried, 0 were lost: chapter 44."
    )
    assert filled("Of 9 tried, 2 were lost.", None) == "Of 9 tried, 2 were lost."


def numbers(row: re.Match[str]) -> tuple[str, list[str], list[str]]:
    return row["test"], re.findall(r"\d+", row["plain"]), re.findall(r"\d+", row["ours"])


def those_in(file: Path) -> list[str]:
    return sorted(re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE))
