"""The red contract, on real runs of pytest: each way to break it is told apart."""

import re

import pytest

from tests.lesson.course import SECOND, line_of
from tests.replay.conftest import Run
from workbook.lesson.errors import LessonError
from workbook.lesson.model import RedContract
from workbook.replay.contract import Phase, Report, broken

HEAD = "import pytest\n\nfrom greet import greet\n\n\n"
RED = 'def test_greets_by_name() -> None:\n    assert greet("you") == "hello you"\n'
FIXTURE = '@pytest.fixture\ndef broken() -> None:\n    assert "hello" == "hello you"\n\n\n'


def second(tests: str, *, exit: int = 1, green: str = 'return f"hello {name}"') -> str:
    """The fixture's second chapter with another test file, its runs' outputs elided."""
    run = f"<!-- exit: {exit} -->\n" * (exit != 0) + "```console\n$ python -m pytest -q -p no:asyncio\n...\n```\n"
    head, tail = SECOND[: SECOND.index("```python title")], SECOND[SECOND.index("\n<!-- tag: ch02-red -->") :]
    tail = re.sub(r"\.\. .*\n2 passed in 0.01s", "...", tail.replace('return f"hello {name}"', green))
    return f'{head}```python title="test_greet.py"\n{tests}```\n\n{run}{tail}'


@pytest.mark.parametrize(
    ("tests", "options", "said"),
    [
        (RED.replace("hello you", "hello"), {"exit": 0, "green": 'return "hello"  # you'}, "must fail, but it passes"),
        (RED.replace("hello you", "good day"), {}, "fails for another reason than \"assert 'hello' == 'hello you'\""),
        (FIXTURE + RED.replace("()", "(broken: None)", 1), {}, "must fail in its call, but it fails in setup"),
        (RED + "\n\ndef test_other() -> None:\n    assert 0\n", {}, "test_other must pass, but it fails in call"),
        (RED + "\n\ndef test_other() -> None:\n    pytest.skip('no')\n", {}, "test_other must pass, but it is skipped"),
        ("from nowhere import x\n" + RED, {"exit": 2}, "test_greet.py must pass, but it cannot be collected"),
    ],
)
def test_a_red_that_is_not_the_one_promised_is_refused(run: Run, tests: str, options: dict, said: str) -> None:
    with pytest.raises(LessonError, match=re.escape(said)) as error:
        run(second=second(HEAD + tests, **options))
    assert error.value.line == line_of(SECOND, "ch02-red:")


def test_a_green_step_that_stays_red_is_refused(run: Run) -> None:
    text = second(HEAD + RED, green='return "hello  you"')
    text = text.replace("```console\n$ python -m pytest -q -p no:asyncio\n...\n$ git", "```console\n$ git")
    with pytest.raises(LessonError, match=r"ch02: test_greet\.py::test_greets_by_name must pass") as error:
        run(second=text)
    assert error.value.line == line_of(text, '"Greet by name"')


CONTRACT = RedContract("ch01-red", ("t.py::test_a",), "boom", 1)
FAILED = Phase("t.py::test_a", "call", "failed", "boom")


@pytest.mark.parametrize(
    ("contract", "report", "said"),
    [
        (CONTRACT, Report(1, (Phase("t.py::test_a[x]", "call", "failed", "boom"),)), ""),
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


@pytest.mark.parametrize(
    ("between", "runs"), [("", "x"), ("$ git status --short\n?? test_runs.py\n", "x"), ("$ true\n", "xx")]
)
def test_a_run_of_all_tests_right_before_the_commit_counts(
    run: Run, monkeypatch: pytest.MonkeyPatch, between: str, runs: str
) -> None:
    monkeypatch.setattr("workbook.replay.contract.WHOLE", ("python -m pytest -q -p no:asyncio",))
    run(RUNS.format(between=between, runs=runs))
