"""A folder of edited files back into a chapter's fences."""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbook.history.build import History
from workbook.history.files import Change
from workbook.history.template import files_in
from workbook.history.trace import Chapter, follow
from workbook.lesson.edits import Edit, rewrite
from workbook.lesson.errors import LessonError
from workbook.lesson.hunks import apply, parse_hunks
from workbook.lesson.model import Diff, Place, WholeFile
from workbook.lesson.reader import read_lesson
from workbook.say import Problem

_CONTEXTS = (1, 2, 3, 5, 8, 13, 10_000)


@dataclass(frozen=True, slots=True)
class Absorbed:
    """What an absorption did: the fences changed (file, line, path), and the paths without a place, with the reason."""

    placed: tuple[tuple[Path, int, str], ...]
    unplaced: tuple[tuple[str, str], ...]


def absorb(history: History, chapter: Chapter, folder: Path) -> Absorbed:
    """Write what differs between a folder and the chapter's end into the last fence of each file in the chapter.

    A whole file gets its new text; a diff gets new hunks, from the file as it is before that fence.

    Args:
        folder: the files, as `workbook edit` laid them out and a person changed them.

    Raises:
        Problem: the rewritten lesson would not build these files; then it is left as it was.
    """
    there = files_in(history, folder)
    wanted = {path: (folder / path).read_text(encoding="utf-8") for path in there | _ignored(chapter, folder)}
    end = {path: text for path, text in chapter.end.items() if path not in chapter.left_out}
    edits: list[Edit] = []
    placed: list[tuple[Path, int, str]] = []
    unplaced: list[tuple[str, str]] = []
    for path in sorted(wanted.keys() | end.keys()):
        if wanted.get(path) == end.get(path):
            continue
        edit = _place(chapter, path, wanted.get(path), end.get(path))
        if isinstance(edit, str):
            unplaced.append((path, edit))
        else:
            edits.append(edit)
            placed.append((chapter.lesson.file, edit.first - 1, path))
    if edits:
        before = chapter.lesson.file.read_text(encoding="utf-8")
        rewrite(chapter.lesson.file, edits)
        try:
            _require(history, chapter, {path: wanted[path] for _, _, path in placed})
        except Problem:
            chapter.lesson.file.write_text(before, encoding="utf-8", newline="\n")
            raise
    return Absorbed(tuple(placed), tuple(unplaced))


def _ignored(chapter: Chapter, folder: Path) -> set[str]:
    """Files that `.gitignore` ignores and the lesson shows."""
    return {path for path in chapter.end if (folder / path).is_file() and path not in chapter.left_out}


def _place(chapter: Chapter, path: str, wanted: str | None, end: str | None) -> Edit | str:
    """Where a changed file goes in the lesson, or why it has no place."""
    if wanted is None:
        return "deleted: remove it with a command in the lesson, such as $ git rm"
    if end is None:
        return f'new: show it in a fence with title="{path}"'
    changes = [change for change in chapter.changes if change.block.title == path]
    if not changes:
        return "no fence of this chapter shows it; edit the chapter that does, or add a diff fence"
    return _edit(changes[-1], wanted)


def _edit(change: Change, wanted: str) -> Edit | str:
    block = change.block
    where = f"its last fence (line {block.place.first})"
    if isinstance(block, WholeFile):
        if block.made:
            return f"{where} shows a made file; change made/{block.title}"
        lines = wanted.removesuffix("\n").split("\n") if wanted else []
    else:
        hunks = make_hunks(block.place, block.title, change.before or "", wanted)
        if hunks is None:
            return f"{where} is a diff that cannot say this"
        lines = hunks
    if any(line.startswith("```") for line in lines):
        return f"{where} would hold three backticks; fence it with four"
    if not wanted.endswith("\n") and wanted:
        return "it does not end with a newline, and a fence always does"
    return Edit(block.place.first + 1, block.place.last - block.place.first - 1, tuple(lines))


def make_hunks(place: Place, title: str, before: str, after: str) -> list[str] | None:
    """The lines of a diff fence that turns one text into another, with as little context as makes each hunk unique.

    Returns:
        None when no diff can: nothing changes, or only the last newline.
    """
    for context in _CONTEXTS:
        lines = list(_hunk_lines(before, after, context))
        try:
            hunks = parse_hunks(place, "\n".join(lines) + "\n")
            if apply(Diff(place, title, hunks), before) == after:
                return lines
        except LessonError:
            continue
    return None


def _hunk_lines(before: str, after: str, context: int) -> Iterator[str]:
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    for group in difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context):
        yield "@@"
        for verb, start, end, new_start, new_end in group:
            if verb == "equal":
                yield from (f" {line}" if line else "" for line in old[start:end])
            else:
                yield from (f"-{line}" for line in old[start:end])
                yield from (f"+{line}" for line in new[new_start:new_end])


def _require(history: History, chapter: Chapter, wanted: dict[str, str]) -> None:
    """The lesson, read again, builds these files."""
    ids = list(history.chapters)
    lessons = [history.chapters[each].lesson for each in ids[: ids.index(chapter.lesson.chapter)]]
    *_, now = follow([*lessons, read_lesson(chapter.lesson.file)])
    for path, text in wanted.items():
        if now.end.get(path) != text:
            raise Problem(
                f"{path} cannot be written back: a later command of the lesson changes it.", ways=("Edit by hand.",)
            )
