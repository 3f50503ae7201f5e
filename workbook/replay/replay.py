"""A page from its start to its end, every block done as a student would do it; its outputs compared, or taken."""

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from workbook.history.build import Commit, History
from workbook.history.files import Files
from workbook.lesson.blocks import ELISION, commit_message, elided
from workbook.lesson.errors import LessonError
from workbook.lesson.markdown import Edit, rewrite
from workbook.lesson.model import Diff, Exchange, Lesson, Mistake, Session, Stop, WholeFile
from workbook.replay import contract
from workbook.replay.compare import agrees, first_line, indented, normalise, require_same
from workbook.replay.ground import Settings, prepare
from workbook.replay.shell import Client, Shell, run_python
from workbook.replay.start import lay_out, left_out, starting_point
from workbook.replay.worktree import Accept, Worktree

Compare = Callable[[Path, Exchange, tuple[str, ...]], None]
Tell = Callable[[str], object]


def replay(
    page: Lesson | Mistake,
    history: History,
    settings: Settings,
    root: Path,
    *,
    compare: Compare = require_same,
    accept: Accept | None = None,
    progress: Tell = len,
) -> None:
    """Replay a lesson or a mistake page.

    Args:
        root: a folder outside the repository for all that it makes, empty or an earlier replay's (see `prepare`).
        compare, accept: for an output, and for a file that a command leaves otherwise than shown: raise, or take it.
        progress: told each command before it runs.

    Raises LessonError: the first thing that does not happen as the page says. Problem: it cannot be started here.
    """
    commit, files = starting_point(page, history)
    shell = Shell(prepare(root, settings))
    progress("laying out the project")
    lay_out(shell, history, commit, files)
    worktree = Worktree(shell.ground, Files(page, files), left_out(page, history), accept)
    run_blocks(page, shell, worktree, history, compare=compare, progress=progress)


def run_blocks(
    page: Lesson | Mistake, shell: Shell, worktree: Worktree, history: History, compare: Compare, progress: Tell = len
) -> None:
    """Do all that a page says, in a project that lies there already; arguments and errors as `replay`."""
    commits = [each for each in history.commits if each.step.lesson.file == page.file]
    try:
        _Replay(page, shell, worktree, compare, progress, commits).all()
    finally:
        shell.stop()


@dataclass(slots=True)
class _Replay:
    page: Lesson | Mistake
    shell: Shell
    worktree: Worktree
    compare: Compare
    progress: Tell
    commits: list[Commit]

    def all(self) -> None:
        line = 1
        contract.report_of(self.shell).unlink(missing_ok=True)  # another page's
        for block in self.page.blocks:
            line = block.place.first
            if not (isinstance(block, Session) and block.kind == "console"):
                contract.report_of(self.shell).unlink(missing_ok=True)
            match block:
                case WholeFile() | Diff():
                    self.worktree.take(block)
                case Stop() if self.shell.server is None:
                    self._fail(line, "nothing runs in the background here.")
                case Stop():
                    self.shell.stop()
                case Session(skip=None, kind="console"):
                    self._console(block)
                case Session(skip=None, kind="mysql"):
                    self._mysql(block)
                case Session(skip=None):
                    self.progress("a Python session")
                    for exchange, printed in zip(block.exchanges, run_python(self.shell, block), strict=True):
                        self.compare(self.page.file, exchange, printed)
        self._require_stopped(line)
        self.worktree.require_all_shown(self.page.file, line)

    def _require_stopped(self, line: int) -> None:
        if self.shell.server is not None:
            way = "Put <!-- stop --> where it has done its work."
            self._fail(line, "the server in the background is never stopped.", way=way)

    def _fail(self, line: int, what: str, *, printed: tuple[str, ...] | None = None, way: str = "") -> NoReturn:
        why = "" if printed is None else f"It printed:\n\n{indented(printed)}"
        raise LessonError(self.page.file, line, what, why=why, way=way)

    def _console(self, block: Session) -> None:
        for exchange in block.exchanges:
            self.progress(first_line(exchange))
            commits = commit_message(exchange.typed) is not None
            if commits:
                self.worktree.require_all_shown(self.page.file, exchange.line)
            if block.background:
                self._background(exchange)
            else:
                self._command(exchange)
            self.worktree.follow(exchange)
            if commits and isinstance(self.page, Lesson):
                commit = self.commits.pop(0)
                self.worktree.require_committed(self.page.file, exchange, commit.files)
                if commit.tags:
                    # A red tag comes first: a chapter that ends in red has its own tag on the same commit.
                    self.progress(f"the tests at {commit.tags[0]}")
                    contract.require(self.shell, self.page, commit.tags[0], commit.files, exchange.line)

    def _command(self, exchange: Exchange) -> None:
        if not exchange.typed.startswith(("git add", "git commit", "git diff", "git status")):
            contract.report_of(self.shell).unlink(missing_ok=True)
        whole = exchange.typed in contract.WHOLE
        ran = self.shell.run(f"{contract.reporting(self.shell)} {exchange.typed}" if whole else exchange.typed)
        if ran.code != exchange.exit:
            late = f"is not done after {self.shell.ground.settings.timeout:g} seconds."
            what = late if ran.code is None else f"exits with {ran.code}, and the lesson announces {exchange.exit}."
            way = f"If that is meant: <!-- exit: {ran.code} --> before the block." if ran.code else ""
            self._fail(exchange.line, f"`{first_line(exchange)}` {what}", printed=ran.output, way=way)
        if exchange.output or not commit_message(exchange.typed):
            self.compare(self.page.file, exchange, ran.output)

    def _background(self, exchange: Exchange) -> None:
        self._require_stopped(exchange.line)
        shown = (*exchange.output, ELISION)
        ran = self.shell.run_on(exchange.typed, lambda lines: agrees(shown, lines))
        if ran.code is not None:
            what = f"`{exchange.typed}` ends with {ran.code} instead of going on."
            self._fail(exchange.line, what, printed=ran.output)
        # What a server prints later (its request log) is nobody's business here.
        starts = (ran.output[:size] for size in range(len(ran.output) + 1))
        enough = next((start for start in starts if agrees(exchange.output, start)), ran.output)
        self.compare(self.page.file, exchange, enough)

    def _mysql(self, block: Session) -> None:
        with Client(self.shell.ground.settings) as client:
            for exchange in block.exchanges:
                self.progress(first_line(exchange))
                printed = client.run(exchange.typed)
                # "2 rows in set (0.00 sec)" may be left out.
                if " in set" in printed[-1] and not any(" in set" in line for line in exchange.output):
                    printed.pop()
                self.compare(self.page.file, exchange, tuple(printed))


def refresh(page: Lesson | Mistake, history: History, settings: Settings, root: Path) -> list[Path]:
    """Replay a page and rewrite the outputs (and files that commands leave) that are not as shown; the files changed.

    Raises LessonError: what no output can mend: an exit code, a diff, a contract. What was taken until then is written.
    """
    edits, changed = list[Edit](), list[Path]()

    def output(file: Path, exchange: Exchange, actual: tuple[str, ...]) -> None:
        if not agrees(exchange.output, actual):
            lines = tuple(merged(exchange.output, actual))
            edits.append(Edit(exchange.output_line, len(exchange.output), lines))

    def left(block: WholeFile, actual: str) -> None:
        if block.made:
            changed.append(page.file.parent / "made" / block.title)
            changed[-1].write_text(actual, encoding="utf-8", newline="\n")
        else:
            lines = tuple(actual.removesuffix("\n").split("\n")) if actual else ()
            edits.append(Edit(block.place.first + 1, block.place.last - block.place.first - 1, lines))

    try:
        replay(page, history, settings, root, compare=output, accept=left)
    finally:
        if edits:
            rewrite(page.file, edits)
            changed.insert(0, page.file)
    return changed


def merged(shown: Sequence[str], actual: Sequence[str]) -> list[str]:
    """The new output in the manner of the old: lines that still agree stay as they are, `...` stays where it was.

    A shown line between elisions that is no longer there gives way to the line most like it.
    """
    plain = normalise(actual)
    if not any(elided(line) for line in shown):
        # Shown lines stay where they differ in volatile values only: small diffs to review.
        result = list(actual)
        matcher = difflib.SequenceMatcher(None, normalise(shown), plain, autojunk=False)
        for block in matcher.get_matching_blocks():
            result[block.b : block.b + block.size] = shown[block.a : block.a + block.size]
        return result
    result, at = [], 0
    for line, wanted in zip(shown, normalise(shown), strict=True):
        if elided(line) or not (like := difflib.get_close_matches(wanted, plain[at:], n=1, cutoff=0.5)):
            continue
        place = plain.index(like[0], at)
        result += [ELISION] * (place > at) + [line if plain[place] == wanted else actual[place]]
        at = place + 1
    return result + [ELISION] * (at < len(actual))
