"""The published commands of benchmarks/ begin: what they import is there, and without a MySQL they say what to do."""

import os
import subprocess
import sys

import pytest

from workbook.mysql import free_port
from workbook.place import CLONE, TEMPLATE

pytestmark = pytest.mark.slow

BENCHMARKS = CLONE / "benchmarks"
ASK_THE_TEMPLATES = sorted(file for file in BENCHMARKS.glob("*.py") if "enter_template()\n" in file.read_text())


def run(*command: object) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": str(free_port()), "PATH": os.devnull}
    words = [sys.executable, *map(str, command)]
    return subprocess.run(words, cwd=TEMPLATE, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "file", [*ASK_THE_TEMPLATES, BENCHMARKS / "migrations_compared.py"], ids=lambda file: file.stem
)
def test_a_benchmark_without_what_it_needs_ends_in_a_sentence(file: object) -> None:
    done = run(file)
    assert done.returncode == 1, done.stderr
    assert "This benchmark needs `wrk`" in done.stderr or "A benchmark needs a MySQL that runs." in done.stderr
    assert "Traceback" not in done.stderr


def test_the_cases_of_a_benchmark_are_collected() -> None:
    done = run("-m", "pytest", "--collect-only", "-q", "-p", "conftest", "-c", "pyproject.toml", BENCHMARKS / "cases")
    assert "200 tests collected" in done.stdout, done.stdout
