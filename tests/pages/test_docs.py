"""The page about the settings says what the code says; the one about the notes names every heading of theirs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE, TEMPLATE

PAGE = (CLONE / "docs/reference/settings.md").read_text(encoding="utf-8")
ASK = """
import json
from app.configs.base_config import Config
from app.configs.tortoise_config import SESSION_SETTINGS, TORTOISE_ORM
fields = {name: [field.annotation.__name__, str(field.default)] for name, field in Config.model_fields.items()}
login = {name: str(value) for name, value in TORTOISE_ORM["connections"]["default"]["credentials"].items()}
print(json.dumps([fields, login, SESSION_SETTINGS]))
"""
LISTED = Path(__file__).with_name("notes_headings.txt").read_text(encoding="utf-8")
VERDICT = re.compile(r"\*(as the notes|changed since|corrected|part two, ch4?3?\d.*|not taught)\*|MySQL: here")


def rows(heading: str, page: str = PAGE) -> dict[str, list[str]]:
    """The first table below a heading, by its first column, without its last; backticks taken off each cell."""
    table = page.split(f"\n## {heading}\n")[1].partition("|")[2].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]
    return {row[0]: row[1:-1] for row in cells}


def test_every_setting_has_its_row_and_a_wrong_one_is_noticed() -> None:
    # In a process of its own: the template's package is named `app`.
    done = subprocess.run([sys.executable, "-Bc", ASK], env={}, capture_output=True, text=True, cwd=TEMPLATE)
    assert done.returncode == 0, done.stderr
    fields, login, session = json.loads(done.stdout)
    assert rows("The application's settings") == fields
    assert rows("The application's settings", PAGE.replace("| `3306` |", "| `3307` |")) != fields
    places = {"host", "port", "user", "password", "database", "maxsize", "ssl", "init_command"}
    fixed = {name: value for name, value in login.items() if name not in places} | {"client_flag": "FOUND_ROWS"}
    fixed |= {name: value for name, value in re.findall(r"(\w+) = ('[^']*'|\d+)", session) if name != "time_zone"}
    assert rows("Fixed in the code") == {name: [value] for name, value in fixed.items()}


def test_every_variable_of_the_workbook_and_of_make_is_on_the_page() -> None:
    sources = [*(CLONE / "workbook").rglob("*.py"), CLONE / "conftest.py"]
    used = set(re.findall(r'"(WORKBOOK_[A-Z_]+)"', "\n".join(path.read_text(encoding="utf-8") for path in sources)))
    used -= set(
        re.findall(r"WORKBOOK_\w+", (CLONE / "workbook/student/probe/workbook_plugin.py").read_text("utf-8"))
    )  # its own words
    assert used >= {"WORKBOOK_MYSQL", "WORKBOOK_LANG"}
    assert {name for name in used if f"`{name}`" not in PAGE} == set()
    named = re.findall(r"^#   ([A-Z]+) ", (CLONE / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(rows("Variables of make")) == sorted(named)


def headings(page: str) -> list[tuple[str, str, list[str]]]:
    """The rows of the tables under `## … 000…`: the note's number, the heading, and the other cells."""
    found = []
    for section in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        number = re.search(r"\b(00\d)\b", section.partition("\n")[0])
        lines = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")]
        for heading, *cells in lines[1:] if number else ():
            if not heading.strip().startswith("*"):  # in italics, for what is no heading of the notes' own
                found.append((number.group(1), heading.strip(), cells))
    return found


@pytest.mark.parametrize("page", sorted(CLONE.glob("docs/**/notes.md")), ids=lambda page: page.parent.name)
def test_the_page_names_every_heading_of_the_notes_in_order_with_a_place_and_a_verdict(page: Path) -> None:
    wanted = [tuple(line.split("\t")) for line in LISTED.splitlines() if not line.startswith("#")]
    text = page.read_text(encoding="utf-8")
    assert [(note, heading) for note, heading, _cells in headings(text)] == wanted
    torn = re.sub(r"^\| 커버리지 \|.*\n", "", text, flags=re.MULTILINE)
    assert len(headings(torn)) == len(wanted) - 1
    for _note, heading, (place, judged) in headings(text) if page.parent.name == "docs" else ():
        assert place.strip(), heading
        assert VERDICT.search(judged), heading
        assert "*corrected*" not in judged or "lesson.md" in place, f"{heading}: no link to the lesson that shows it"
