"""The page about the notes names every heading of the notes, and says where each is taught."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob("docs/**/notes.md"))


def headings() -> dict[str, list[str]]:
    """The committed list, by the note's number."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "tests/website/notes_headings.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            note, heading = line.split("\t")
            found.setdefault(note, []).append(heading)
    return found


def rows(page: str) -> dict[str, list[list[str]]]:
    """The rows of the tables under `## … 000…`, by the note's number; a heading in italics is not the notes' own."""
    found: dict[str, list[list[str]]] = {}
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        title, _, body = section.partition("\n")
        if number := re.search(r"\b(00\d)\b", title):
            lines = [line.strip("|") for line in body.splitlines() if line.startswith("| ")]
            cells = [[cell.strip() for cell in line.split(" | ")] for line in lines]
            found[number.group(1)] = [row for row in cells[1:] if not row[0].startswith("*")]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_page_names_every_heading_of_the_notes_in_order(page: Path) -> None:
    named = {note: [row[0] for row in table] for note, table in rows(page.read_text(encoding="utf-8")).items()}

    assert named == headings()


def test_every_heading_has_a_place_and_a_verdict() -> None:
    page = (ROOT / "docs/notes.md").read_text(encoding="utf-8")
    verdict = re.compile(r"\*(as the notes|changed since|corrected|part two, ch4?3?\d.*|not taught)\*|MySQL: here")

    for table in rows(page).values():
        for heading, place, judged in table:
            assert place, heading
            assert verdict.search(judged), f"{heading}: {judged}"
            if "*corrected*" in judged:
                assert "lesson.md" in place, f"{heading}: corrected without a link to the lesson that shows it"


def test_a_row_that_is_left_out_is_noticed() -> None:
    page = (ROOT / "docs/notes.md").read_text(encoding="utf-8")
    torn = "".join(line for line in page.splitlines(keepends=True) if not line.startswith("| 커버리지 |"))

    before, after = rows(page)["002"], rows(torn)["002"]

    assert [row for row in before if row not in after] == [row for row in before if row[0] == "커버리지"]
    assert len(after) == len(before) - 1
