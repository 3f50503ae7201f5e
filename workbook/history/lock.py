"""What stands beside the lessons: the record of what they build, the template, the table of versions; and edited files.

`history.lock` holds every commit, and every file that a fence leaves. The template shows only what is left at the end;
a listing that a later chapter replaces is held here: change one character of it, and the check names its fence.
"""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.history.files import Change, Chapter, Tree, apply, follow, write_files
from workbook.history.git import git
from workbook.lesson.blocks import parse_hunks
from workbook.lesson.chapters import chapter_id, mistake_files
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.markdown import Edit, rewrite
from workbook.lesson.model import Block, Diff, Lesson, Session, WholeFile
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.say import Problem

if TYPE_CHECKING:
    from workbook.history.build import History

LOCK = "history.lock"
TABLE = "versions.toml"
PIN = re.compile(r"(?<![\w.-])([A-Za-z0-9][\w.-]*)(?:\[[\w,-]*\])?==(\d[\w.!+-]*)")
_END = "then nothing more"
_HEAD = "# Written by `workbook build`. A commit that changes here changes under the feet of readers who have it."

Entry = tuple[str, Path, int]  # a line of the record, and the place in the lesson that it speaks of


def write_lock(history: "History", chapters: Path) -> None:
    """Record what the lessons build."""
    text = "\n".join([_HEAD, *(line for line, _, _ in _entries(history)), ""])
    (chapters / LOCK).write_text(text, encoding="utf-8", newline="\n")


def check_lock(history: "History", chapters: Path) -> None:
    """Raises LessonError, naming the first fence or commit that is not as recorded; Problem when there is no record."""
    recorded = _recorded(chapters)
    if not recorded:
        raise Problem(f"{shown(chapters / LOCK)} is missing.", ways=("Write it: workbook build.",))
    now = [*_entries(history), (_END, [*history.chapters.values()][-1].lesson.file, 1)]
    for before, (line, file, place) in zip([*recorded, _END], now, strict=False):
        if before != line:
            what = f"from here on the lessons build something else than recorded: {' '.join(line.split()[1:3])}."
            way = "If the change is meant: workbook build, and commit what it writes."
            raise LessonError(file, place, what, why=f"recorded: {before}\n     now: {line}", way=way)


def first_changed(changes: Iterable[Change], chapters: Path) -> str:
    """Which listing is not as recorded, as a paragraph: an error further down likely comes from there."""
    recorded = {*_recorded(chapters)}
    new = ((file, place) for line, file, place in map(_listing, changes) if recorded and line not in recorded)
    return next((f"\n\nBefore it, {shown(file)}:{line} is not what {LOCK} has recorded." for file, line in new), "")


def _recorded(chapters: Path) -> list[str]:
    text = (chapters / LOCK).read_text(encoding="utf-8") if (chapters / LOCK).exists() else ""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _entries(history: "History") -> Iterator[Entry]:
    """For each commit the files that its fences leave, then its SHA and tags; then what no commit holds."""
    for commit in history.commits:
        file = commit.step.lesson.file
        yield from map(_listing, commit.step.changes)
        yield " ".join((chapter_id(file), "commit", commit.sha, *commit.tags)), file, commit.step.line
    for chapter in history.chapters.values():
        for file in mistake_files(chapter.lesson.file):
            for block in read_mistake(file).blocks:
                if isinstance(block, WholeFile | Diff):
                    changes = isinstance(block, Diff) and [(hunk.before, hunk.after) for hunk in block.hunks]
                    text = block.content if isinstance(block, WholeFile) else repr(changes)
                    line = f"{chapter_id(file.parent)} mistake {block.title} {_digest(text)} {file.stem}"
                    yield line, file, block.place.first
        yield from map(_listing, chapter.changes[sum(len(step.changes) for step in chapter.steps) :])


def _listing(change: Change) -> Entry:
    place = change.block.place
    return f"{chapter_id(place.file)} file {change.block.title} {_digest(change.after)}", place.file, place.first


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def read_versions(chapters: Path) -> dict[str, str]:
    """The table `chapters/versions.toml`, by name. Raises Problem when it is missing or malformed."""
    try:
        versions = tomllib.loads((chapters / TABLE).read_text(encoding="utf-8"))["versions"]
        return {canonical(name): version for name, version in versions.items()}
    except (FileNotFoundError, tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise Problem(f'{chapters / TABLE} holds no table [versions] of name = "1.2.3": {error}.') from None


def check_versions(lessons: Iterable[Lesson], chapters: Path) -> None:
    """Raises LessonError: a pin in a command, a titled file or an added line of a diff is not the table's."""
    versions = read_versions(chapters) if (chapters / TABLE).exists() else {}
    for lesson in lessons:
        for number, text in _typed(lesson.blocks):
            for name, version in PIN.findall(text):
                known = versions.get(canonical(name), "nothing")
                if known != version:
                    what = f"{name}=={version}, but {TABLE} says {known}: workbook bump {name} {version}."
                    raise LessonError(lesson.file, number, what)


def _typed(blocks: Iterable[Block]) -> Iterator[tuple[int, str]]:
    """What a lesson types or writes: line by line, with its number."""
    for block in blocks:
        if isinstance(block, WholeFile) and not block.made:
            yield from enumerate(block.content.split("\n"), block.place.first + 1)
        elif isinstance(block, Diff):
            yield from ((hunk.line, text) for hunk in block.hunks for text in hunk.after if text not in hunk.before)
        elif isinstance(block, Session) and block.kind == "console":
            for exchange in block.exchanges:
                yield from enumerate(exchange.typed.split("\n"), exchange.line)


def bump(chapters: Path, files: Iterable[Path], name: str, version: str) -> list[Path]:
    """Change a version in the table and in every page of `files` that pins it, outputs too; which of them changed."""
    old = read_versions(chapters).get(canonical(name))
    if old is None:
        raise Problem(f"{TABLE} does not know {name}.", ways=(f'Add it: "{name}" = "{version}".',), code=2)
    named, told = re.escape(name), re.escape(old)
    pin = re.compile(rf"((?<![\w.-]){named}(?:\[[\w,-]*\])?==){told}(?![\w.])()", re.IGNORECASE)
    entry = re.compile(rf'^("?{named}"?\s*=\s*"){told}(")', re.IGNORECASE | re.MULTILINE)
    changed = []
    for file in [chapters / TABLE, *files]:
        text = file.read_text(encoding="utf-8")
        new = (entry if file.name == TABLE else pin).sub(rf"\g<1>{version}\g<2>", text)
        if new != text:
            file.write_text(new, encoding="utf-8", newline="\n")
            changed.append(file)
    return changed


def canonical(name: str) -> str:
    """A package's name as PyPI writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def write_template(history: "History", template: Path) -> list[str]:
    """Make a folder hold exactly the last commit's files, and what its `.gitignore` ignores; the paths that changed."""
    wanted = history.last.files
    changed = write_files(wanted, template)
    # After the template's own .gitignore is in place: it says what is not ours to delete.
    for path in _files_in(history, template) - wanted.keys():
        (template / path).unlink()
        changed.append(path)
    return sorted(changed)


def check_template(history: "History", template: Path) -> None:
    """Raises Problem, naming the first file and line of a folder that is not as the last commit has it."""
    wanted, there = history.last.files, _files_in(history, template)
    changes = [change for chapter in history.chapters.values() for change in chapter.changes]
    for path in sorted(wanted.keys() | there):
        text = (template / path).read_text(encoding="utf-8", errors="replace") if path in there else "(no such file)"
        lines = text.split("\n"), wanted.get(path, "(no such file)").split("\n")
        for number, (got, expected) in enumerate(zip_longest(*lines, fillvalue="(the end of the file)"), 1):
            if got != expected:
                fences = [change.block.place for change in changes if change.block.title == path]
                last = "".join(f"\n\nIts last fence: {shown(fence.file)}:{fence.first}" for fence in fences[-1:])
                what = f"{shown(template / path)}:{number}: differs from what the lessons build."
                ways = ("Edit the lessons, not the template; then `workbook build`.",)
                raise Problem(what, why=f"expected: {expected}\n     got: {got}{last}", ways=ways)


def _files_in(history: "History", folder: Path) -> set[str]:
    """The files in a folder that its own `.gitignore` does not ignore and no lesson leaves out."""
    if not folder.is_dir():
        return set()
    ours = f"--git-dir={history.repository.resolve() / '.git'}"
    listed = git(folder, ours, "--work-tree=.", "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
    left_out = {"", *[*history.chapters.values()][-1].left_out}
    return {path for path in listed if path not in left_out and (folder / path).is_file()}


def lay_out(files: Tree, folder: Path) -> None:
    """Write files into an empty folder. Raises Problem when it holds something."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Problem(f"{folder} is not empty.", ways=("Name an empty folder, or one that is not there yet.",), code=2)
    write_files(files, folder)


def absorb(history: "History", chapter: Chapter, folder: Path) -> dict[str, int | None]:
    """Write what differs between a folder and the chapter's end into the last fence of each file in the chapter.

    Each path that differs has the line of its fence; None when the chapter has none, or the file is gone. Raises
    Problem when the rewritten lesson would not build these files; then it is left as it was.
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
        if {path: now.end.get(path) for path in placed} != {path: wanted[path] for path in placed}:
            raise Problem("A later command of the lesson changes them, or no fence can hold them.")
    except Problem as error:
        page.write_text(before, encoding="utf-8", newline="\n")
        raise Problem(f"{', '.join(placed)} cannot be written back: edit by hand.", why=str(error)) from None
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
        with suppress(LessonError):
            hunks = parse_hunks(block.place, "\n".join(fence) + "\n")
            if apply(Diff(block.place, block.title, hunks), before) == after:
                return fence
    raise Problem(f"{block.title}: no diff can say this.")
