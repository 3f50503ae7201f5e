"""A page from its start to its end, every block done as a student would do it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workbook.history.build import Commit, History
from workbook.history.files import Files
from workbook.lesson.commands import commit_message
from workbook.lesson.elision import ELISION
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, Lesson, Mistake, Session, Stop, WholeFile
from workbook.runner import bytecode
from workbook.runner.compare import agrees, indented, require_same
from workbook.runner.contract import require_contract
from workbook.runner.ground import Settings, prepare
from workbook.runner.mysqlclient import Client
from workbook.runner.ownruns import OwnRuns
from workbook.runner.pycon import run_session
from workbook.runner.shell import Ran, Shell
from workbook.runner.start import lay_out, starting_point
from workbook.runner.worktree import Accept, Worktree

Compare = Callable[[Path, Exchange, tuple[str, ...]], None]


def replay(
    page: Lesson | Mistake,
    history: History,
    settings: Settings,
    root: Path,
    *,
    compare: Compare = require_same,
    accept: Accept | None = None,
    progress: Callable[[str], None] = lambda what: None,
) -> None:
    """Replay a lesson or a mistake page.

    Args:
        root: an empty folder outside the repository, for the scratch project and all else.
        compare, accept: what to do with an output, and with a file that a command leaves otherwise than shown: raise,
            or take it (refresh).
        progress: told each command before it runs.

    Raises:
        LessonError: the first thing that does not happen as the page says, with its file and line.
        Problem: the page cannot be started here.
    """
    commit, files = starting_point(page, history)
    ground = prepare(root, settings)
    shell = Shell(ground)
    left_out = history.chapters[page.chapter].left_out if isinstance(page, Lesson) else _all_left_out(history)
    progress("laying out the project")
    lay_out(ground, shell, history, commit, files)
    commits = [each for each in history.commits if each.step.lesson.file == page.file]
    worktree = Worktree(ground, Files(page, files), left_out, accept)
    try:
        _Replay(page, shell, worktree, compare, progress, commits, OwnRuns(ground)).all()
    finally:
        shell.stop()
        bytecode.keep(ground.project, settings.bytecode)


def _all_left_out(history: History) -> frozenset[str]:
    return list(history.chapters.values())[-1].left_out


@dataclass(slots=True)
class _Replay:
    page: Lesson | Mistake
    shell: Shell
    worktree: Worktree
    compare: Compare
    progress: Callable[[str], None]
    commits: list[Commit]
    own_runs: OwnRuns
    done: int = field(default=0)
    line: int = field(default=1)

    def all(self) -> None:
        for block in self.page.blocks:
            self.line = block.place.first
            if isinstance(block, WholeFile | Diff):
                self.worktree.take(block)
            elif isinstance(block, Stop):
                self._stop(block)
            elif isinstance(block, Session) and block.skip is None:
                {"console": self._console, "mysql": self._mysql, "pycon": self._pycon}[block.kind](block)
        if self.shell.server is not None:
            self._fail(
                self.line,
                "the server in the background is never stopped.",
                way="Put <!-- stop --> where it has done its work.",
            )
        self.worktree.require_all_shown(self.page.file, self.line)

    def _fail(self, line: int, what: str, *, why: str = "", way: str = "") -> None:
        raise LessonError(self.page.file, line, what, why=why, way=way)

    def _stop(self, block: Stop) -> None:
        if self.shell.server is None:
            self._fail(block.place.first, "nothing runs in the background here.")
        self.shell.stop()

    def _console(self, block: Session) -> None:
        for exchange in block.exchanges:
            self.progress(exchange.typed.partition("\n")[0])
            commits = commit_message(exchange.typed) is not None
            if commits:
                self.worktree.require_all_shown(self.page.file, exchange.line)
            if block.background:
                self._background(exchange)
            else:
                self._command(exchange)
            self.worktree.follow(exchange)
            if commits and isinstance(self.page, Lesson):
                self._committed(exchange)

    def _command(self, exchange: Exchange) -> None:
        with self.own_runs.watch(exchange.typed, self.shell) as extra:
            ran = self.shell.run(exchange.typed, extra=extra)
        if "uv add" in exchange.typed or "uv sync" in exchange.typed:
            bytecode.seed(self.shell.ground.project, self.shell.ground.settings.bytecode)
        self._require_exit(exchange, ran)
        if exchange.output or not commit_message(exchange.typed):
            self.compare(self.page.file, exchange, ran.output)

    def _require_exit(self, exchange: Exchange, ran: Ran) -> None:
        if ran.code == exchange.exit:
            return
        first = exchange.typed.partition("\n")[0]
        if ran.code is None:
            seconds = self.shell.ground.settings.timeout
            self._fail(
                exchange.line,
                f"`{first}` is not done after {seconds:g} seconds.",
                why=f"It printed:\n\n{indented(ran.output)}",
            )
        announced = f"the lesson announces {exchange.exit}" if exchange.exit else "the lesson does not announce it"
        self._fail(
            exchange.line,
            f"`{first}` exits with {ran.code}, and {announced}.",
            why=f"It printed:\n\n{indented(ran.output)}",
            way=f"If that is meant: <!-- exit: {ran.code} --> before the block.",
        )

    def _background(self, exchange: Exchange) -> None:
        if self.shell.server is not None:
            self._fail(
                exchange.line, "another server still runs in the background.", way="Stop it first: <!-- stop -->."
            )
        shown = (*exchange.output, ELISION)
        ran = self.shell.run_on(exchange.typed, lambda lines: agrees(shown, lines))
        if ran.code is not None:
            self._fail(
                exchange.line,
                f"`{exchange.typed}` ends with {ran.code} instead of going on.",
                why=f"It printed:\n\n{indented(ran.output)}",
            )
        # What a server prints later (its request log) is nobody's business here.
        enough = (
            ran.output[:size] for size in range(len(ran.output) + 1) if agrees(exchange.output, ran.output[:size])
        )
        self.compare(self.page.file, exchange, next(enough, ran.output))

    def _committed(self, exchange: Exchange) -> None:
        assert isinstance(self.page, Lesson)
        commit = self.commits[self.done]
        self.done += 1
        self.worktree.require_committed(self.page.file, exchange, commit.files)
        if commit.tags:
            # A red tag comes first: a chapter that ends in red has its own tag on the same commit.
            self.progress(f"the tests at {commit.tags[0]}")
            own = self.own_runs.of_this_state()
            require_contract(self.shell, self.page, commit.tags[0], commit.files, exchange.line, own)

    def _mysql(self, block: Session) -> None:
        settings = self.shell.ground.settings
        if settings.server is None:
            self._fail(block.place.first, "a mysql fence, and no MySQL to run it on.")
            return
        self.own_runs.forget()
        with Client(settings.server, settings.database) as client:
            for exchange in block.exchanges:
                self.progress(exchange.typed.partition("\n")[0])
                printed = client.run(exchange.typed)
                if (
                    printed[-1].endswith(" sec)")
                    and " in set" in printed[-1]
                    and not any(" in set" in line for line in exchange.output)
                ):
                    printed.pop()
                self.compare(self.page.file, exchange, tuple(printed))

    def _pycon(self, block: Session) -> None:
        self.progress("a Python session")
        python = "uv run --no-sync python" if (self.shell.ground.project / "pyproject.toml").exists() else "python"
        for exchange, printed in zip(block.exchanges, run_session(self.shell, python, block), strict=True):
            self.compare(self.page.file, exchange, printed)
