"""A contract takes the lesson's own run of all tests for its own, and only where it would be the same run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lesson.course import SECOND
from tests.runner.conftest import Run
from tests.runner.test_contract import HEAD, RED, RED_LINE, broken, second

COUNT = "from pathlib import Path\n\nwith Path.home().joinpath('runs').open('a') as runs:\n    print(file=runs)\n\n"
"""Each run of the tests leaves a line outside the project."""
TYPED = "$ python -m pytest -q -p no:asyncio\n"
GREEN = TYPED + "..                                                                       [100%]\n2 passed in 0.01s\n"
assert SECOND.count(GREEN) == 1

Runs = Callable[[str], int]


@pytest.fixture
def runs(run: Run, tmp_path: Path) -> Runs:
    """How often the fixture's second chapter runs its tests; it types two runs, and has two contracts."""

    def count(text: str) -> int:
        run(second=text.replace("from greet", COUNT + "from greet", 1))
        (file,) = tmp_path.glob("*/student/runs")
        return len(file.read_text().splitlines())

    return count


def test_the_lessons_own_runs_of_all_tests_are_not_repeated(runs: Runs) -> None:
    seen = "$ env | grep -E 'PYTHONPATH|PYTEST|WORKBOOK' || true\n"
    assert runs(SECOND.replace(GREEN, seen + GREEN + seen)) == 2


@pytest.mark.parametrize(
    ("typed", "passed"),
    [
        (TYPED.replace("-q", "-q test_greet.py"), "...\n2 passed in 0.01s\n"),
        (TYPED.replace("-q", "-q -k by_name"), "...\n1 passed, 1 deselected in 0.01s\n"),
        (TYPED.replace("-q", "-q -x"), "...\n2 passed in 0.01s\n"),
        (TYPED.replace("-q", "--collect-only -q"), "...\n"),
        (TYPED.replace("\n", " && true\n"), "...\n2 passed in 0.01s\n"),
        (TYPED.replace("$ ", "$ TZ=Asia/Seoul "), "...\n2 passed in 0.01s\n"),
        ("$ export PYTHONPATH=.\n" + TYPED + "...\n2 passed in 0.01s\n", ""),
        (TYPED.replace("$ ", "$ PYTEST_ADDOPTS=--no-header "), "...\n2 passed in 0.01s\n"),
        ("$ true\n$ cd .git\n" + TYPED.replace("-q", "-q ..") + "...\n2 passed in 0.01s\n$ cd ..\n", ""),
    ],
    ids=[
        "a file",
        "a choice",
        "stops early",
        "collects",
        "more",
        "another environment",
        "another path",
        "other options",
        "elsewhere",
    ],
)
def test_a_run_of_another_kind_is_not_taken(runs: Runs, typed: str, passed: str) -> None:
    assert runs(SECOND.replace(GREEN, typed + passed)) == 3


@pytest.mark.parametrize(
    "later",
    [
        '```\n\n```text title="more.txt"\nA file that came after the run.\n```\n\n```console\n',
        '$ echo NAME=you > .env\n```\n\n```text title=".env"\nNAME=you\n```\n\n```console\n',
    ],
    ids=["a new file", "an ignored one"],
)
def test_a_run_on_an_older_state_is_not_taken(runs: Runs, later: str) -> None:
    assert runs(SECOND.replace(GREEN, GREEN + later)) == 3


def test_a_run_that_changes_the_project_is_not_taken(runs: Runs) -> None:
    assert runs(SECOND.replace(GREEN, TYPED.rstrip("\n") + " > said.txt\n$ rm said.txt\n")) == 3


def test_a_state_that_comes_back_takes_its_own_run(runs: Runs) -> None:
    there = '```\n\n```text title="more.txt"\nAn experiment.\n```\n\n```console\n'
    assert runs(SECOND.replace(GREEN, GREEN + there + TYPED + "...\n2 passed in 0.01s\n$ rm more.txt\n")) == 3


def test_the_report_of_an_own_run_is_judged_like_any_other(run: Run) -> None:
    error = broken(run, second(HEAD + RED.replace("hello you", "good day")))
    assert error.line == RED_LINE
    assert "fails for another reason" in error.what


def test_a_pytest_that_a_test_starts_does_not_write_into_the_report(run: Run) -> None:
    nested = (
        HEAD
        + RED
        + (
            "\n\ndef test_other(tmp_path) -> None:\n"
            "    import subprocess, sys\n\n"
            "    (tmp_path / 'test_inner.py').write_text('def test_inner(): assert False')\n"
            "    assert subprocess.run([sys.executable, '-m', 'pytest', str(tmp_path)]).returncode == 1\n"
        )
    )
    run(second=second(nested))
