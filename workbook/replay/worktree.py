"""The scratch project's files against what the lesson has shown so far."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from workbook.history.files import Files, Tree, write_files
from workbook.history.git import git
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Diff, Exchange, Mistake, WholeFile
from workbook.replay.compare import first_line, require_same_file, same_file, undated
from workbook.replay.ground import Ground

Accept = Callable[[WholeFile, str], None]

NEVER_COUNTED = {".git", ".venv", "__pycache__", ".pytest_cache"}


@dataclass(slots=True)
class Worktree:
    """The files on disk, which commands change, and the files shown, which fences change.

    Attributes:
        made: for each made file shown, the path under which the command really made it, and its text.
        changed_by: for each file that differs, the command after which it first did.
        accept: told of a file that a command leaves otherwise than a fence shows, instead of an error (refresh).
    """

    ground: Ground
    shown: Files
    left_out: frozenset[str]
    accept: Accept | None = None
    made: dict[str, tuple[str, str]] = field(default_factory=dict)
    changed_by: dict[str, Exchange] = field(default_factory=dict)

    def take(self, block: WholeFile | Diff) -> None:
        """Do what a titled fence says: write the file, or, when a command has changed it, compare; LessonError."""
        path = self.made.get(block.title, (block.title, ""))[0]
        before = self.shown.tree.get(block.title)
        actual = self._read(path)
        change = self.shown.take(block)
        if isinstance(block, WholeFile) and block.made:
            self._take_made(block, change.after)
        elif actual != before and actual is not None:
            self._require(block, path, actual, change.after)
        else:
            write_files({path: change.after}, self.ground.project)
            self._forget_bytecode([path])
            if block.title in self.made:
                self.made[block.title] = (path, change.after)
        self.changed_by.pop(block.title, None)

    def _take_made(self, block: WholeFile, made: str) -> None:
        paths = [path for path in self._listed() if undated(path) == undated(block.title)]
        if not paths:
            what = f"no command has made {block.title} (with any date) at this point."
            way = "Show it after the command that makes it."
            raise LessonError(block.place.file, block.place.first, what, way=way)
        self.made[block.title] = (paths[-1], self._read(paths[-1]) or "")
        self._require(block, *self.made[block.title], made)
        self.changed_by.pop(paths[-1], None)

    def _require(self, block: WholeFile | Diff, path: str, actual: str, wanted: str) -> None:
        if self.accept is None or isinstance(block, Diff):
            require_same_file(block, self.changed_by.get(path), actual, wanted)
        elif not same_file(actual, wanted):
            self.accept(block, actual)
            self.shown.tree[block.title] = actual

    def follow(self, exchange: Exchange) -> None:
        """Take note of what a command has changed, after it has run. Raises LessonError as `Files.run` does."""
        self.shown.run(exchange)
        self._forget_bytecode(self._listed())
        for path in self.differing():
            self.changed_by.setdefault(path, exchange)

    def differing(self) -> list[str]:
        """The paths that are not on disk as shown, sorted."""
        tree = self._shown_on_disk()
        paths = {*self._listed(), *tree} - self.left_out
        return sorted(path for path in paths if path not in tree or self._read(path) != tree[path])

    def require_all_shown(self, file: Path, line: int) -> None:
        """Raises LessonError when a file is otherwise than shown; it names the file and the command."""
        if isinstance(self.shown.page, Mistake):
            return  # nothing is built on it
        for path in self.differing():
            command = self.changed_by.get(path)
            typed = first_line(command) if command else "a command"
            deed = "deletes" if self._read(path) is None else "changes" if path in self._shown_on_disk() else "makes"
            what = f"`{typed}` {deed} {path}, and the lesson never shows it."
            way = "Show the file in a fence after the command, ignore it in .gitignore, or name it under left_out."
            raise LessonError(file, command.line if command else line, what, way=way)

    def require_committed(self, file: Path, exchange: Exchange, wanted: Tree) -> None:
        """Raises LessonError unless the last commit holds exactly these files, and nothing is left uncommitted."""
        held = {path for path in self._git("ls-tree", "-r", "-z", "--name-only", "HEAD") if path not in self.left_out}
        real = {self.made.get(path, (path, ""))[0] for path in wanted}
        rest = {entry[3:] for entry in self._git("status", "--porcelain", "-z", "-uall")} - self.left_out
        for path in sorted((held ^ real) | rest):
            missing = path in real | rest
            where = "not in this commit, but in history's" if missing else "in this commit, but not in history's"
            way = "History commits all files: git add -A before the commit."
            raise LessonError(file, exchange.line, f"{path} is {where}.", way=way)

    def _forget_bytecode(self, paths: Iterable[str]) -> None:
        """Python compares size and second: it takes old bytecode for new when a file changes twice in a second."""
        for source in (self.ground.project / path for path in paths):
            for compiled in source.parent.glob(f"__pycache__/{source.stem}.*.pyc"):
                if compiled.stat().st_mtime_ns <= source.stat().st_mtime_ns:
                    compiled.unlink()

    def _shown_on_disk(self) -> Tree:
        tree = dict(self.shown.tree)
        for title, (path, text) in self.made.items():
            if tree.pop(title, None) is not None:
                tree[path] = text
        return tree

    def _read(self, path: str) -> str | None:
        try:
            return (self.ground.project / path).read_bytes().decode(errors="replace")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def _listed(self) -> list[str]:
        """The files on disk that count, sorted."""
        top = self.ground.project
        if (top / ".git").exists():
            found = self._git("ls-files", "-z", "-c", "-o", "--exclude-standard")
        else:
            found = [path.relative_to(top).as_posix() for path in top.rglob("*")]
        return sorted({path for path in found if not NEVER_COUNTED & set(path.split("/")) and (top / path).is_file()})

    def _git(self, *arguments: str) -> list[str]:
        return [entry for entry in git(self.ground.project, *arguments).split("\0") if entry]
