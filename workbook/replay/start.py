"""The state in which a lesson or a mistake page starts: the project, its packages, its database."""

from workbook.history.build import Commit, History
from workbook.history.files import Tree, write_files
from workbook.history.git import git
from workbook.lesson.errors import LessonError
from workbook.lesson.model import Lesson, Mistake
from workbook.mysql.login import create_database, cursor, databases, quoted
from workbook.replay.compare import indented
from workbook.replay.ground import Settings
from workbook.replay.shell import Shell
from workbook.say import Problem

BRANCH = "my-work"
EMPTY = "empty"
"""The `tag` of a mistake page that starts in an empty directory."""


def starting_point(page: Lesson | Mistake, history: History) -> tuple[Commit | None, Tree]:
    """The commit on which a page starts (None: an empty directory), and the project's files then.

    Raises LessonError: a mistake page names a tag that history does not have.
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


def left_out(page: Lesson | Mistake, history: History) -> frozenset[str]:
    """The paths that history does not hold where this page stands; a mistake page stands behind all chapters."""
    chapter = page.chapter if isinstance(page, Lesson) else list(history.chapters)[-1]
    return history.chapters[chapter].left_out


def lay_out(shell: Shell, history: History, commit: Commit | None, files: Tree) -> None:
    """Make the project as a student has it at a commit: files, packages, database. A Problem: git, uv or aerich fails.

    Without a commit the directory stays empty, and the server without the project's database.
    """
    ground, settings = shell.ground, shell.ground.settings
    if settings.server is not None:
        empty(settings)
    if commit is None:
        return
    git(ground.project, "clone", "-q", str(history.repository), ".")
    git(ground.project, "checkout", "-q", "-b", BRANCH, commit.sha)
    write_files({path: text for path, text in files.items() if path not in commit.files}, ground.project)
    if "pyproject.toml" in files:
        if ground.packages.exists():
            ground.packages.rename(ground.project / ".venv")
        _must(shell, "uv sync -q")
    if settings.server is not None:
        create_database(settings.server, settings.database)
        if any(path.startswith("migrations/") for path in files):
            _must(shell, "uv run --no-sync aerich upgrade")


def empty(settings: Settings) -> None:
    """Drop what pages made: on a server of our own all, on any other the databases named like the project's."""
    server = settings.server
    assert server is not None
    doomed = [name for name in databases(server) if settings.own_server or name.startswith(settings.database)]
    with cursor(server) as ask:
        for name in doomed:
            ask.execute(f"DROP DATABASE {quoted(name)}")
        if settings.own_server:
            ask.execute("SELECT user, host FROM mysql.user WHERE user <> 'root' AND user NOT LIKE 'mysql.%%'", ())
            for user, host in ask.fetchall():
                ask.execute("DROP USER %s@%s", (user, host))


def _must(shell: Shell, command: str) -> None:
    ran = shell.run(command, keep=False)
    if ran.code != 0:
        raise Problem(f"`{command}` failed before the lesson began.", why=indented(ran.output))
