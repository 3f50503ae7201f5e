"""Red is proven: exactly the named tests fail, in their call, for the reason named, and everything else passes.

The contract is design.md's promise 3. It is judged by a run of the student's project's tests, from a structured report
(see `inside.py`), not from what is on the screen.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from workbook.history.build import is_test_file
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Exchange, Lesson, RedContract
from workbook.runner.shell import Ran, Shell

EXIT_CODES = {
    0: "all tests passed",
    1: "some tests failed",
    2: "the run was interrupted or could not collect",
    3: "pytest itself failed",
    4: "the command line is wrong, or conftest.py does not import",
    5: "no tests were collected",
}
"""pytest.ExitCode in words."""


@dataclass(frozen=True, slots=True)
class Phase:
    """How a phase (collect, setup, call, teardown) of a test ended: passed, failed, skipped or xfail."""

    test: str
    phase: str
    outcome: str
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """A run of pytest: its exit code (None when it never came to its end), and every phase."""

    exit: int | None
    phases: tuple[Phase, ...]


def broken(contract: RedContract | None, report: Report) -> str | None:
    """Why a run is not the red that the lesson promises or, without a contract, not green; None when it is.

    Returns one sentence, with the message of the failure where there is one.
    """
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


_ALL_TESTS = re.compile(r"(uv run |python -m )pytest( -q| -v| -vv| -p no:asyncio)*")
_CHANGES_NOTHING = re.compile(r"git (add|commit|status|diff)\b[^;&|<>\n]*")


@dataclass(slots=True)
class Contract:
    """Judges commits. A run of all tests that the lesson itself has just typed is not repeated.

    Attributes:
        own: the report of that run, as long as nothing has happened since that could change it.
    """

    shell: Shell
    own: Report | None = None

    def run(self, exchange: Exchange) -> Ran:
        """Run a command of the lesson, and keep the report if it runs all tests."""
        if runs_all_tests(exchange.typed) and self.shell.as_at_first():
            self.own, ran = self._reported(exchange.typed, keep=True)
            return ran
        if not _CHANGES_NOTHING.fullmatch(exchange.typed):
            self.own = None
        return self.shell.run(exchange.typed)

    def require(self, lesson: Lesson, tag: str, files: Iterable[str], line: int) -> None:
        """Judge the project's tests at a commit: red as promised at a red tag, green at any other.

        Args:
            files: the commit's files; without a test among them there is nothing to run.
            line: where the lesson commits.

        Raises LessonError: the contract is broken; at a red tag with the front matter's line.
        """
        contract = lesson.red.get(tag)
        if contract is None and not any(is_test_file(path) and not path.endswith("conftest.py") for path in files):
            return
        report, said = self.own, ""
        if report is None:
            report, ran = self._reported(f"{self.shell.ground.settings.pytest} -q", keep=False)
            said = "\n".join(ran.output)
        wrong = broken(contract, report)
        if wrong is not None:
            sentence, _, message = wrong.partition("\n\n")
            why = message or ("" if report.phases else said)
            raise LessonError(lesson.file, contract.line if contract else line, f"{tag}: {sentence}", why=why)

    def _reported(self, command: str, *, keep: bool) -> tuple[Report, Ran]:
        root = self.shell.ground.root
        report = root / "report.jsonl"
        report.unlink(missing_ok=True)
        plugin = {"PYTHONPATH": f"{root}/plugin", "PYTEST_PLUGINS": "workbook_report", "WORKBOOK_REPORT": str(report)}
        ran = self.shell.run(command, keep=keep, extra=plugin)
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
        values = [json.loads(line) for line in lines]
        phases = tuple(Phase(**value) for value in values if "test" in value)
        return Report(next((value["exit"] for value in values if "exit" in value), None), phases), ran


def runs_all_tests(command: str) -> bool:
    """Whether a command runs all tests and does nothing else, nothing chosen and nothing set for this run alone."""
    return _ALL_TESTS.fullmatch(command) is not None
