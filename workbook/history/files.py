"""The project's files while a lesson goes on, as far as its text says."""

import difflib
import posixpath
from dataclasses import dataclass, field

from workbook.lesson.commands import commit_message, file_command, simple_commands
from workbook.lesson.elision import ELISION, mismatch
from workbook.lesson.errors import LessonError
from workbook.lesson.hunks import apply
from workbook.lesson.model import Diff, Exchange, Lesson, Mistake, WholeFile

Tree = dict[str, str]
"""A project's files: text by path."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a fence does to a file: `before` is None when there was none."""

    block: WholeFile | Diff
    before: str | None
    after: str


@dataclass(slots=True)
class Files:
    """The files at a point of a page.

    Attributes:
        page: the lesson or mistake being read.
        tree: the files now.
        changes: what the fences so far did; those of earlier pages too where it is handed on.
        directory: where the student's shell stands, relative to the project's root; `/` when outside.
    """

    page: Lesson | Mistake
    tree: Tree
    changes: list[Change] = field(default_factory=list)
    directory: str = "."

    def take(self, block: WholeFile | Diff) -> Change:
        """Do what a titled fence says.

        Raises:
            LessonError: a diff of a file that is not there or that does not apply; a made file that does not hold the
                lines shown.
        """
        before = self.tree.get(block.title)
        if isinstance(block, WholeFile):
            after = self._made(block) if block.made else block.content
        elif before is not None:
            after = apply(block, before)
        else:
            near = difflib.get_close_matches(block.title, self.tree, n=3)
            way = f"Nearest files: {', '.join(near)}." if near else "Show the whole file first, without diff."
            what = f"this diff changes {block.title}, which is not there."
            raise LessonError(block.place.file, block.place.first, what, way=way)
        self.tree[block.title] = after
        self.changes.append(Change(block, before, after))
        return self.changes[-1]

    def _made(self, block: WholeFile) -> str:
        assert isinstance(self.page, Lesson)
        made = self.page.made[block.title]
        lines = block.content.removesuffix("\n").split("\n")
        difference = mismatch([ELISION, *lines, ELISION], made.split("\n"))
        if difference is not None:
            line = lines[difference.shown - 1]
            what = f"made/{block.title} does not hold this line here: {line!r}."
            way = "Copy lines from the made file in their order, with ... for what is left out."
            raise LessonError(block.place.file, block.place.first + difference.shown, what, way=way)
        return made

    def run(self, exchange: Exchange) -> str | None:
        """Follow a command line.

        Returns:
            the commit's message when it commits.

        Raises:
            LessonError: a commit without a message; a file command outside the project's root, or on a file that is
                not there.
        """
        for words in simple_commands(exchange.typed):
            if words[0] in ("cd", "pushd"):
                self.directory = posixpath.normpath(posixpath.join(self.directory, words[1] if len(words) > 1 else "/"))
            command = file_command(words)
            if command is not None:
                self._follow(*command, exchange.line)
        message = commit_message(exchange.typed)
        if message is not None and (not message.strip() or "--amend" in exchange.typed):
            way = 'Write git commit -m "…".'
            raise LessonError(self.page.file, exchange.line, "a commit of history has a message.", way=way)
        return message

    def _follow(self, verb: str, paths: list[str], strict: bool, line: int) -> None:
        if self.directory != ".":
            what = f"`{verb}` after `cd {self.directory}`: history reads paths from the project's root."
            raise LessonError(self.page.file, line, what, way="Go back to the root first.")
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
