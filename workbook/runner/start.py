"""The state in which a lesson or a mistake page starts."""

import subprocess

from workbook.history.build import Commit, History
from workbook.history.files import Tree
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Lesson, Mistake
from workbook.mysql.server import Server
from workbook.runner import bytecode, database, kept
from workbook.runner.compare import indented
from workbook.runner.ground import Ground, Settings
from workbook.runner.shell import Shell
from workbook.say import Problem

BRANCH = "my-work"
EMPTY = "empty"
"""The `tag` of a mistake page that starts in an empty directory."""


def starting_point(page: Lesson | Mistake, history: History) -> tuple[Commit | None, Tree]:
    """The commit on which a page starts (None: an empty directory), and the project's files then.

    Raises:
        LessonError: a mistake page names a tag that history does not have.
    """
    if isinstance(page, Lesson):
        return history.before(page.chapter), dict(history.chapters[page.chapter].start)
    if page.tag == EMPTY:
        return None, {}
    if page.tag not in history.tags:
        way = f"Tags: {', '.join(history.tags)}, {EMPTY}."
        raise LessonError(page.file, 1, f"history has no tag `{page.tag}`.", way=way)
    commit = history.tags[page.tag]
    return commit, dict(commit.step.files)


def lay_out(ground: Ground, shell: Shell, history: History, commit: Commit | None, files: Tree) -> None:
    """Make the project as a student has it who has followed the course so far: files, packages, database.

    Args:
        commit: the commit to start on; None leaves an empty directory, and a server without the project's database.

    Raises:
        Problem: git, uv or aerich fails.
    """
    settings = ground.settings
    if settings.server is not None:
        database.empty(settings)
    if commit is None:
        return
    for arguments in (("clone", "-q", str(history.repository), "."), ("checkout", "-q", "-b", BRANCH, commit.sha)):
        done = subprocess.run(
            ["git", *arguments],
            cwd=ground.project,
            env=ground.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Problem(f"git {arguments[0]} failed in the scratch project: {done.stderr.strip()}")
    for path, text in files.items():
        if path not in commit.files:
            target = ground.project / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
    if settings.prepared and "pyproject.toml" in files:
        _synchronise(ground, shell, files)
    if settings.server is not None:
        database.create(settings)
        if settings.prepared and any(path.startswith("migrations/") for path in files):
            _migrate(settings, settings.server, shell, files)


def _synchronise(ground: Ground, shell: Shell, files: Tree) -> None:
    store, lock, name = ground.settings.starts, ground.project / kept.LOCK, kept.lock_file(files)
    had = None if lock.exists() else kept.take(store, name)
    if had is not None:
        lock.write_bytes(had)
    _must(shell, "uv sync -q")
    if had is None and lock.exists():
        kept.keep(store, name, lock.read_bytes())
    bytecode.seed(ground.project, ground.settings.bytecode)


def _migrate(settings: Settings, server: Server, shell: Shell, files: Tree) -> None:
    name = kept.migrated(files, server)
    had = kept.take(settings.starts, name)
    if had is not None:
        kept.restore(server, settings.database, had)
        return
    _must(shell, "uv run --no-sync aerich upgrade")
    kept.keep(settings.starts, name, kept.dump(server, settings.database))


def _must(shell: Shell, command: str) -> None:
    ran = shell.run(command, keep=False)
    if ran.code != 0:
        raise Problem(f"`{command}` failed before the lesson began.", why=indented(ran.output))
