"""`pytest chapters/ch02_…` runs that lesson and its mistakes, and fails with the page's line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson.course import SECOND, line_of, write_course
from tests.runner.test_replay import MISTAKE
from workbook.collect import shares

CONFTEST = """
from pathlib import Path
import pytest
from tests.runner.conftest import settings

pytest_plugins = ["workbook.collect"]

@pytest.fixture(scope="session")
def lesson_settings():
    return settings()
"""
CLONE = Path(__file__).parents[2]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    chapters = write_course(tmp_path / "chapters")
    (chapters / "ch01_fixture" / "mistakes").mkdir()
    (chapters / "ch01_fixture" / "mistakes" / "misspelt.md").write_text(MISTAKE.format(planted="hullo"))
    (tmp_path / "conftest.py").write_text(CONFTEST)
    return chapters


def run(course: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cacheprovider", "-v", *arguments]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(CLONE), "COLUMNS": "200"}
    done = subprocess.run(command, cwd=course.parent, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_chapters_pages_are_its_tests(course: Path) -> None:
    code, said = run(course, "chapters/ch01_fixture")
    assert code == 0, said
    assert "chapters/ch01_fixture/lesson.md::replay PASSED" in said
    assert "chapters/ch01_fixture/mistakes/misspelt.md::replay PASSED" in said
    assert "2 passed" in said


def test_a_failure_is_the_problem_and_no_traceback(course: Path) -> None:
    text = SECOND.replace("1 failed, 1 passed in", "1 failed, 2 passed in")
    write_course(course, text.replace("notes: nowhere", "nodes: nowhere"), text)
    code, said = run(course)
    assert code == 1
    assert "chapters/ch01_fixture/lesson.md:5: the front matter has an unknown key `nodes`." in said
    assert "Traceback" not in said


def test_a_changed_output_fails_its_own_lesson_only(course: Path) -> None:
    text = SECOND.replace("1 failed, 1 passed in", "1 failed, 2 passed in")
    (course / "ch02_fixture" / "lesson.md").write_text(text)
    code, said = run(course)
    assert code == 1
    assert "1 failed, 2 passed" in said
    assert f"chapters/ch02_fixture/lesson.md:{line_of(text, '1 failed, 2 passed')}: `python -m pytest" in said
    assert "expected: 1 failed, 2 passed in 0.01s" in said


@pytest.mark.parametrize(
    ("weights", "workers", "divided"),
    [
        ([1, 2, 3, 4, 5, 6], 2, [[6, 3, 2], [5, 4, 1]]),
        ([1, 1, 9, 1, 1], 2, [[9, 1], [1, 1, 1]]),
        ([3, 2, 1], 1, [[3, 2, 1]]),
        ([5], 2, [[], [5]]),
    ],
)
def test_pages_are_shared_out_by_weight(weights: list[int], workers: int, divided: list[list[int]]) -> None:
    assert shares(weights, workers, lambda weight: weight) == divided
