"""What is wrong in a lesson, with the place where it stands."""

from pathlib import Path

from workbook.say import Problem


def shown(file: Path) -> Path:
    """The file's path as a person types it: relative to the current directory where it lies below it."""
    return file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file


class LessonError(Problem):
    """Something in a page that its author can mend: `what`, at a line; `way` on; `why`: what is found there."""

    def __init__(self, file: Path, line: int, what: str, *, way: str = "", why: str = "") -> None:
        super().__init__(f"{shown(file)}:{line}: {what}", why=why, ways=(way,) if way else ())
        self.file = file
        self.line = line
