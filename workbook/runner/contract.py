"""The contract of a commit, run in the student's project."""

import shutil
from collections.abc import Iterable

from workbook.history.contract import is_test_file
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Lesson
from workbook.redcontract import PLUGIN, Report, broken_green, broken_red, read_report
from workbook.runner.shell import Shell

_MODULE = "workbook_pytest_report"


def require_contract(shell: Shell, lesson: Lesson, tag: str, files: Iterable[str], line: int) -> None:
    """Run the project's tests at a commit: red as promised at a red tag, green at any other.

    Args:
        files: the commit's files; without a test among them there is nothing to run.
        line: where the lesson commits.

    Raises:
        LessonError: the contract is broken; at a red tag with the front matter's line.
    """
    contract = lesson.red.get(tag)
    if contract is None and not any(is_test_file(path) and not path.endswith("conftest.py") for path in files):
        return
    report, said = _run(shell)
    if contract is not None:
        broken = broken_red(contract, report)
        line = contract.line
    else:
        broken = broken_green(report)
    if broken is not None:
        sentence, _, message = broken.partition("\n\n")
        raise LessonError(lesson.file, line, f"{tag}: {sentence}", why=message or ("" if report.phases else said))


def _run(shell: Shell) -> tuple[Report, str]:
    folder = shell.ground.root / "plugin"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(PLUGIN, folder / f"{_MODULE}.py")
    written = folder / "report.jsonl"
    written.unlink(missing_ok=True)
    extra = {"PYTHONPATH": str(folder), "WORKBOOK_REPORT": str(written)}
    ran = shell.run(f"{shell.ground.settings.pytest} -q -p {_MODULE}", keep=False, extra=extra)
    lines = written.read_text(encoding="utf-8").splitlines() if written.exists() else []
    return read_report(lines), "\n".join(ran.output)
