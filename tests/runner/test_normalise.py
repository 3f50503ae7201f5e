"""Each normaliser hides its kind of value, and nothing that a lesson means."""

import re

import pytest

from workbook.place import CLONE
from workbook.runner.compare import TABLE, Normaliser, normalise


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.name}-{row.example[:20]}")
def test_each_row_does_what_its_example_says(row: Normaliser) -> None:
    assert re.sub(row.pattern, row.becomes, row.example) == row.hidden
    assert re.sub(row.pattern, row.becomes, row.hidden) == row.hidden, "a placeholder is not normalised again"


MEANT = """
E       assert 404 == 200
{"start_date":"2026-01-05"}
MYSQL_CONNECT_TIMEOUT: 5s
tortoise-orm==1.1.9
fastapi 0.165.0
1 failed, 12 passed
| 8.5 |
Duplicate entry 'aB3' for key
class "CaseSensitiveCharField"
| CreateMeetingResponse |
https://tortoise.github.io/migration.html
""".splitlines()


def test_what_a_lesson_means_is_compared_as_it_is_and_a_table_laid_out_anew_when_a_value_was_hidden() -> None:
    assert normalise(MEANT) == MEANT
    short = ["+----+", "| url_code              |", "+-----------------------+", "| 7MIHUeqyp51SlIbp60aod |"]
    long = ["+----+", "| url_code               |", "+------------------------+", "| 7MIHUeqyp51SlIbp60aods |"]
    assert normalise(short) == normalise(long) == ["+-+", "|url_code|", "+-+", "|<url-code>|"]


def test_the_page_for_authors_lists_every_normaliser() -> None:
    page = (CLONE / "docs" / "lesson-format.md").read_text(encoding="utf-8")
    section = page.partition("## Normalisers")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| ([a-z-]+) \|", section, re.MULTILINE)) - {"name"} == {row.name for row in TABLE}
