"""Lessons to steps: what each commit holds, before git is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.history.files import Change, Files, Tree
from workbook.history.lock import blame
from workbook.lesson.chapters import chapter_id, lesson_files
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Lesson, Session, WholeFile
from workbook.lesson.reader import read_lesson


@dataclass(frozen=True, slots=True)
class Step:
    """A commit of a lesson.

    Attributes:
        line: where the lesson commits.
        tag: the tag that the lesson gives it, or None.
        files: the project's files, also those that `.gitignore` will keep out of the commit.
        changes: what the fences since the commit before did.
        empty: whether it is the commit of a chapter that commits nothing.
    """

    lesson: Lesson
    message: str
    line: int
    tag: str | None
    files: Tree
    changes: tuple[Change, ...]
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A lesson with what it does to the project.

    Attributes:
        start, end: the files before and after.
        changes: what each titled fence does, in order.
        left_out: the paths that this lesson and those before leave out of history.
    """

    lesson: Lesson
    start: Tree
    end: Tree
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    left_out: frozenset[str]

    def kept(self, tree: Tree) -> Tree:
        """Files without those that are left out of history."""
        return _without(tree, self.left_out)


def trace(chapters: Path, until: str | None = None) -> list[Chapter]:
    """Read all lessons and follow what they do.

    Args:
        until: the id of the last chapter to read; all when None.

    Raises:
        LessonError: a lesson that does not parse; a fence that does not apply.
    """
    lessons = [read_lesson(file) for file in lesson_files(chapters) if until is None or chapter_id(file) <= until]
    changes: list[Change] = []
    try:
        return list(follow(lessons, changes))
    except LessonError as error:
        raise blame(error, changes, chapters) from None


def follow(lessons: Sequence[Lesson], changes: list[Change] | None = None) -> Iterator[Chapter]:
    """Follow lessons one after the other, each from the files where the one before ended.

    Args:
        changes: gets what every titled fence does, so that it is known when one fails.
    """
    changes = [] if changes is None else changes
    tree: Tree = {}
    left_out: frozenset[str] = frozenset()
    for lesson in lessons:
        left_out |= frozenset(lesson.left_out)
        start, first, done = dict(tree), len(changes), len(changes)
        steps: list[Step] = []
        for message, line, tag in _commits(lesson, Files(lesson, tree, changes)):
            steps.append(Step(lesson, message, line, tag, _without(tree, left_out), tuple(changes[done:])))
            done = len(changes)
        if not steps:
            message, here = f"{lesson.chapter}: {lesson.title}", _without(tree, left_out)
            steps.append(Step(lesson, message, 1, None, here, tuple(changes[first:]), empty=True))
        yield Chapter(lesson, start, dict(tree), tuple(steps), tuple(changes[first:]), left_out)


def _commits(lesson: Lesson, files: Files) -> Iterator[tuple[str, int, str | None]]:
    """Follow a lesson's blocks; at each commit its message, line and tag."""
    for block in lesson.blocks:
        if isinstance(block, WholeFile | Diff):
            files.take(block)
        elif isinstance(block, Session) and block.kind == "console" and block.skip is None:
            for exchange in block.exchanges:
                message = files.run(exchange)
                if message is not None:
                    yield message, exchange.line, block.tag


def _without(tree: Tree, left_out: frozenset[str]) -> Tree:
    return {path: text for path, text in tree.items() if path not in left_out}
