"""The page about the notes names every heading of the notes, and says where each is taught."""

import re
from pathlib import Path

import pytest

from workbook.place import CLONE

LISTED = Path(__file__).with_name("notes_headings.txt").read_text(encoding="utf-8")
VERDICT = re.compile(r"\*(as the notes|changed since|corrected|part two, ch4?3?\d.*|not taught)\*|MySQL: here")


def rows(page: Path) -> list[tuple[str, str, list[str]]]:
    """The rows of the tables under `## … 000…`: the note's number, the heading, and the other cells."""
    found = []
    for section in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        number = re.search(r"\b(00\d)\b", section.partition("\n")[0])
        lines = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
        for heading, *cells in lines[1:] if number else ():
            if not heading.strip().startswith("*"):  # in italics, for what is no heading of the notes' own
                found.append((number.group(1), heading.strip(), cells))
    return found


@pytest.mark.parametrize("page", sorted(CLONE.glob("docs/**/notes.md")), ids=lambda page: page.parent.name)
def test_the_page_names_every_heading_of_the_notes_in_order(page: Path, tmp_path: Path) -> None:
    wanted = [tuple(line.split("\t")) for line in LISTED.splitlines() if not line.startswith("#")]
    assert [(note, heading) for note, heading, _cells in rows(page)] == wanted
    torn = tmp_path / "notes.md"
    torn.write_text(re.sub(r"^\| 커버리지 \|.*\n", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert len(rows(torn)) == len(wanted) - 1


def test_every_heading_has_a_place_and_a_verdict() -> None:
    for _note, heading, (place, judged) in rows(CLONE / "docs" / "notes.md"):
        assert place.strip(), heading
        assert VERDICT.search(judged), heading
        assert "*corrected*" not in judged or "lesson.md" in place, f"{heading}: no link to the lesson that shows it"
