"""The contract of a commit, judged by a run of the student's project's tests."""

from collections.abc import Iterable

from workbook.history.build import is_test_file
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Lesson
from workbook.redcontract import Report, broken_green, broken_red
from workbook.runner.ownruns import read
from workbook.runner.shell import Shell


def require_contract(
    shell: Shell, lesson: Lesson, tag: str, files: Iterable[str], line: int, own: Report | None
) -> None:
    """Judge the project's tests at a commit: red as promised at a red tag, green at any other.

    Args:
        files: the commit's files; without a test among them there is nothing to run.
        line: where the lesson commits.
        own: the report of the lesson's own run of all tests on this very state; None runs them now.

    Raises:
        LessonError: the contract is broken; at a red tag with the front matter's line.
    """
    contract = lesson.red.get(tag)
    if contract is None and not any(is_test_file(path) and not path.endswith("conftest.py") for path in files):
        return
    report, said = (own, "") if own is not None else _run(shell)
    if contract is not None:
        broken = broken_red(contract, report)
        line = contract.line
    else:
        broken = broken_green(report)
    if broken is not None:
        sentence, _, message = broken.partition("\n\n")
        raise LessonError(lesson.file, line, f"{tag}: {sentence}", why=message or ("" if report.phases else said))


def _run(shell: Shell) -> tuple[Report, str]:
    shell.ground.report.unlink(missing_ok=True)
    ran = shell.run(f"{shell.ground.settings.pytest} -q", keep=False, extra=shell.ground.reporting)
    return read(shell.ground), "\n".join(ran.output)
