"""Lessons to steps: what each commit holds, before git is asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbook.history.files import Change, Files, Tree
from workbook.history.record import with_changed_listing
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.model import Diff, Lesson, Place, Session, WholeFile
from workbook.lesson.reader import read_lesson
from workbook.say import Problem


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


def lesson_files(chapters: Path) -> list[Path]:
    """The lessons in the course's order, by their folders' names. Raises Problem when there are none."""
    files = sorted(chapters.glob("ch[0-9][0-9]_*/lesson.md"))
    if not files:
        raise Problem(f"There is no lesson in {shown(chapters)}.", ways=("Lessons are chapters/chNN_name/lesson.md.",))
    seen: dict[str, Path] = {}
    for file in files:
        chapter = file.parent.name[:4]
        if chapter in seen:
            raise LessonError(
                file, 1, f"{chapter} is {seen[chapter].parent.name} already.", way="Rename one of the folders."
            )
        seen[chapter] = file
    return files


def mistake_files(lesson: Path) -> list[Path]:
    """The mistake pages beside a lesson, without their translations."""
    return sorted(file for file in lesson.parent.glob("mistakes/*.md") if not file.stem.endswith(".ko"))


def trace(chapters: Path, until: str | None = None) -> list[Chapter]:
    """Read all lessons and follow what they do.

    Args:
        until: the id of the last chapter to read; all when None.

    Raises:
        LessonError: a lesson that does not parse; a fence that does not apply.
    """
    files = [file for file in lesson_files(chapters) if until is None or file.parent.name.partition("_")[0] <= until]
    lessons = [read_lesson(file) for file in files]
    done: list[tuple[str, Change]] = []
    try:
        return list(follow(lessons, done))
    except LessonError as error:
        raise with_changed_listing(error, done, chapters) from None


def follow(lessons: Sequence[Lesson], done_so_far: list[tuple[str, Change]] | None = None) -> Iterator[Chapter]:
    """Follow lessons one after the other, each from the files where the one before ended.

    Args:
        done_so_far: gets every listing that was followed, with its chapter, so that they are known when one fails.
    """
    tree: Tree = {}
    left_out: frozenset[str] = frozenset()
    last: dict[str, Place] = {}
    for lesson in lessons:
        left_out |= frozenset(lesson.left_out)
        start = dict(tree)
        files = Files(lesson, tree, last=last)
        steps: list[Step] = []
        changes: list[Change] = []
        done = 0
        for block in lesson.blocks:
            if isinstance(block, WholeFile | Diff):
                changes.append(files.take(block))
                if done_so_far is not None:
                    done_so_far.append((lesson.chapter, changes[-1]))
            elif isinstance(block, Session) and block.kind == "console" and block.skip is None:
                for exchange in block.exchanges:
                    message = files.run(exchange)
                    if message is not None:
                        here = _without(files.tree, left_out)
                        steps.append(Step(lesson, message, exchange.line, block.tag, here, tuple(changes[done:])))
                        done = len(changes)
        tree = files.tree
        if not steps:
            here = _without(tree, left_out)
            steps.append(Step(lesson, f"{lesson.chapter}: {lesson.title}", 1, None, here, tuple(changes), empty=True))
        yield Chapter(lesson, start, dict(tree), tuple(steps), tuple(changes), left_out)


def _without(tree: Tree, left_out: frozenset[str]) -> Tree:
    return {path: text for path, text in tree.items() if path not in left_out}
