"""The red contract, on real runs of pytest: each way to break it is told apart."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lesson.course import SECOND, line_of
from tests.replay.conftest import Run
from workbook.lesson.errors import LessonError
from workbook.lesson.model import RedContract
from workbook.replay.contract import Phase, Report, broken
from workbook.replay.ground import INSIDE

OTHERWISE = SECOND.replace("because: assert", "because: assert 0 ==")
NO_LAST_RUN = SECOND[: SECOND.rindex("$ python -m pytest")] + SECOND[SECOND.rindex("$ git add") :]
STILL_RED = NO_LAST_RUN.replace('return f"hello {name}"', 'return "hello"  # you')


@pytest.mark.parametrize(
    ("text", "at", "said"),
    [
        (OTHERWISE, "ch02-red:", "ch02-red: test_greet.py::test_greets_by_name fails for another reason than"),
        (STILL_RED, '"Greet by name"', "ch02: test_greet.py::test_greets_by_name must pass, but it fails in call"),
    ],
)
def test_a_red_or_a_green_that_is_not_as_promised_is_refused(run: Run, text: str, at: str, said: str) -> None:
    with pytest.raises(LessonError, match=re.escape(said)) as error:
        run(second=text)
    assert error.value.line == line_of(text, at)


TESTS = """import pytest
@pytest.fixture
def broken(): assert 0
def test_passes(): pass
def test_fails(): assert 0, "boom"
def test_fails_before(broken): pass
def test_is_skipped(): pytest.skip("no")
@pytest.mark.xfail
def test_is_meant_to(): assert 0
"""


def test_pytest_reports_each_phase_as_it_ends(tmp_path: Path) -> None:
    shutil.copy(INSIDE, tmp_path / "workbook_report.py")
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "test_broken.py").write_text("import nowhere\n")
    environment = os.environ | {"PYTEST_PLUGINS": "workbook_report", "WORKBOOK_REPORT": "report.jsonl"}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True)
    *phases, end = map(json.loads, (tmp_path / "report.jsonl").read_text().splitlines())
    found = {(each["test"].removeprefix("test_it.py::"), each["phase"]): each for each in phases}
    assert end == {"exit": 1}
    assert {key: each["outcome"] for key, each in found.items() if key[1] == "call" or each["outcome"] != "passed"} == {
        ("test_broken.py", "collect"): "failed",
        ("test_passes", "call"): "passed",
        ("test_fails", "call"): "failed",
        ("test_fails_before", "setup"): "failed",
        ("test_is_skipped", "call"): "skipped",
        ("test_is_meant_to", "call"): "xfail",
    }
    assert "AssertionError: boom" in found["test_fails", "call"]["message"]
    assert "No module named 'nowhere'" in found["test_broken.py", "collect"]["message"]


CONTRACT = RedContract("ch01-red", ("t.py::test_a",), "boom", 1)
FAILED = Phase("t.py::test_a", "call", "failed", "boom")
PASSED = Phase("t.py::test_a", "call", "passed", "")


@pytest.mark.parametrize(
    ("contract", "report", "said"),
    [
        (CONTRACT, Report(1, (Phase("t.py::test_a[x]", "call", "failed", "boom"),)), ""),
        (CONTRACT, Report(0, (PASSED,)), "test_a must fail, but it passes"),
        (
            CONTRACT,
            Report(1, (FAILED._replace(message="bang"),)),
            "test_a fails for another reason than 'boom':\n\nbang",
        ),
        (CONTRACT, Report(1, (FAILED, FAILED._replace(test="t.py::b"))), "t.py::b must pass, but it fails in call"),
        (
            CONTRACT,
            Report(1, (FAILED, Phase("t.py::b", "call", "skipped", ""))),
            "t.py::b must pass, but it is skipped",
        ),
        (
            CONTRACT,
            Report(2, (Phase("t.py", "collect", "failed", "no"),)),
            "t.py must pass, but it cannot be collected",
        ),
        (CONTRACT, Report(2, (FAILED,)), "pytest must exit with 1 (it exits with 2"),
        (CONTRACT, Report(None, (FAILED,)), "pytest never came to its end"),
        (CONTRACT, Report(5, ()), "was not run (it exits with 5: no tests were collected)"),
        (CONTRACT, Report(1, (FAILED, Phase("t.py::test_a", "teardown", "failed", "boom"))), "fails in teardown"),
        (CONTRACT, Report(1, (Phase("t.py::test_a", "call", "xfail", ""),)), "must fail, but it is skipped"),
        (None, Report(5, ()), "exits with 5"),
    ],
)
def test_a_report_is_judged(contract: RedContract | None, report: Report, said: str) -> None:
    found = broken(contract, report) or ""
    assert (said in found, bool(said)) == (True, bool(found))


RUNS = """
```python title="test_runs.py"
from pathlib import Path


def test_counts_its_runs() -> None:
    with (Path.home() / "runs").open("a") as file:
        file.write("x")
```

```console
$ python -m pytest -q -p no:asyncio
.                                                                        [100%]
1 passed in 0.01s
{between}$ git add -A
$ git commit -m "Count"
$ cat ~/runs
{runs}
```
"""


@pytest.mark.parametrize(("between", "runs"), [("$ git status --short\n?? test_runs.py\n", "x"), ("$ true\n", "xx")])
def test_a_run_of_all_tests_right_before_the_commit_counts(
    run: Run, monkeypatch: pytest.MonkeyPatch, between: str, runs: str
) -> None:
    monkeypatch.setattr("workbook.replay.contract.WHOLE", ("python -m pytest -q -p no:asyncio",))
    run(RUNS.format(between=between, runs=runs))
