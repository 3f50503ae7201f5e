"""What can be said of red and green without running a test."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from workbook.history.files import Tree
from workbook.history.trace import Step
from workbook.lesson.errors import LessonError

Committed = tuple[Step, tuple[str, ...], Tree]
"""A step, its tags, and the files that its commit holds."""


def is_test_file(path: str) -> bool:
    """Whether pytest takes tests or fixtures from this file."""
    name = PurePosixPath(path).name
    return name == "conftest.py" or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))


def check_red_steps(commits: Sequence[Committed], *, complete: bool) -> None:
    """The tests named exist at their red tag, and no test file of the red step changes until its green step.

    The green step is the next commit with a tag that is not red, in the same chapter or in a later one.

    Args:
        commits: the history, the oldest first.
        complete: whether the history goes to the last chapter; otherwise the green step may be yet to come.

    Raises:
        LessonError: naming the fence that edits the test, or the front matter's line of the tag.
    """
    before: Tree = {}
    for index, (step, tags, files) in enumerate(commits):
        red = [tag for tag in tags if tag.endswith("-red")]
        if red:
            _tests_exist(step, red[0], files)
            touched = {path: text for path, text in files.items() if is_test_file(path) and text != before.get(path)}
            _untouched_until_green(step, red[0], touched, commits[index + 1 :], complete)
        before = files


def _untouched_until_green(step: Step, tag: str, touched: Tree, later: Sequence[Committed], complete: bool) -> None:
    for green, tags, after in later:
        for path, text in touched.items():
            if after.get(path) != text:
                lines = [change.block.place.first for change in green.changes if change.block.title == path]
                raise LessonError(
                    green.lesson.file,
                    lines[0] if lines else green.line,
                    f"the green step after {tag} edits its test: {path}.",
                    why="A test that is changed to pass proves nothing. It must be byte-identical.",
                    way="Write the test as it will stay before the red commit.",
                )
        if any(not each.endswith("-red") for each in tags):
            return
    if complete:
        raise LessonError(step.lesson.file, step.line, f"no green step follows {tag}.")


def _tests_exist(step: Step, tag: str, files: Tree) -> None:
    contract = step.lesson.red[tag]
    for test in contract.tests:
        path, *names = test.split("::")
        name = names[-1].partition("[")[0]
        if path not in files:
            raise LessonError(step.lesson.file, contract.line, f"`{tag}` names a test in {path}, which is not there.")
        if f"def {name}(" not in files[path]:
            raise LessonError(step.lesson.file, contract.line, f"`{tag}` names {name}, and {path} has no such test.")
