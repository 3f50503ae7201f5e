"""What the pages are made of: the history that the lessons build, and what each titled fence does."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from workbook.history.build import Commit, History, build
from workbook.history.files import Change, Files
from workbook.lesson.chapters import mistake_files
from workbook.lesson.model import Diff, Mistake, Session, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.runner.start import starting_point
from workbook.say import Language, Problem, choose
from workbook.student.check import Check, checks_of


@dataclass(frozen=True, slots=True)
class Course:
    """The lessons' history, and each chapter's mistake pages."""

    history: History
    mistakes: dict[str, tuple[Mistake, ...]]

    def commits_of(self, chapter: str) -> list[Commit]:
        """A chapter's commits, the oldest first."""
        return [commit for commit in self.history.commits if commit.step.lesson.chapter == chapter]


@cache
def course(chapters: Path = CHAPTERS) -> Course:
    """Read all lessons and mistakes, and build the history, once for both languages. Takes a second or two.

    Raises:
        LessonError: a lesson or a mistake that does not parse or apply.
    """
    with tempfile.TemporaryDirectory() as scratch:
        history = build(chapters, Path(scratch) / "history")
    mistakes = {
        name: tuple(read_mistake(file) for file in mistake_files(chapter.lesson.file))
        for name, chapter in history.chapters.items()
    }
    return Course(history, mistakes)


def changes_of(mistake: Mistake, history: History) -> Sequence[Change]:
    """What each titled fence of a mistake page does. Raises LessonError when one does not apply."""
    _, tree = starting_point(mistake, history)
    files = Files(mistake, tree)
    changes = []
    for block in mistake.blocks:
        if isinstance(block, WholeFile | Diff):
            changes.append(files.take(block))
        elif isinstance(block, Session) and block.kind == "console" and block.skip is None:
            for exchange in block.exchanges:
                files.run(exchange)
    return changes


def checks(chapter: str, language: Language) -> list[Check]:
    """What `workbook check` asks at a chapter's end, in a language."""
    choose(language)
    try:
        return checks_of(chapter, course().history.chapters[chapter].lesson.file.parent)
    finally:
        choose(None)


def in_repository(file: Path) -> str:
    """A file's path in the repository, with slashes."""
    return PurePosixPath(file.resolve().relative_to(CLONE).as_posix()).as_posix()


@cache
def openapi() -> str:
    """The template's OpenAPI schema, as JSON. The application is imported, not served: no MySQL is needed.

    Raises:
        Problem: it cannot be imported.
    """
    code = "import json; from app.main import app; print(json.dumps(app.openapi()))"
    done = subprocess.run([sys.executable, "-c", code], cwd=TEMPLATE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem("The template cannot be imported, so it has no OpenAPI schema.", why=done.stderr.strip())
    return json.dumps(json.loads(done.stdout), indent=1)
