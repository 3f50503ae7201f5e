"""What the lessons built when `workbook build` last ran: every commit, and every file that a fence leaves.

The template shows only what is left at the end. A listing that a later chapter replaces is held by this record: change
one character of it, and the check names its fence.
"""

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.history.files import Change
from workbook.lesson.chapters import chapter_id, mistake_files
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.model import Diff, Lesson, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.say import Problem

if TYPE_CHECKING:
    from workbook.history.build import History

LOCK = "history.lock"
_END = "then nothing more"
_HEAD = "# Written by `workbook build`. A commit that changes here changes under the feet of readers who have it."

Entry = tuple[str, Path, int]
"""A line of the record, and the place in the lesson that it speaks of."""


def write_lock(history: "History", chapters: Path) -> None:
    """Record what the lessons build."""
    lines = [_HEAD, *(line for line, _, _ in _entries(history))]
    (chapters / LOCK).write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def check_lock(history: "History", chapters: Path) -> None:
    """Compare what the lessons build with the record.

    Raises:
        LessonError: names the first fence or commit that is not as recorded.
        Problem: there is no record.
    """
    recorded = _recorded(chapters)
    if not recorded:
        raise Problem(f"{shown(chapters / LOCK)} is missing.", ways=("Write it: workbook build.",))
    now = [*_entries(history), (_END, [*history.chapters.values()][-1].lesson.file, 1)]
    for before, (line, file, place) in zip([*recorded, _END], now, strict=False):
        if before != line:
            raise LessonError(
                file,
                place,
                f"from here on the lessons build something else than recorded: {' '.join(line.split()[1:3])}.",
                why=f"recorded: {before}\n     now: {line}",
                way="If the change is meant: workbook build, and commit what it writes.",
            )


def blame(error: LessonError, changes: Iterable[Change], chapters: Path) -> LessonError:
    """Say which listing before a fence that does not apply is not as recorded: the mistake is likely there.

    Returns:
        the same error; it is as it was when there is no record, or nothing before the fence differs from it.
    """
    recorded = {*_recorded(chapters)}
    for change in changes:
        line, file, place = _listing(change)
        if recorded and line not in recorded:
            error.why += (
                f"\n\nBefore it, {change.block.title} at {shown(file)}:{place} is not what {LOCK} has recorded."
            )
            break
    return error


def _recorded(chapters: Path) -> list[str]:
    try:
        lines = (chapters / LOCK).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if line and not line.startswith("#")]


def _entries(history: "History") -> Iterator[Entry]:
    """For each commit the files that its fences leave, then its SHA and tags; then what no commit holds."""
    for commit in history.commits:
        file, line = commit.step.lesson.file, commit.step.line
        yield from map(_listing, commit.step.changes)
        yield " ".join((chapter_id(file), "commit", commit.sha, *commit.tags)), file, line
    for chapter in history.chapters.values():
        yield from _planted(chapter.lesson)
        committed = sum(len(step.changes) for step in chapter.steps)
        yield from map(_listing, chapter.changes[committed:])


def _listing(change: Change) -> Entry:
    place = change.block.place
    return f"{chapter_id(place.file)} file {change.block.title} {_digest(change.after)}", place.file, place.first


def _planted(lesson: Lesson) -> Iterator[Entry]:
    """What the chapter's mistake pages plant."""
    for file in mistake_files(lesson.file):
        for block in read_mistake(file).blocks:
            if isinstance(block, WholeFile | Diff):
                text = (
                    block.content if isinstance(block, WholeFile) else repr([(h.before, h.after) for h in block.hunks])
                )
                line = f"{lesson.chapter} mistake {block.title} {_digest(text)} {file.stem}"
                yield line, file, block.place.first


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
