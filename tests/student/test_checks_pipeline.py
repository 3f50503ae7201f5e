"""A workflow that is green and says little: each thing that it does not notice is named, and nothing else."""

import re
from pathlib import Path

from tests.student.conftest import ProjectAt
from tests.student.judging import missing, verdicts
from tests.student.planting import TEST_STEP, WORKFLOW
from workbook.student import gitrepo

LIVES_IN_UTC = """
from datetime import UTC, datetime


def test_the_clock() -> None:
    assert datetime.now().hour == datetime.now(UTC).hour
"""


def test_what_a_green_workflow_does_not_notice_is_named(project_at: ProjectAt) -> None:
    root = project_at("ch37")
    change(root / WORKFLOW, re.escape(TEST_STEP), TEST_STEP + "        continue-on-error: true\n")
    change(root / WORKFLOW, r"      - name: Look for a change(.|\n)+?\n\n", "")
    change(root / "pyproject.toml", r"\[tool\.coverage(.|\n)+?\n(\n|$)", "")
    change(root / "app/tests/test_database.py", r"async def test_the_migrations_build_what(.|\n)+?\n\n\n", "")
    (root / "app/tests/test_clock.py").write_text(LIVES_IN_UTC)
    gitrepo.commit_all(root, "Green, and blind")

    found = missing(verdicts(root, "ch37"))

    assert found.keys() == {
        "red_tests_are_red",
        "forgotten_migration_is_red",
        "coverage_is_of_the_application",
        "any_clock_will_do",
    }
    assert "the step “Run the tests” stays green" in found["red_tests_are_red"][0]
    assert "counts the tests themselves" in found["coverage_is_of_the_application"][0]
    assert found["any_clock_will_do"][0].startswith(
        "app/tests/test_clock.py::test_the_clock passes on a machine in UTC"
    )


def change(file: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, file.read_text())
    assert count >= 1, pattern
    file.write_text(text)
