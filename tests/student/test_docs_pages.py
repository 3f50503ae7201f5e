"""What the site's own pages show of `workbook` is what it prints, in English and in Korean."""

import difflib
import re
from pathlib import Path

import pytest

from tests.student.docs_pages import language_of, play, showing
from workbook.place import CLONE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("page", showing(), ids=lambda page: page.relative_to(CLONE / "docs").as_posix())
def test_a_page_shows_what_the_workbook_prints_and_a_changed_output_is_noticed(page: Path, tmp_path: Path) -> None:
    wanted = page.read_text(encoding="utf-8")
    # In a copy `workbook` prints a line more: it must go.
    planted = re.sub(r"^(\$ workbook (?:start|new) .*\n)", r"\1planted\n", wanted, count=1, flags=re.MULTILINE)
    assert planted != wanted
    copy = tmp_path / page.name
    copy.write_text(planted, encoding="utf-8")

    play(copy, language_of(page))

    changed = difflib.unified_diff(wanted.splitlines(), copy.read_text(encoding="utf-8").splitlines(), lineterm="", n=1)
    assert "\n".join(changed) == "", f"{page}: python -m tests.student.docs_pages"
