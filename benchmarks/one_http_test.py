"""What one HTTP test of the template costs: rolled back (as the template does it), and with a new database each time.

A test posts a meeting through httpx and ASGITransport and looks for it in MySQL. Its cost is what pytest counts:
setup + call + teardown. One run is 100 tests in a process of their own; the runs alternate between the two ways. The
speed of a shared machine drifts, so each run also says what a fixed loop took just before it, the yardstick.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: the median test of each run in milliseconds, then the median of the runs. Exit 1 when a test failed.
"""

import argparse
import subprocess
import sys
import timeit
from collections import defaultdict
from pathlib import Path
from statistics import median

import pytest

from benchmarks.beginning import begin, enter_template, given
from workbook.place import TEMPLATE

BENCHMARKS = Path(__file__).parent
CASES = {"rollback": "cases/test_rollback.py", "new database": "cases/test_new_database.py"}


class Durations:
    """A pytest plugin that adds up the three phases of each test, in seconds."""

    def __init__(self) -> None:
        self.of: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.of[report.nodeid] += report.duration


def run_here(cases: str) -> int:
    """Run one file of cases with the template's conftest.py and settings, and print its median test."""
    enter_template()
    durations = Durations()
    options = ["-q", "--no-header", "--rootdir", str(TEMPLATE), "-c", "pyproject.toml", "-p", "no:cacheprovider"]
    failed = pytest.main([*options, "-p", "conftest", str(BENCHMARKS / cases)], plugins=[durations])
    print(f"median {median(durations.of.values()) * 1000:.3f} ms of {len(durations.of)} tests")
    return int(failed)


def run_apart(cases: str) -> float:
    """The same in a process of its own; gives the median in milliseconds."""
    command = [sys.executable, __file__, "--cases", cases]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    last = done.stdout.strip().splitlines()[-1:]
    if done.returncode != 0 or not last or not last[0].endswith("of 100 tests"):
        raise SystemExit(f"The tests of {cases} did not pass:\n{done.stdout}{done.stderr}")
    return float(last[0].split()[1])


def yardstick() -> float:
    """Milliseconds that a loop of a million additions takes now; the best of three."""
    return min(timeit.repeat("for number in range(1_000_000): total += number", "total = 0", number=1, repeat=3)) * 1000


def compare(runs: int) -> None:
    """Run both ways in turns, and print."""
    given()
    results: dict[str, list[float]] = {name: [] for name in CASES}
    for run in range(runs):
        print(f"run {run + 1}: yardstick {yardstick():.0f} ms", end="", flush=True)
        for name, cases in CASES.items():
            results[name].append(run_apart(cases))
            print(f", {name} {results[name][-1]:.2f} ms", end="", flush=True)
        print()
    for name, times in results.items():
        print(f"{name}: median {median(times):.2f} ms a test ({min(times):.2f} to {max(times):.2f})")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7, help="of 100 tests, for each of the two ways")
    parser.add_argument("--cases", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    begin(lambda: run_here(arguments.cases) if arguments.cases else compare(arguments.runs))
