"""The red contract, on real runs of pytest: each way to break it is told apart."""

from pathlib import Path

import pytest

from tests.lesson.course import SECOND, line_of
from tests.runner.conftest import Run
from workbook.lesson.errors import LessonError
from workbook.lesson.model import RedContract
from workbook.redcontract import Phase, Report, broken_green, broken_red, read_report

RED_LINE = line_of(SECOND, "ch02-red:")


def second(tests: str, *, exit: int = 1, green: str = 'return f"hello {name}"') -> str:
    """The fixture's second chapter with another test file, its runs' outputs elided."""
    run = f"<!-- exit: {exit} -->\n" * (exit != 0) + "```console\n$ python -m pytest -q -p no:asyncio\n...\n```\n"
    tail = SECOND[SECOND.index("\n<!-- tag: ch02-red -->") :].replace('return f"hello {name}"', green)
    passed = "..                                                                       [100%]\n2 passed in 0.01s"
    head = SECOND[: SECOND.index("```python title")]
    return f'{head}```python title="test_greet.py"\n{tests}```\n\n{run}{tail.replace(passed, "...")}'


HEAD = "import pytest\n\nfrom greet import greet\n\n\n"
RED = 'def test_greets_by_name() -> None:\n    assert greet("you") == "hello you"\n'


def broken(run: Run, text: str) -> LessonError:
    with pytest.raises(LessonError) as error:
        run(second=text)
    return error.value


def test_a_red_test_that_passes_is_refused(run: Run) -> None:
    error = broken(run, second(HEAD + RED.replace("hello you", "hello"), exit=0, green='return "hello"  # you'))
    assert error.line == RED_LINE
    assert "ch02-red: test_greet.py::test_greets_by_name must fail, but it passes." in error.what


def test_a_red_test_that_fails_for_another_reason_is_refused(run: Run) -> None:
    error = broken(run, second(HEAD + RED.replace("hello you", "good day")))
    assert error.line == RED_LINE
    assert "fails for another reason than \"assert 'hello' == 'hello you'\"" in error.what
    assert "good day" in error.why


def test_a_red_test_that_fails_in_setup_is_refused(run: Run) -> None:
    fixture = '@pytest.fixture\ndef broken() -> None:\n    assert "hello" == "hello you"\n\n\n'
    error = broken(run, second(HEAD + fixture + RED.replace("()", "(broken: None)", 1)))
    assert error.line == RED_LINE
    assert "must fail in its call, but it fails in setup" in error.what


def test_a_red_test_that_takes_another_with_it_is_refused(run: Run) -> None:
    error = broken(run, second(HEAD + RED + "\n\ndef test_other() -> None:\n    assert greet('') == 'x'\n"))
    assert error.line == RED_LINE
    assert "test_greet.py::test_other must pass, but it fails in call" in error.what


def test_a_red_step_whose_other_test_is_skipped_is_refused(run: Run) -> None:
    error = broken(run, second(HEAD + RED + "\n\ndef test_other() -> None:\n    pytest.skip('not today')\n"))
    assert "test_greet.py::test_other must pass, but it is skipped" in error.what


def test_a_file_that_cannot_be_collected_is_refused(run: Run) -> None:
    error = broken(run, second("from nowhere import x\n" + RED, exit=2))
    assert "test_greet.py must pass, but it cannot be collected" in error.what
    assert "No module named 'nowhere'" in error.why


def test_a_green_step_that_stays_red_is_refused(run: Run) -> None:
    text = second(HEAD + RED, green='return "hello  you"')
    text = text.replace("```console\n$ python -m pytest -q -p no:asyncio\n...\n$ git", "```console\n$ git")
    error = broken(run, text)
    assert "ch02: test_greet.py::test_greets_by_name must pass, but it fails in call" in error.what
    assert error.line == line_of(text, '"Greet by name"')


CONTRACT = RedContract("ch01-red", ("t.py::test_a",), "boom", 1)
FAILED = Phase("t.py::test_a", "call", "failed", "boom")
PASSED = Phase("t.py::test_b", "call", "passed", "")


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (Report(1, (FAILED, PASSED)), None),
        (Report(1, (Phase("t.py::test_a[x]", "call", "failed", "boom"),)), None),
        (Report(2, (FAILED,)), "pytest must exit with 1 (it exits with 2"),
        (Report(None, (FAILED,)), "pytest never came to its end"),
        (Report(5, ()), "was not run (it exits with 5: no tests were collected)"),
        (Report(1, (FAILED, Phase("t.py::test_a", "teardown", "failed", "boom"))), "fails in teardown"),
        (Report(1, (Phase("t.py::test_a", "call", "xfail", ""),)), "must fail, but it is skipped"),
    ],
)
def test_a_report_is_judged(report: Report, said: str | None) -> None:
    broken = broken_red(CONTRACT, report)
    assert broken == said if said is None else said in str(broken)


def test_green_means_that_everything_passes() -> None:
    assert broken_green(Report(0, (PASSED,))) is None
    assert "exits with 5" in str(broken_green(Report(5, ())))
    assert "must pass" in str(broken_green(Report(1, (FAILED,))))


def test_a_report_is_read_from_lines() -> None:
    lines = ['{"test": "a", "phase": "call", "outcome": "passed", "message": ""}', "", '{"exit": 0}']
    assert read_report(lines) == Report(0, (Phase("a", "call", "passed", ""),))


def test_the_plugin_imports_nothing_of_the_workbook() -> None:
    from workbook.redcontract import PLUGIN

    assert "workbook." not in Path(PLUGIN).read_text(encoding="utf-8").partition('"""\n\n')[2]
