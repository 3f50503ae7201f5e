"""Diffs without fuzz: a hunk matches exactly one place, or it is an error."""

import difflib
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Hunk, Place


def parse_hunks(place: Place, content: str) -> tuple[Hunk, ...]:
    """The hunks of a diff fence.

    Raises:
        LessonError: no bare `@@`; a hunk that is empty, changes nothing or has no context; a line that starts with
            anything but a space, a plus or a minus.
    """
    opened: list[tuple[int, list[str]]] = []
    for number, line in enumerate(content.removesuffix("\n").split("\n"), place.first + 1):
        if line == "@@":
            opened.append((number, []))
        elif not opened or line.startswith("@@"):
            raise LessonError(place.file, number, "a diff's hunks are each opened by a bare @@, without line numbers.")
        elif line[:1] not in ("", " ", "-", "+"):
            way = "Indent context by one space."
            raise LessonError(place.file, number, "a line of a hunk starts with a space, - or +.", way=way)
        else:
            opened[-1][1].append(line)
    return tuple(_hunk(place.file, number, lines) for number, lines in opened)


def _hunk(file: Path, number: int, lines: Sequence[str]) -> Hunk:
    before = tuple(line[1:] for line in lines if line[:1] != "+")
    after = tuple(line[1:] for line in lines if line[:1] != "-")
    if not lines:
        raise LessonError(file, number, "an empty hunk.", way="Show what changes, or remove the @@.")
    if before == after:
        way = "Start added lines with +, removed ones with -."
        raise LessonError(file, number, "this hunk changes nothing.", way=way)
    if not any(line.strip() for line in before):
        way = "Show a line before or after it."
        raise LessonError(file, number, "this hunk has no context: it could go anywhere.", way=way)
    return Hunk(number, before, after)


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
        what = f"this hunk matches {len(places)} places in {title}: at its lines {where}."
        return LessonError(file, hunk.line, what, way="Add lines of context until it matches one.")
    start, wanted = _nearest(hunk.before, lines)
    around = range(max(1, start), min(len(lines), start + len(hunk.before) + 1) + 1)
    nearest = "\n".join(f"    {number:4} | {lines[number - 1]}" for number in around)
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
    differing = (line for line, there in zip_longest(wanted, lines[start : start + len(wanted)]) if line != there)
    return start, next(differing, wanted[-1])
