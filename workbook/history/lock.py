"""What the lessons built when `workbook build` last ran: every commit, and every file that a fence leaves.

The template shows only what is left at the end. A listing that a later chapter replaces is held by this record: change
one character of it, and the check names its fence.
"""

from collections.abc import Iterator
from pathlib import Path

from workbook.history.build import History
from workbook.history.record import LOCK, digest
from workbook.history.trace import mistake_files
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.model import Diff, Lesson, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.say import Problem

_HEAD = "# Written by `workbook build`. A commit that changes here changes under the feet of readers who have it."

Entry = tuple[str, Path, int]
"""A line of the record, and the place in the lesson that it speaks of."""


def write_lock(history: History, chapters: Path) -> None:
    """Record what the lessons build."""
    lines = [_HEAD, *(line for line, _, _ in entries(history))]
    (chapters / LOCK).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def check_lock(history: History, chapters: Path) -> None:
    """Compare what the lessons build with the record.

    Raises:
        LessonError: names the first fence or commit that is not as recorded.
        Problem: there is no record.
    """
    try:
        recorded = (chapters / LOCK).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise Problem(f"{shown(chapters / LOCK)} is missing.", ways=("Write it: workbook build.",)) from None
    lines = [line for line in recorded if line and not line.startswith("#")]
    now = list(entries(history))
    for number, (line, file, place) in enumerate(now):
        if number >= len(lines) or lines[number] != line:
            what = "a commit" if line.split()[1] == "commit" else line.split()[2]
            before = lines[number] if number < len(lines) else "(nothing)"
            raise LessonError(
                file,
                place,
                f"from here on the lessons build something else than recorded: {what}.",
                why=f"recorded: {before}\n     now: {line}",
                way="If the change is meant: workbook build, and commit what it writes.",
            )
    if len(lines) > len(now):
        last = list(history.chapters.values())[-1].lesson.file
        raise LessonError(
            last, 1, f"the record goes on: {lines[len(now)]}.", way="If something was removed: workbook build."
        )


def entries(history: History) -> Iterator[Entry]:
    """The record of a history: for each commit the files that its fences leave, then its SHA and tags."""
    done: dict[str, int] = {}
    for commit in history.commits:
        lesson = commit.step.lesson
        for change in commit.step.changes:
            line = f"{lesson.chapter} file {change.block.title} {digest(change.after)}"
            yield line, lesson.file, change.block.place.first
        done[lesson.chapter] = done.get(lesson.chapter, 0) + len(commit.step.changes)
        yield " ".join((lesson.chapter, "commit", commit.sha, *commit.tags)), lesson.file, commit.step.line
    for name, chapter in history.chapters.items():
        yield from _planted(name, chapter.lesson)
        for change in chapter.changes[done.get(name, 0) :]:
            # After the last commit: files that `.gitignore` keeps out.
            line = f"{name} file {change.block.title} {digest(change.after)}"
            yield line, chapter.lesson.file, change.block.place.first


def _planted(chapter: str, lesson: Lesson) -> Iterator[Entry]:
    """What the chapter's mistake pages plant: no commit holds that."""
    for file in mistake_files(lesson.file):
        for block in read_mistake(file).blocks:
            if isinstance(block, WholeFile | Diff):
                text = (
                    block.content
                    if isinstance(block, WholeFile)
                    else repr([(each.before, each.after) for each in block.hunks])
                )
                yield f"{chapter} mistake {block.title} {digest(text)} {file.stem}", file, block.place.first
