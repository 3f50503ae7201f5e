"""Red is proven: exactly the named tests fail, in their call, for the reason named, and everything else passes.

The contract is design.md's promise 3. It is judged from a structured report of the run, not from what is on the screen.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbook.lesson.model import RedContract

PLUGIN = Path(__file__).with_name("pytest_report.py")

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


def read_report(lines: Iterable[str]) -> Report:
    """The report that the plugin wrote."""
    values = [json.loads(line) for line in lines if line.strip()]
    codes = [value["exit"] for value in values if "exit" in value]
    phases = tuple(Phase(**value) for value in values if "test" in value)
    return Report(codes[-1] if codes else None, phases)


def broken_red(contract: RedContract, report: Report) -> str | None:
    """Why a run is not the red that the lesson promises; None when it is.

    Returns:
        one sentence, with the message of the failure where there is one.
    """
    unexpected = _unexpected_failure(report, set(contract.tests))
    if unexpected:
        return unexpected
    for name in contract.tests:
        # A name without parameters stands for all of them.
        phases = [phase for phase in report.phases if name in (phase.test, phase.test.partition("[")[0])]
        if not phases:
            return f"{name} was not run{_exit(report)}."
        failed = [phase for phase in phases if phase.outcome == "failed"]
        if not failed:
            outcome = "passes" if all(phase.outcome == "passed" for phase in phases) else "is skipped"
            return f"{name} must fail, but it {outcome}."
        for phase in failed:
            if phase.phase != "call":
                return f"{name} must fail in its call, but it fails in {phase.phase}:\n\n{phase.message}"
            if contract.because not in phase.message:
                return f"{name} fails for another reason than {contract.because!r}:\n\n{phase.message}"
    return None if report.exit == 1 else f"pytest must exit with 1{_exit(report)}."


def broken_green(report: Report) -> str | None:
    """Why a run is not green; None when every test passes."""
    unexpected = _unexpected_failure(report, set())
    if unexpected:
        return unexpected
    return None if report.exit == 0 else f"pytest must exit with 0{_exit(report)}."


def _unexpected_failure(report: Report, allowed: set[str]) -> str | None:
    for phase in report.phases:
        if phase.test in allowed or phase.test.partition("[")[0] in allowed or phase.outcome == "passed":
            continue
        if phase.outcome == "failed":
            where = "cannot be collected" if phase.phase == "collect" else f"fails in {phase.phase}"
            return f"{phase.test or 'a test file'} must pass, but it {where}:\n\n{phase.message}"
        return f"{phase.test} must pass, but it is skipped or expected to fail."
    return None


def _exit(report: Report) -> str:
    if report.exit is None:
        return " (pytest never came to its end)"
    return f" (it exits with {report.exit}: {EXIT_CODES.get(report.exit, 'unknown')})"
