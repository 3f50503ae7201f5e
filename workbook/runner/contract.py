"""The contract of a commit, judged by a run of the student's project's tests."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from workbook.history.build import is_test_file
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Exchange, Lesson
from workbook.redcontract import Report, broken_green, broken_red, read_report
from workbook.runner.shell import Ran, Shell

_ALL_TESTS = re.compile(r"(uv run |python -m )pytest( -q| -v| -vv| -p no:asyncio)*")
_CHANGES_NOTHING = re.compile(r"git (add|commit|status|diff)\b[^;&|<>\n]*")


@dataclass(slots=True)
class Contract:
    """Judges commits. A run of all tests that the lesson itself has just typed is not repeated.

    Attributes:
        own: the report of that run, as long as nothing has happened since that could change it.
    """

    shell: Shell
    own: Report | None = field(default=None)

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

        Raises:
            LessonError: the contract is broken; at a red tag with the front matter's line.
        """
        contract = lesson.red.get(tag)
        if contract is None and not any(is_test_file(path) and not path.endswith("conftest.py") for path in files):
            return
        report, said = self.own, ""
        if report is None:
            report, ran = self._reported(f"{self.shell.ground.settings.pytest} -q", keep=False)
            said = "\n".join(ran.output)
        broken = broken_red(contract, report) if contract else broken_green(report)
        if broken is not None:
            sentence, _, message = broken.partition("\n\n")
            why = message or ("" if report.phases else said)
            raise LessonError(lesson.file, contract.line if contract else line, f"{tag}: {sentence}", why=why)

    def _reported(self, command: str, *, keep: bool) -> tuple[Report, Ran]:
        ground = self.shell.ground
        ground.report.unlink(missing_ok=True)
        ran = self.shell.run(command, keep=keep, extra=ground.reporting)
        lines = ground.report.read_text(encoding="utf-8").splitlines() if ground.report.exists() else []
        return read_report(lines), ran


def runs_all_tests(command: str) -> bool:
    """Whether a command runs all tests and does nothing else, nothing chosen and nothing set for this run alone."""
    return _ALL_TESTS.fullmatch(command) is not None
