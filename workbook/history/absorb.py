"""A folder of edited files back into a chapter's fences."""

import difflib
from pathlib import Path

from workbook.history.build import History
from workbook.history.template import files_in
from workbook.history.trace import Chapter, follow
from workbook.lesson.errors import LessonError
from workbook.lesson.hunks import apply, parse_hunks
from workbook.lesson.markdown import Edit, rewrite
from workbook.lesson.model import Diff, Place, WholeFile
from workbook.lesson.reader import read_lesson
from workbook.say import Problem

_CONTEXTS = (1, 2, 3, 5, 8, 13, 10_000)


def absorb(history: History, chapter: Chapter, folder: Path) -> dict[str, int | str]:
    """Write what differs between a folder and the chapter's end into the last fence of each file in the chapter.

    A whole file gets its new text; a diff gets new hunks, from the file as it is before that fence.

    Args:
        folder: the files, as `workbook edit` laid them out and a person changed them.

    Returns:
        for each path that differs the line of the fence that has it now, or why it has no place.

    Raises:
        Problem: the rewritten lesson would not build these files; then it is left as it was.
    """
    page, end = chapter.lesson.file, chapter.kept(chapter.end)
    # What `.gitignore` ignores and the lesson shows (`.env`) counts too.
    there = files_in(history, folder) | {path for path in end if (folder / path).is_file()}
    wanted = {path: (folder / path).read_text(encoding="utf-8") for path in there}
    changed = sorted(path for path in wanted.keys() | end.keys() if wanted.get(path) != end.get(path))
    found = {path: _edit(chapter, path, wanted.get(path)) for path in changed}
    edits = {path: edit for path, edit in found.items() if isinstance(edit, Edit)}
    before = page.read_text(encoding="utf-8")
    rewrite(page, list(edits.values()))
    try:
        _require(history, chapter, {path: wanted[path] for path in edits})
    except Problem:
        page.write_text(before, encoding="utf-8", newline="\n")
        raise
    return {path: edit.first - 1 if isinstance(edit, Edit) else edit for path, edit in found.items()}


def _edit(chapter: Chapter, path: str, wanted: str | None) -> Edit | str:
    """What to write into the lesson, or why a changed file has no place in it."""
    if wanted is None:
        return "deleted: remove it with a command in the lesson, such as $ git rm"
    if path not in chapter.end:
        return f'new: show it in a fence with title="{path}"'
    changes = [change for change in chapter.changes if change.block.title == path]
    if not changes:
        return "no fence of this chapter shows it; edit the chapter that does, or add a diff fence"
    block, before = changes[-1].block, changes[-1].before or ""
    where = f"its last fence (line {block.place.first})"
    if isinstance(block, WholeFile) and block.made:
        return f"{where} shows a made file; change made/{path}"
    if wanted and not wanted.endswith("\n"):
        return "it does not end with a newline, and a fence always does"
    lines: list[str] | None = wanted.split("\n")[:-1]
    if isinstance(block, Diff):
        lines = make_hunks(block.place, path, before, wanted)
    if lines is None:
        return f"{where} is a diff that cannot say this"
    if any(line.startswith("```") for line in lines):
        return f"{where} would hold three backticks; fence it with four"
    return Edit(block.place.first + 1, block.place.last - block.place.first - 1, tuple(lines))


def make_hunks(place: Place, title: str, before: str, after: str) -> list[str] | None:
    """The lines of a diff fence that turns one text into another, with as little context as makes each hunk unique.

    Returns:
        None when no diff can: nothing changes, or only the last newline.
    """
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    for context in _CONTEXTS:
        diff = [*difflib.unified_diff(old, new, n=context, lineterm="")][2:]
        fence = ["@@" if line.startswith("@@") else "" if line == " " else line for line in diff]
        try:
            if apply(Diff(place, title, parse_hunks(place, "\n".join(fence) + "\n")), before) == after:
                return fence
        except LessonError:
            continue
    return None


def _require(history: History, chapter: Chapter, wanted: dict[str, str]) -> None:
    """The lesson, read again, builds these files."""
    lessons = [each.lesson for each in history.chapters.values() if each.lesson.chapter < chapter.lesson.chapter]
    *_, now = follow([*lessons, read_lesson(chapter.lesson.file)])
    for path, text in wanted.items():
        if now.end.get(path) != text:
            what = f"{path} cannot be written back: a later command of the lesson changes it."
            raise Problem(what, ways=("Edit by hand.",))
