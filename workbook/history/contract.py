"""What can be said of red and green without running a test."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from workbook.history.files import Tree
from workbook.history.trace import Step
from workbook.lesson.errors import LessonError


def is_test_file(path: str) -> bool:
    """Whether pytest takes tests or fixtures from this file."""
    name = PurePosixPath(path).name
    return name == "conftest.py" or (name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")))


def check_red_steps(commits: Sequence[tuple[Step, Tree]]) -> None:
    """The tests named exist at their red tag, and no test file of the red step changes in the step that follows.

    Args:
        commits: each step with the files that its commit holds, the oldest first.

    Raises:
        LessonError: naming the fence that edits the test, or the front matter's line of the tag.
    """
    before: Tree = {}
    for index, (step, files) in enumerate(commits):
        if step.tag and step.tag.endswith("-red"):
            _tests_exist(step, files)
            if index + 1 == len(commits):
                raise LessonError(step.lesson.file, step.line, f"no green step follows {step.tag}.")
            green, after = commits[index + 1]
            touched = [path for path in files if is_test_file(path) and files[path] != before.get(path)]
            for path in touched:
                if after.get(path) != files[path]:
                    lines = [change.block.place.first for change in green.changes if change.block.title == path]
                    raise LessonError(
                        green.lesson.file,
                        lines[0] if lines else green.line,
                        f"the green step after {step.tag} edits its test: {path}.",
                        why="A test that is changed to pass proves nothing. It must be byte-identical.",
                        way="Write the test as it will stay before the red commit.",
                    )
        before = files


def _tests_exist(step: Step, files: Tree) -> None:
    assert step.tag is not None
    contract = step.lesson.red[step.tag]
    for test in contract.tests:
        path, *names = test.split("::")
        name = names[-1].partition("[")[0]
        if path not in files:
            raise LessonError(
                step.lesson.file, contract.line, f"`{step.tag}` names a test in {path}, which is not there."
            )
        if f"def {name}(" not in files[path]:
            raise LessonError(
                step.lesson.file, contract.line, f"`{step.tag}` names {name}, and {path} has no such test."
            )
