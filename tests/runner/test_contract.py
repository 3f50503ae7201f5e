"""The red contract, on real runs of pytest: each way to break it is told apart, and no run is made twice."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lesson.course import SECOND, line_of
from tests.runner.conftest import Run
from workbook.lesson.errors import LessonError
from workbook.lesson.model import RedContract
from workbook.redcontract import Phase, Report, broken_green, broken_red, read_report
from workbook.runner.contract import runs_all_tests

RED_LINE = line_of(SECOND, "ch02-red:")
HEAD = "import pytest\n\nfrom greet import greet\n\n\n"
RED = 'def test_greets_by_name() -> None:\n    assert greet("you") == "hello you"\n'
FIXTURE = '@pytest.fixture\ndef broken() -> None:\n    assert "hello" == "hello you"\n\n\n'


def second(tests: str, *, exit: int = 1, green: str = 'return f"hello {name}"') -> str:
    """The fixture's second chapter with another test file, its runs' outputs elided."""
    run = f"<!-- exit: {exit} -->\n" * (exit != 0) + "```console\n$ python -m pytest -q -p no:asyncio\n...\n```\n"
    tail = SECOND[SECOND.index("\n<!-- tag: ch02-red -->") :].replace('return f"hello {name}"', green)
    passed = "..                                                                       [100%]\n2 passed in 0.01s"
    head = SECOND[: SECOND.index("```python title")]
    return f'{head}```python title="test_greet.py"\n{tests}```\n\n{run}{tail.replace(passed, "...")}'


def broken(run: Run, text: str) -> LessonError:
    with pytest.raises(LessonError) as error:
        run(second=text)
    return error.value


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
    ids=["passes", "another reason", "in setup", "takes another with it", "skips another", "is not collected"],
)
def test_a_red_that_is_not_the_one_promised_is_refused(run: Run, tests: str, options: dict, said: str) -> None:
    error = broken(run, second(HEAD + tests, **options))
    assert error.line == RED_LINE
    assert said in error.what


def test_a_green_step_that_stays_red_is_refused(run: Run) -> None:
    text = second(HEAD + RED, green='return "hello  you"')
    text = text.replace("```console\n$ python -m pytest -q -p no:asyncio\n...\n$ git", "```console\n$ git")
    error = broken(run, text)
    assert "ch02: test_greet.py::test_greets_by_name must pass, but it fails in call" in error.what
    assert error.line == line_of(text, '"Greet by name"')


COUNT = "from pathlib import Path\n\nwith Path.home().joinpath('runs').open('a') as runs:\n    print(file=runs)\n\n"
"""Each run of the tests leaves a line outside the project."""
TYPED = "$ python -m pytest -q -p no:asyncio\n"
PASSED = "..                                                                       [100%]\n2 passed in 0.01s\n"
GREEN = TYPED + PASSED
FENCE = '```\n\n```text title="more.txt"\nA file that came after the run.\n```\n\n```console\n'
assert SECOND.count(GREEN) == 1


@pytest.fixture
def runs(run: Run, tmp_path: Path) -> Callable[[str], int]:
    """How often the fixture's second chapter runs its tests; it types two runs, and has two contracts."""

    def count(green: str) -> int:
        run(second=SECOND.replace(GREEN, green).replace("from greet", COUNT + "from greet", 1))
        return len((tmp_path / "ground/student/runs").read_text().splitlines())

    return count


def test_the_lessons_own_runs_of_all_tests_are_not_repeated(runs: Callable[[str], int]) -> None:
    seen = "$ env | grep -E 'PYTHONPATH|PYTEST|WORKBOOK' || true\n"
    assert runs(seen + GREEN) == 2


@pytest.mark.parametrize(
    "green",
    ["$ export PYTEST_ADDOPTS=--no-header\n" + GREEN, GREEN + FENCE, GREEN + "$ true\n"],
    ids=["with a variable that was exported", "before a fence", "before another command"],
)
def test_a_run_in_another_state_is_not_taken(runs: Callable[[str], int], green: str) -> None:
    assert runs(green) == 3


@pytest.mark.parametrize(
    ("command", "all_of_them"),
    [
        ("uv run pytest", True),
        ("uv run pytest -q", True),
        ("uv run pytest -vv", True),
        ("uv run pytest -q test_greet.py", False),
        ("uv run pytest -q -k by_name", False),
        ("uv run pytest -x", False),
        ("uv run pytest --collect-only -q", False),
        ("uv run pytest -q && rm x", False),
        ("uv run pytest -q\nrm x", False),
        ("uv run pytest -q > said.txt", False),
        ("TZ=Asia/Seoul uv run pytest -q", False),
        ("uv run coverage run -m pytest", False),
    ],
)
def test_a_run_of_all_tests_is_told_from_others(command: str, all_of_them: bool) -> None:
    assert runs_all_tests(command) == all_of_them


def test_a_pytest_that_a_test_starts_does_not_write_into_the_report(run: Run) -> None:
    nested = (
        "\n\ndef test_other(tmp_path) -> None:\n    import subprocess, sys\n\n"
        "    (tmp_path / 'test_inner.py').write_text('def test_inner(): assert False')\n"
        "    assert subprocess.run([sys.executable, '-m', 'pytest', str(tmp_path)]).returncode == 1\n"
    )
    run(second=second(HEAD + RED + nested))


CONTRACT = RedContract("ch01-red", ("t.py::test_a",), "boom", 1)
FAILED = Phase("t.py::test_a", "call", "failed", "boom")
FINE = Phase("t.py::test_b", "call", "passed", "")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Report(1, (FAILED, FINE)), None),
        (Report(1, (Phase("t.py::test_a[x]", "call", "failed", "boom"),)), None),
        (Report(2, (FAILED,)), "pytest must exit with 1 (it exits with 2"),
        (Report(None, (FAILED,)), "pytest never came to its end"),
        (Report(5, ()), "was not run (it exits with 5: no tests were collected)"),
        (Report(1, (FAILED, Phase("t.py::test_a", "teardown", "failed", "boom"))), "fails in teardown"),
        (Report(1, (Phase("t.py::test_a", "call", "xfail", ""),)), "must fail, but it is skipped"),
    ],
)
def test_a_report_is_judged(report: Report, said: str | None) -> None:
    found = broken_red(CONTRACT, report)
    assert found == said if said is None else said in str(found)


def test_green_means_that_everything_passes() -> None:
    assert broken_green(Report(0, (FINE,))) is None
    assert "exits with 5" in str(broken_green(Report(5, ())))
    assert "must pass" in str(broken_green(Report(1, (FAILED,))))


def test_a_report_is_read_from_lines() -> None:
    lines = ['{"test": "a", "phase": "call", "outcome": "passed", "message": ""}', "", '{"exit": 0}']
    assert read_report(lines) == Report(0, (Phase("a", "call", "passed", ""),))


def test_the_plugin_imports_nothing_of_the_workbook() -> None:
    from workbook.redcontract import PLUGIN

    assert "workbook." not in Path(PLUGIN).read_text(encoding="utf-8").partition('"""\n\n')[2]
