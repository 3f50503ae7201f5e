"""History as files in a folder: the template, which is the last commit; and a chapter's end, to edit and to absorb."""

import difflib
from itertools import zip_longest
from pathlib import Path

from workbook.history.build import History
from workbook.history.files import Change, Chapter, Tree, apply, follow, write_files
from workbook.history.git import git
from workbook.lesson.blocks import parse_hunks
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.markdown import Edit, rewrite
from workbook.lesson.model import Diff
from workbook.lesson.reader import read_lesson
from workbook.say import Problem


def write_template(history: History, template: Path) -> list[str]:
    """Make a folder hold exactly the last commit's files, and what its `.gitignore` ignores; the paths that changed."""
    wanted = history.last.files
    template.mkdir(parents=True, exist_ok=True)
    changed = write_files(wanted, template)
    # After the template's own .gitignore is in place: it says what is not ours to delete.
    for path in _files_in(history, template) - wanted.keys():
        (template / path).unlink()
        changed.append(path)
        for folder in (template / path).parents:
            if folder == template or any(folder.iterdir()):
                break
            folder.rmdir()
    return sorted(changed)


def check_template(history: History, template: Path) -> None:
    """Raises Problem, naming the first file and line of a folder that is not as the last commit has it."""
    wanted = history.last.files
    there = _files_in(history, template) if template.is_dir() else set()
    changes = [change for chapter in history.chapters.values() for change in chapter.changes]
    for path in sorted(wanted.keys() | there):
        text = (template / path).read_text(encoding="utf-8", errors="replace") if path in there else "(no such file)"
        lines = text.split("\n"), wanted.get(path, "(no such file)").split("\n")
        for number, (got, expected) in enumerate(zip_longest(*lines, fillvalue="(the end of the file)"), 1):
            if got != expected:
                fences = [change.block.place for change in changes if change.block.title == path]
                last = "".join(f"\n\nIts last fence: {shown(fence.file)}:{fence.first}" for fence in fences[-1:])
                raise Problem(
                    f"{shown(template / path)}:{number}: differs from what the lessons build.",
                    why=f"expected: {expected}\n     got: {got}{last}",
                    ways=("Edit the lessons, not the template; then `workbook build`.",),
                )


def _files_in(history: History, folder: Path) -> set[str]:
    """The files in a folder that its own `.gitignore` does not ignore and no lesson leaves out."""
    ours = f"--git-dir={history.repository.resolve() / '.git'}"
    listed = git(folder, ours, "--work-tree=.", "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
    left_out = list(history.chapters.values())[-1].left_out
    return {path for path in listed if path and path not in left_out and (folder / path).is_file()}


def lay_out(files: Tree, folder: Path) -> None:
    """Write files into an empty folder. Raises Problem when it holds something."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Problem(f"{folder} is not empty.", ways=("Name an empty folder, or one that is not there yet.",), code=2)
    write_files(files, folder)


def absorb(history: History, chapter: Chapter, folder: Path) -> dict[str, int | None]:
    """Write what differs between a folder and the chapter's end into the last fence of each file in the chapter.

    A whole file gets its new text; a diff gets new hunks, from the file as it is before that fence.

    Returns:
        for each path that differs the line of its fence; None when the chapter has none, or the file is gone.

    Raises:
        Problem: the rewritten lesson would not build these files; then it is left as it was.
    """
    page, end = chapter.lesson.file, chapter.end
    # What `.gitignore` ignores and the lesson shows (`.env`) counts too.
    there = _files_in(history, folder) | {path for path in end if (folder / path).is_file()}
    wanted = {path: (folder / path).read_text(encoding="utf-8") for path in there}
    last = {change.block.title: change for change in chapter.changes}
    changed = sorted(path for path in wanted.keys() | end.keys() if wanted.get(path) != end.get(path))
    placed = {path: last[path].block.place.first for path in changed if path in wanted and path in last}
    before = page.read_text(encoding="utf-8")
    try:
        rewrite(page, [_edit(last[path], wanted[path]) for path in placed])
        lessons = [each.lesson for each in history.chapters.values() if each.lesson.chapter < chapter.lesson.chapter]
        *_, now = follow([*lessons, read_lesson(page)])
        for path in placed:
            if now.end.get(path) != wanted[path]:
                raise Problem(f"{path}: a later command of the lesson changes it, or no fence can hold it.")
    except Problem as error:
        page.write_text(before, encoding="utf-8", newline="\n")
        what = f"{', '.join(placed)} cannot be written back: the lesson would not build it."
        raise Problem(what, why=str(error), ways=("Edit by hand.",)) from None
    return {path: placed.get(path) for path in changed}


def _edit(change: Change, wanted: str) -> Edit:
    block = change.block
    lines = make_hunks(block, change.before or "", wanted) if isinstance(block, Diff) else wanted.split("\n")[:-1]
    return Edit(block.place.first + 1, block.place.last - block.place.first - 1, tuple(lines))


def make_hunks(block: Diff, before: str, after: str) -> list[str]:
    """The lines of a diff fence that turns one text into another, with as little context as makes each hunk unique."""
    old, new = before.removesuffix("\n").split("\n"), after.removesuffix("\n").split("\n")
    for context in (1, 2, 3, 5, 8, 13, 10_000):
        diff = [*difflib.unified_diff(old, new, n=context, lineterm="")][2:]
        fence = ["@@" if line.startswith("@@") else "" if line == " " else line for line in diff]
        try:
            hunks = parse_hunks(block.place, "\n".join(fence) + "\n")
            if apply(Diff(block.place, block.title, hunks), before) == after:
                return fence
        except LessonError:
            continue
    raise Problem(f"{block.title}: no diff can say this.")
