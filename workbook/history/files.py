"""The project's files while a lesson goes on, as far as its text says."""

import difflib
import posixpath
from dataclasses import dataclass, field

from workbook.lesson.commands import Effect, commit_message, effects, simple_commands
from workbook.lesson.elision import ELISION, mismatch
from workbook.lesson.errors import LessonError, shown
from workbook.lesson.hunks import apply
from workbook.lesson.model import Diff, Exchange, Lesson, Mistake, Place, WholeFile

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
        directory: where the student's shell stands, relative to the project's root; `/` when outside.
        last: the fence that showed each file last.
    """

    page: Lesson | Mistake
    tree: Tree
    directory: str = field(default=".")
    last: dict[str, Place] = field(default_factory=dict)

    def take(self, block: WholeFile | Diff) -> Change:
        """Do what a titled fence says.

        Raises:
            LessonError: a diff of a file that is not there or that does not apply; a made file that does not hold the
                lines shown.
        """
        before = self.tree.get(block.title)
        if isinstance(block, Diff):
            if before is None:
                near = difflib.get_close_matches(block.title, self.tree, n=3)
                way = f"Nearest files: {', '.join(near)}." if near else "Show the whole file first, without diff."
                raise LessonError(
                    block.place.file,
                    block.place.first,
                    f"this diff changes {block.title}, which is not there.",
                    way=way,
                )
            try:
                after = apply(block, before)
            except LessonError as error:
                raise self._with_last(error, block.title) from None
        else:
            after = self._made(block) if block.made else block.content
        self.tree[block.title] = after
        self.last[block.title] = block.place
        return Change(block, before, after)

    def _with_last(self, error: LessonError, title: str) -> LessonError:
        """Say where the file was shown last: the mistake may well be there."""
        place = self.last.get(title)
        if place is not None:
            error.why = f"{error.why}\n\n{title} was last shown at {shown(place.file)}:{place.first}.".strip()
        return error

    def _made(self, block: WholeFile) -> str:
        assert isinstance(self.page, Lesson)
        made = self.page.made[block.title]
        lines = block.content.removesuffix("\n").split("\n")
        difference = mismatch([ELISION, *lines, ELISION], made.split("\n"))
        if difference is not None:
            line = lines[difference.shown - 1]
            raise LessonError(
                block.place.file,
                block.place.first + difference.shown,
                f"made/{block.title} does not hold this line here: {line!r}.",
                way="Copy lines from the made file in their order, with ... for what is left out.",
            )
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
        for effect in effects(exchange.typed):
            if self.directory != ".":
                raise LessonError(
                    self.page.file,
                    exchange.line,
                    f"`{effect.verb}` after `cd {self.directory}`: history reads paths from the project's root.",
                    way="Go back to the root first, or write the path from the root.",
                )
            self._follow(effect, exchange)
        message = commit_message(exchange.typed)
        if message is not None and (not message.strip() or "--amend" in exchange.typed):
            raise LessonError(
                self.page.file, exchange.line, "a commit of history has a message.", way='Write git commit -m "…".'
            )
        return message

    def _follow(self, effect: Effect, exchange: Exchange) -> None:
        if effect.verb == "rm":
            for path in effect.paths:
                gone = self._below(path)
                self._insist(effect, exchange, path, gone)
                for name in gone:
                    del self.tree[name]
            return
        if len(effect.paths) != 2:
            raise LessonError(
                self.page.file, exchange.line, f"history follows `{effect.verb}` of one path to another only."
            )
        source, target = effect.paths
        names = self._below(source)
        self._insist(effect, exchange, source, names)
        if self._below(target) and target not in self.tree:
            target = f"{target}/{posixpath.basename(source)}"
        for name in names:
            self.tree[target + name[len(source) :]] = self.tree[name]
            if effect.verb == "mv":
                del self.tree[name]

    def _below(self, path: str) -> list[str]:
        return [name for name in self.tree if name == path or name.startswith(f"{path}/")]

    def _insist(self, effect: Effect, exchange: Exchange, path: str, found: list[str]) -> None:
        if effect.strict and not found:
            raise LessonError(self.page.file, exchange.line, f"`git {effect.verb}` names {path}, which is not there.")
