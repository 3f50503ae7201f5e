"""Each normaliser hides its kind of value, and nothing that a lesson means."""

import re
from pathlib import Path

import pytest

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
HTTP/1.1 200 OK
1 failed, 12 passed
| 8.5 |
Duplicate entry 'aB3' for key
class "CaseSensitiveCharField"
| CreateMeetingResponse |
https://tortoise.github.io/migration.html
""".splitlines()


def test_what_a_lesson_means_is_compared_as_it_is() -> None:
    assert normalise(MEANT) == MEANT


def test_a_table_is_laid_out_anew_when_a_value_was_hidden() -> None:
    short = ["+----+", "| url_code              |", "+-----------------------+", "| 7MIHUeqyp51SlIbp60aod |"]
    long = ["+----+", "| url_code               |", "+------------------------+", "| 7MIHUeqyp51SlIbp60aods |"]
    assert normalise(short) == normalise(long) == ["+-+", "|url_code|", "+-+", "|<url-code>|"]
    assert normalise(["+----+", "| id |"]) == ["+----+", "| id |"]


def test_the_page_for_authors_lists_every_normaliser() -> None:
    page = (Path(__file__).parents[2] / "docs" / "lesson-format.md").read_text(encoding="utf-8")
    section = page.partition("## Normalisers")[2].partition("\n## ")[0]
    listed = set(re.findall(r"^\| ([a-z-]+) \|", section, re.MULTILINE)) - {"name"}
    assert listed == {row.name for row in TABLE}
