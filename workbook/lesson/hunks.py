"""Diffs without fuzz: a hunk matches exactly one place, or it is an error."""

import difflib
from collections.abc import Sequence
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Hunk, Place


def parse_hunks(place: Place, content: str) -> tuple[Hunk, ...]:
    """The hunks of a diff fence.

    Raises:
        LessonError: no bare `@@`; a hunk that is empty, changes nothing or has no context; a line that starts with
            anything but a space, a plus or a minus.
    """
    hunks: list[Hunk] = []
    opened: int | None = None
    before: list[str] = []
    after: list[str] = []

    def close() -> None:
        if opened is None:
            return
        if not before and not after:
            raise LessonError(place.file, opened, "an empty hunk.", way="Show what changes, or remove the @@.")
        if before == after:
            raise LessonError(
                place.file, opened, "this hunk changes nothing.", way="Start added lines with +, removed ones with -."
            )
        if not any(line.strip() for line in before):
            raise LessonError(
                place.file,
                opened,
                "this hunk has no context: it could go anywhere.",
                way="Show a line before or after it.",
            )
        hunks.append(Hunk(opened, tuple(before), tuple(after)))

    for number, line in enumerate(content.removesuffix("\n").split("\n"), place.first + 1):
        if line == "@@":
            close()
            opened, before, after = number, [], []
        elif opened is None:
            raise LessonError(
                place.file, number, "a diff's hunks are each opened by a bare @@.", way="Put @@ on the line before."
            )
        elif line.startswith("@@"):
            raise LessonError(place.file, number, "@@ stands bare, without line numbers.")
        elif line[:1] not in ("", " ", "-", "+"):
            raise LessonError(
                place.file, number, "a line of a hunk starts with a space, - or +.", way="Indent context by one space."
            )
        else:
            if line[:1] != "+":
                before.append(line[1:])
            if line[:1] != "-":
                after.append(line[1:])
    close()
    if not hunks:
        raise LessonError(place.file, place.first, "this diff has no hunk.", way="Open each with a bare @@.")
    return tuple(hunks)


def apply(diff: Diff, text: str) -> str:
    """The file after a diff's hunks.

    Args:
        text: the file before.

    Raises:
        LessonError: a hunk that matches no place or several; it names the hunk's line and shows the nearest lines.
    """
    ending = "\n" if text.endswith("\n") else ""
    lines = text.removesuffix("\n").split("\n")
    for hunk in diff.hunks:
        places = find(hunk.before, lines)
        if len(places) != 1:
            raise _no_single_place(diff.place.file, diff.title, hunk, lines, places)
        lines[places[0] : places[0] + len(hunk.before)] = hunk.after
    return "\n".join(lines) + ending


def find(wanted: Sequence[str], lines: Sequence[str]) -> list[int]:
    """The places, from 0, where these lines stand together."""
    size = len(wanted)
    return [start for start in range(len(lines) - size + 1) if list(lines[start : start + size]) == list(wanted)]


def _no_single_place(file: Path, title: str, hunk: Hunk, lines: Sequence[str], places: Sequence[int]) -> LessonError:
    if places:
        where = ", ".join(str(place + 1) for place in places)
        return LessonError(
            file,
            hunk.line,
            f"this hunk matches {len(places)} places in {title}: at its lines {where}.",
            way="Add lines of context until it matches one.",
        )
    start, wanted = _nearest(hunk.before, lines)
    nearest = "\n".join(
        f"    {number:4} | {lines[number - 1]}" for number in _around(start, len(hunk.before), len(lines))
    )
    return LessonError(
        file,
        hunk.line,
        f"this hunk matches no place in {title}.",
        why=f"Its first line that differs:\n\n           {wanted}\n\nThe nearest lines of {title}:\n\n{nearest}",
        way="Copy context and removed lines from the file as it is at this point of the course.",
    )


def _nearest(wanted: Sequence[str], lines: Sequence[str]) -> tuple[int, str]:
    """Where the hunk fits best, and its first line that differs there."""

    def likeness(start: int) -> float:
        there = lines[start : start + len(wanted)]
        same = sum(mine == theirs for mine, theirs in zip(wanted, there, strict=False))
        return same + difflib.SequenceMatcher(None, "\n".join(wanted), "\n".join(there), autojunk=False).quick_ratio()

    start = max(range(len(lines)), key=likeness)
    for offset, line in enumerate(wanted):
        if start + offset >= len(lines) or lines[start + offset] != line:
            return start, line
    return start, wanted[-1]


def _around(start: int, size: int, total: int) -> range:
    return range(max(1, start), min(total, start + size + 1) + 1)
