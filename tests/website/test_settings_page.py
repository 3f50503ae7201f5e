"""The page about the settings says what the code says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template_app"
PAGE = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")

ASK = """
import json
from app.configs.base_config import Config
from app.configs.tortoise_config import SESSION_SETTINGS, TORTOISE_ORM
print(json.dumps({
    "fields": {name: [field.annotation.__name__, str(field.default)] for name, field in Config.model_fields.items()},
    "credentials": {name: str(value) for name, value in TORTOISE_ORM["connections"]["default"]["credentials"].items()},
    "session": SESSION_SETTINGS,
    "timezone": TORTOISE_ORM["timezone"],
}))
"""


@pytest.fixture(scope="module")
def code() -> dict:
    """What the template's own modules say, asked in a process of its own: its package is named `app`."""
    environment = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(TEMPLATE)}
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows(heading: str, page: str = PAGE) -> list[list[str]]:
    """The first table below a heading, without its own two lines; backticks taken off each cell."""
    section = page.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    table = section[section.index("|") :].split("\n\n")[0]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_every_setting_has_its_row_with_type_and_default(code: dict) -> None:
    described = {name: [kind, default] for name, kind, default, _ in rows("The application's settings")}

    assert described == code["fields"]


def test_the_fixed_values_are_those_of_the_code(code: dict) -> None:
    places = {"host", "port", "user", "password", "database", "init_command"}
    session = dict(re.findall(r"(\w+) = ('[^']*'|\d+)", code["session"]))
    fixed = {name: value for name, value in code["credentials"].items() if name not in places}
    fixed["client_flag"] = "FOUND_ROWS" if fixed["client_flag"] == "2" else fixed["client_flag"]

    assert {row[0]: row[1] for row in rows("Fixed in the code")} == fixed | session | {"timezone": code["timezone"]}


def test_every_variable_of_the_workbook_is_on_the_page() -> None:
    sources = [*(ROOT / "workbook").rglob("*.py"), ROOT / "conftest.py"]
    used = set(re.findall(r'"(WORKBOOK_[A-Z_]+)"', "\n".join(path.read_text(encoding="utf-8") for path in sources)))

    assert used >= {"WORKBOOK_MYSQL", "WORKBOOK_LANG", "WORKBOOK_HOME", "WORKBOOK_TEST_SERVER"}
    assert {name for name in used if f"`{name}`" not in PAGE} == set()


def test_every_variable_of_the_makefile_is_on_the_page() -> None:
    named = re.findall(r"^#   ([A-Z]+) ", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert sorted(row[0] for row in rows("Variables of make")) == sorted(named)


def test_a_default_that_is_wrong_on_the_page_is_noticed(code: dict) -> None:
    torn = PAGE.replace("| `int` | `3306` |", "| `int` | `3307` |")
    assert torn != PAGE

    described = {name: [kind, default] for name, kind, default, _ in rows("The application's settings", torn)}

    assert described != code["fields"]
