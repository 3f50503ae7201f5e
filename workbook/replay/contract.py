"""Red is proven: exactly the named tests fail, in their call, for the reason named, and everything else passes.

It is judged by a run of the student's project's tests, from a structured report (see `inside.py`), not by the screen.
"""

import json
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from workbook.history.build import is_test_file
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Lesson, RedContract
from workbook.replay.shell import Shell

EXIT_CODES = {
    0: "all tests passed",
    1: "some tests failed",
    2: "the run was interrupted or could not collect",
    3: "pytest itself failed",
    4: "the command line is wrong, or conftest.py does not import",
    5: "no tests were collected",
}
"""pytest.ExitCode in words."""


WHOLE = ("uv run pytest", "uv run pytest -q", "uv run pytest -v")
"""Commands of a lesson that run all tests: such a run counts, and is not done again."""


class Phase(NamedTuple):
    """How a phase (collect, setup, call, teardown) of a test ended: passed, failed, skipped or xfail."""

    test: str
    phase: str
    outcome: str
    message: str


class Report(NamedTuple):
    """A run of pytest: its exit code (None when it never came to its end), and every phase."""

    exit: int | None
    phases: tuple[Phase, ...]


def broken(contract: RedContract | None, report: Report) -> str | None:
    """Why a run is not the red that the lesson promises or, without a contract, not green; None when it is."""
    named = contract.tests if contract else ()
    for phase in report.phases:
        if phase.outcome == "passed" or _is_of(phase, *named):
            continue
        if phase.outcome == "failed":
            where = "cannot be collected" if phase.phase == "collect" else f"fails in {phase.phase}"
            return f"{phase.test or 'a test file'} must pass, but it {where}:\n\n{phase.message}"
        return f"{phase.test} must pass, but it is skipped or expected to fail."
    code = "pytest never came to its end"
    if report.exit is not None:
        code = f"it exits with {report.exit}: {EXIT_CODES.get(report.exit, 'unknown')}"
    for name in named:
        phases = [phase for phase in report.phases if _is_of(phase, name)]
        if not phases:
            return f"{name} was not run ({code})."
        failed = [phase for phase in phases if phase.outcome == "failed"]
        if not failed:
            outcome = "passes" if all(phase.outcome == "passed" for phase in phases) else "is skipped"
            return f"{name} must fail, but it {outcome}."
        for phase in failed:
            if phase.phase != "call":
                return f"{name} must fail in its call, but it fails in {phase.phase}:\n\n{phase.message}"
            if contract and contract.because not in phase.message:
                return f"{name} fails for another reason than {contract.because!r}:\n\n{phase.message}"
    wanted = 1 if contract else 0
    return None if report.exit == wanted else f"pytest must exit with {wanted} ({code})."


def _is_of(phase: Phase, *names: str) -> bool:
    """Whether a phase is one of these tests'. A name without parameters stands for all of them."""
    return phase.test in names or phase.test.partition("[")[0] in names


def report_of(shell: Shell) -> Path:
    """Where the report of the last run of all tests lies, as long as nothing has changed since."""
    return shell.ground.root / "report.jsonl"


def reporting(shell: Shell) -> str:
    """The variables that stand before a command under which pytest writes its report."""
    plugin = {"PYTHONPATH": f"{shell.ground.root}/plugin", "PYTEST_PLUGINS": "workbook_report"}
    plugin["WORKBOOK_REPORT"] = str(report_of(shell))
    return " ".join(f"{name}={shlex.quote(value)}" for name, value in plugin.items())


def require(shell: Shell, lesson: Lesson, tag: str, files: Iterable[str], line: int) -> None:
    """Judge the project's tests at a commit of these files: red as promised at a red tag, green at any other.

    Raises LessonError: the contract is broken; at a red tag with the front matter's line, else with this one.
    """
    contract = lesson.red.get(tag)
    if contract is None and not any(is_test_file(path) and not path.endswith("conftest.py") for path in files):
        return
    report = report_of(shell)
    printed: tuple[str, ...] = ()
    if not report.exists():
        printed = shell.run(f"{reporting(shell)} {shell.ground.python} -m pytest -q", keep=False).output
    lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
    values = [json.loads(line) for line in lines]
    phases = tuple(Phase(**value) for value in values if "test" in value)
    wrong = broken(contract, Report(next((value["exit"] for value in values if "exit" in value), None), phases))
    if wrong is not None:
        sentence, _, message = wrong.partition("\n\n")
        why = message or ("" if phases else "\n".join(printed))
        raise LessonError(lesson.file, contract.line if contract else line, f"{tag}: {sentence}", why=why)
