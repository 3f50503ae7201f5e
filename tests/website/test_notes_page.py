"""The page about the notes names every heading of the notes, and leads to sections that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTES = ROOT.parent / "shared" / "notes"
PAGES = sorted(ROOT.glob("docs/**/notes.md"))

NO_NOTES = "the course's notes are not beside this repository, so the list of headings cannot be compared with them"

# Each note marks its headings in a way of its own; group 1 is the heading.
MARKS = {
    "000": (r"(\[.+\])$", r"#\s*(\S.*)$"),
    "001": (r"\s*##\s+(\S.*)$", r"#\s*([^#\s].*란\?)$"),
    "002": (r"(.+) #$",),
    "003": (r"#{1,3} (.+)$",),
    "004": (r"#{1,3} (.+)$", r'title: "(.+)"$'),
}


def headings() -> dict[str, list[str]]:
    """The committed list, by the note's number."""
    found: dict[str, list[str]] = {note: [] for note in MARKS}
    for line in (ROOT / "tests/website/notes_headings.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            note, heading = line.split("\t")
            found[note].append(heading)
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


def marked(note: str, text: str) -> list[str]:
    """What stands marked as a heading in a note's text, outside code."""
    lines, in_code = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            in_code = not in_code
        elif not in_code:
            lines.append(line)
    hits = (re.match(mark, line) for line in lines for mark in MARKS[note])
    return [hit.group(1).strip() for hit in hits if hit]


def slug(heading: str) -> str:
    return re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower())


def slugs(markdown: str) -> set[str]:
    return {slug(line.lstrip("#")) for line in markdown.splitlines() if re.match(r"#{1,4} ", line)}


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


def test_every_section_that_the_page_links_to_exists() -> None:
    page = (ROOT / "docs/notes.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]*)#([^)]+)\)", page)

    missing = [
        f"{path}#{fragment}"
        for path, fragment in links
        if fragment not in slugs((ROOT / "docs" / path).read_text(encoding="utf-8") if path else page)
    ]

    assert len(links) > 50
    assert missing == []


def test_a_row_that_is_left_out_is_noticed() -> None:
    page = (ROOT / "docs/notes.md").read_text(encoding="utf-8")
    torn = "".join(line for line in page.splitlines(keepends=True) if not line.startswith("| 커버리지 |"))

    before, after = rows(page)["002"], rows(torn)["002"]

    assert [row for row in before if row not in after] == [row for row in before if row[0] == "커버리지"]
    assert len(after) == len(before) - 1


@pytest.mark.skipif(not NOTES.is_dir(), reason=NO_NOTES)
@pytest.mark.parametrize("note", MARKS)
def test_the_list_holds_every_heading_of_the_notes(note: str) -> None:
    [path] = NOTES.glob(f"{note}_*.txt")
    text = path.read_text(encoding="utf-8")
    listed = headings()[note]

    assert [heading for heading in marked(note, text) if heading not in listed] == []
    # And nothing on the list is invented.
    lines = {line.strip().strip("#* ") for line in text.splitlines()} | {line.strip() for line in text.splitlines()}
    assert [heading for heading in listed if not any(heading in line for line in lines)] == []
