"""The project's files while the lessons go on, as far as their text says: what fences, commands and commits leave."""

import difflib
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workbook.lesson.blocks import ELISION, commit_message, mismatch, simple_commands
from workbook.lesson.chapters import chapter_id, lesson_files
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, Hunk, Lesson, Mistake, Session, WholeFile
from workbook.lesson.reader import read_lesson

Tree = dict[str, str]  # a project's files: text by path


@dataclass(frozen=True, slots=True)
class Change:
    """What a fence does to a file: `before` is None when there was none."""

    block: WholeFile | Diff
    before: str | None
    after: str


@dataclass(slots=True)
class Files:
    """The files at a point of a page, what the fences did so far, and where the shell stands, from the root on."""

    page: Lesson | Mistake
    tree: Tree
    changes: list[Change] = field(default_factory=list)
    directory: str = "."

    def take(self, block: WholeFile | Diff) -> Change:
        """Do what a titled fence says. Raises LessonError: it does not apply, or a made file is not as it shows."""
        before = self.tree.get(block.title)
        if isinstance(block, WholeFile):
            after = self._made(block) if block.made else block.content
        elif before is not None:
            after = apply(block, before)
        else:
            raise LessonError(block.place.file, block.place.first, f"this changes {block.title}, which is not there.")
        self.tree[block.title] = after
        self.changes.append(Change(block, before, after))
        return self.changes[-1]

    def _made(self, block: WholeFile) -> str:
        assert isinstance(self.page, Lesson)
        made = self.page.made[block.title]
        lines = block.content.removesuffix("\n").split("\n")
        difference = mismatch([ELISION, *lines, ELISION], made.split("\n"))
        if difference is not None:
            what = f"made/{block.title} does not hold this line here: {lines[difference.shown - 1]!r}."
            raise LessonError(block.place.file, block.place.first + difference.shown, what)
        return made

    def run(self, exchange: Exchange) -> str | None:
        """Follow a command line: `cd`, and `rm`, `mv` and `cp`, also git's; its message when it commits.

        Raises LessonError: a commit without a message; a file command outside the root, or on a file that is not there.
        """
        for words in simple_commands(exchange.typed):
            verb, *arguments = words[1:] if words[0] == "git" and words[1:] else words
            if verb in ("cd", "pushd"):
                self.directory = posixpath.normpath(posixpath.join(self.directory, *(arguments[:1] or "/")))
            elif verb in ("rm", "mv", "cp"):
                paths = [word.removeprefix("./").rstrip("/") for word in arguments if not word.startswith("-")]
                self._follow(verb, paths, words[0] == "git", exchange.line)
        message = commit_message(exchange.typed)
        if message is not None and (not message.strip() or "--amend" in exchange.typed):
            raise LessonError(self.page.file, exchange.line, 'a commit of history has a message: git commit -m "…".')
        return message

    def _follow(self, verb: str, paths: list[str], strict: bool, line: int) -> None:
        if self.directory != ".":
            what = f"`{verb}` after `cd {self.directory}`: history reads paths from the project's root."
            raise LessonError(self.page.file, line, what)
        if verb != "rm" and len(paths) != 2:
            raise LessonError(self.page.file, line, f"history follows `{verb}` of one path to another only.")
        *sources, target = [*paths, ""] if verb == "rm" else paths
        if self._below(target) and target not in self.tree:
            target = f"{target}/{posixpath.basename(sources[0])}"
        for source in sources:
            names = self._below(source)
            if strict and not names:
                raise LessonError(self.page.file, line, f"`git {verb}` names {source}, which is not there.")
            for name in names:
                text = self.tree[name] if verb == "cp" else self.tree.pop(name)
                if verb != "rm":
                    self.tree[target + name[len(source) :]] = text

    def _below(self, path: str) -> list[str]:
        return [name for name in self.tree if name == path or name.startswith(f"{path}/")]


def apply(diff: Diff, text: str) -> str:
    """The file after a diff's hunks, without fuzz: each matches exactly one place, or LessonError names its line."""
    ending = "\n" if text.endswith("\n") else ""
    lines = text.removesuffix("\n").split("\n")
    for hunk in diff.hunks:
        size = len(hunk.before)
        places = [at for at in range(len(lines)) if tuple(lines[at : at + size]) == hunk.before]
        if len(places) != 1:
            raise _no_single_place(diff, hunk, lines, places)
        lines[places[0] : places[0] + size] = hunk.after
    return "\n".join(lines) + ending


def _no_single_place(diff: Diff, hunk: Hunk, lines: Sequence[str], places: Sequence[int]) -> LessonError:
    file, wanted = diff.place.file, "\n".join(hunk.before)
    if places:
        where = ", ".join(str(place + 1) for place in places)
        what = f"this hunk matches {len(places)} places in {diff.title}: at its lines {where}."
        return LessonError(file, hunk.line, what, way="Add lines of context until it matches one.")

    def likeness(there: Sequence[str]) -> float:
        return difflib.SequenceMatcher(None, wanted, "\n".join(there), autojunk=False).ratio()

    nearest = max((lines[at : at + len(hunk.before)] for at in range(len(lines))), key=likeness)
    told = "\n".join(f"    {line}".rstrip("\n") for line in difflib.ndiff(nearest, hunk.before))
    why = f"The nearest lines of {diff.title} (-), and what the hunk takes for them (+):\n\n{told}"
    return LessonError(file, hunk.line, f"this hunk matches no place in {diff.title}.", why=why)


@dataclass(frozen=True, slots=True)
class Step:
    """A commit of a lesson, at `line`: its files, also those that `.gitignore` will keep out, and what the fences did
    since the commit before. It is `empty` when the chapter commits nothing."""

    lesson: Lesson
    message: str
    line: int
    tag: str | None
    files: Tree
    changes: tuple[Change, ...]
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A lesson with what it does to the project: `start` are all files before it; `end` those after it, without what
    this lesson and those before leave out."""

    lesson: Lesson
    start: Tree
    end: Tree
    steps: tuple[Step, ...]
    changes: tuple[Change, ...]
    left_out: frozenset[str]


def trace(chapters: Path, until: str | None = None, changes: list[Change] | None = None) -> list[Chapter]:
    """Read all lessons, up to the chapter `until`, and follow what they do. See `follow`."""
    files = [file for file in lesson_files(chapters) if until is None or chapter_id(file) <= until]
    return list(follow(map(read_lesson, files), changes))


def follow(lessons: Iterable[Lesson], changes: list[Change] | None = None) -> Iterator[Chapter]:
    """Follow lessons, each from where the one before ended. Raises LessonError; `changes` then says how far it came."""
    changes = [] if changes is None else changes
    tree: Tree = {}
    left_out: frozenset[str] = frozenset()
    for lesson in lessons:
        left_out |= frozenset(lesson.left_out)
        start, first, done = dict(tree), len(changes), len(changes)
        files, steps = Files(lesson, tree, changes), list[Step]()
        for block in lesson.blocks:
            if isinstance(block, WholeFile | Diff):
                files.take(block)
            elif isinstance(block, Session) and block.kind == "console" and block.skip is None:
                for exchange in block.exchanges:
                    message, kept = files.run(exchange), _without(tree, left_out)
                    if message is not None:
                        steps.append(Step(lesson, message, exchange.line, block.tag, kept, tuple(changes[done:])))
                        done = len(changes)
        if not steps:
            message = f"{lesson.chapter}: {lesson.title}"
            steps.append(Step(lesson, message, 1, None, _without(start, left_out), (), empty=True))
        yield Chapter(lesson, start, _without(tree, left_out), tuple(steps), tuple(changes[first:]), left_out)


def _without(tree: Tree, left_out: frozenset[str]) -> Tree:
    return {path: text for path, text in tree.items() if path not in left_out}


def write_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Make a folder hold these files, executable what starts with `#!`; which of them were not there as they are."""
    changed = []
    for path, text in files.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != text.encode():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
            changed.append(path)
        target.chmod(0o755 if text.startswith("#!") else 0o644)
    return changed
