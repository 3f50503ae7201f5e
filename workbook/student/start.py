"""`workbook start`: lay out a project, or take one to another chapter, and lose nothing on the way."""

import hashlib
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from filelock import FileLock
from pymysql import MySQLError

from workbook.history.build import build, history_folder
from workbook.history.files import trace
from workbook.history.git import commit, persons_git, try_git
from workbook.lesson.chapters import ChapterFolder
from workbook.mysql import ladder
from workbook.mysql.login import cursor, databases
from workbook.place import CHAPTERS, CLONE, PROGRESS
from workbook.say import Problem, _, stage
from workbook.student.project import Progress, chapter, chapters, current, find, finished, following

REMOTE = "workbook"
BRANCH = "my-work"
IN_PROGRESS = ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD")
"""Files of `.git` that say that git waits for the person to go on with something."""


@dataclass(slots=True)
class Started:
    """Where the project stands now, and what was done to get there, in sentences."""

    project: Path
    chapter: ChapterFolder
    told: list[str] = field(default_factory=list)


def start(name: str | None, directory: Path | None, *, fresh: bool = False) -> Started:
    """Start a chapter in a new project, or take an existing one there.

    Who has finished the chapter before goes on with their own code, unless it is to be `fresh`; everybody else starts
    on the tag. What was there before stays, on a branch of its own.
    Without a `name` the chapter is the one that is next; without a `directory` the project is the one that we stand in,
    else `when2meet` here. Raises Problem: no such chapter, or none after the last; no place for a project; git waits.
    """
    known = chapter(name) if name else None
    here = Path.cwd()
    found = find(directory.expanduser() if directory is not None else here)
    if found is not None and (directory is None or found == directory.expanduser().absolute()):
        return _take(found, known or _next(found), fresh=fresh)
    root = _room(directory or (here / "when2meet" if any(here.iterdir()) else here))
    first = known or chapters()[0]
    root.mkdir(parents=True, exist_ok=True)
    persons_git(root, "init", "-q", f"--initial-branch={BRANCH}")
    # First the mark, so that a start that was interrupted can be repeated in the same place.
    Progress(current=first.id).write(root)
    return _take(root, first, new=True)


def history() -> Path:
    """The repository that the lessons build; it is built when they have changed since. Raises LessonError."""
    repository = history_folder()
    key = repository / ".git" / "made-of"
    repository.parent.mkdir(parents=True, exist_ok=True)
    files = sorted([*CHAPTERS.glob("*/lesson.md"), *CHAPTERS.glob("*/made/**/*.*")])
    read = [(str(file.relative_to(CHAPTERS)), file.read_bytes()) for file in files if file.suffix != ".pyc"]
    wanted = hashlib.sha256(repr(read).encode()).hexdigest()
    with FileLock(repository.with_name("history.lock")):
        if not key.exists() or key.read_text() != wanted:
            with stage(_("Building the history of the lessons")):
                build(CHAPTERS, repository)
            key.write_text(wanted)
    return repository


def git_folder(root: Path) -> Path:
    """Git's own folder, which may lie elsewhere (a worktree)."""
    return Path(persons_git(root, "rev-parse", "--absolute-git-dir", looking=True).strip())


def commit_of(root: Path, name: str) -> str:
    """The commit that a branch or tag names; an empty text when there is none."""
    return try_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", looking=True).stdout.strip()


def is_clean(root: Path) -> bool:
    """Whether there is nothing that `commit_all` would take up."""
    return not persons_git(root, "status", "--porcelain", "--", *_theirs(root), looking=True).strip()


def commit_all(root: Path, message: str) -> None:
    """Commit everything that `.gitignore` does not keep out, as the student, or as `Student` who has no name yet."""
    persons_git(root, "add", "-A", "--", *_theirs(root))
    commit(root, message, name="Student")


def _theirs(root: Path) -> tuple[str, ...]:
    """Everything but secrets and caches, which a project that has no `.gitignore` yet would let through."""
    # As a pattern: git complains of an ignored file that is named, even of one to leave out.
    secret = () if persons_git(root, "ls-files", "--", ".env").strip() else (":(exclude,glob).en[v]",)
    return (".", ":(exclude,glob)**/__pycache__/**", *secret)


def _room(directory: Path) -> Path:
    """A directory in which a new project may be laid out: outside the clone, and empty or not there yet."""
    target = directory.expanduser().absolute()
    why = ""
    if target.resolve().is_relative_to(CLONE):
        what = _("{target} lies in the workbook itself.", target=target)
        why = _("Your project is a git repository of its own, and one repository must not lie in another.")
    elif target.exists() and not (target.is_dir() and not any(target.iterdir())):
        what = _("{target} holds files that the workbook did not put there, so it is left alone.", target=target)
    else:
        return target
    raise Problem(what, why=why, ways=(_("Name another one: workbook start ch32 ~/when2meet"),), code=2)


def _next(root: Path) -> ChapterFolder:
    """The chapter under way; when it is done, the one after it. Raises Problem when that was the last."""
    here = current(root)
    if here.id not in Progress.read(root).done:
        return here
    if after := following(here.id):
        return after
    raise finished()


def _take(root: Path, chapter: ChapterFolder, *, fresh: bool = False, new: bool = False) -> Started:
    started = Started(root, chapter)
    progress = Progress.read(root)
    if progress.adopted:
        if fresh:
            what = _("This repository is your own, so no code of the course's is laid into it.")
            way = _("Start beside it: workbook start {chapter} ~/when2meet-{chapter}", chapter=chapter.id)
            raise Problem(what, ways=(way,), code=2)
        started.told.append(_("You go on with your own code."))
        progress.current = chapter.id
        progress.write(root)
        return started
    _require_calm(root)
    _prepare(root)
    tag = max((each.id for each in chapters() if each.id < chapter.id), default="")
    head = commit_of(root, "HEAD")
    goes_on = progress.current == chapter.id or (progress.current == tag and tag in progress.done)
    if goes_on and not fresh and head:
        values = {"tag": tag or _("an empty folder"), "chapter": chapter.id}
        own = _(
            "You go on with your own code. To start on {tag} instead:\n  workbook start {chapter} --fresh", **values
        )
        started.told.append(own)
    elif new or tag or head:
        _save(started)
        _switch(root, tag)
        began = _("as {tag} leaves it", tag=tag) if tag else _("empty")
        now = _("Your project is now {began}, on the branch {branch}.", began=began, branch=BRANCH)
        laid = _("Your project, on the branch {branch}, empty:", branch=BRANCH)
        if tag:
            laid = _("Your project, on the branch {branch}, as {tag} leaves it:", branch=BRANCH, tag=tag)
        started.told.append(f"{laid}\n  {root}" if new else now)
        started.told += left_over(root)
    _add_ignored(started)
    progress.current = chapter.id
    progress.write(root)
    return started


def _prepare(root: Path) -> None:
    """The remote with all tags, and the progress file out of git's sight."""
    persons_git(root, "config", f"remote.{REMOTE}.url", str(history()))
    persons_git(root, "config", f"remote.{REMOTE}.fetch", f"+refs/heads/*:refs/remotes/{REMOTE}/*")
    persons_git(root, "fetch", "-q", "--tags", "--force", REMOTE)
    exclude = git_folder(root) / "info" / "exclude"
    exclude.parent.mkdir(exist_ok=True)
    lines = exclude.read_text(encoding="utf-8") if exclude.exists() else ""
    if PROGRESS not in lines.splitlines():
        exclude.write_text(f"{lines.rstrip()}\n{PROGRESS}\n".lstrip(), encoding="utf-8")


def _require_calm(root: Path) -> None:
    if waiting := next((name for name in IN_PROGRESS if (git_folder(root) / name).exists()), None):
        values = {"root": root, "waiting": waiting}
        what = _("git is in the middle of something in {root} ({waiting}), so nothing was changed.", **values)
        raise Problem(what, ways=(_("Finish it or give it up first; `git status` says how."),))


def _save(started: Started) -> None:
    """Commit what is not committed, and keep the student's commits under a name."""
    root, kept = started.project, []
    here = try_git(root, "symbolic-ref", "--short", "-q", "HEAD", looking=True).stdout.strip()
    dirty, head = not is_clean(root), commit_of(root, "HEAD")
    # Who looks at a tag or at another branch stands elsewhere than their own commits.
    if here != BRANCH and (dirty or (head and not _is_tagged(root, head))):
        kept.append(_free_branch(root, started.chapter.id))
        persons_git(root, "checkout", "-q", "-b", kept[0])
    if dirty:
        commit_all(root, f"Work in progress before {started.chapter.id}")
        started.told.append(_("What you had not committed is committed now."))
    tip = commit_of(root, f"refs/heads/{BRANCH}")
    if tip and not _is_tagged(root, tip):
        kept.append(_free_branch(root, started.chapter.id))
        persons_git(root, "branch", "-q", "-m", BRANCH, kept[-1])
    for branch in kept:
        # By then uv may have made a lock that is in the way of theirs.
        seen = _(
            "Your work is kept on the branch {branch}. To see it again:\n  git stash -u; git switch {branch}",
            branch=branch,
        )
        started.told.append(seen)


def _is_tagged(root: Path, commit: str) -> bool:
    return bool(persons_git(root, "for-each-ref", "--points-at", commit, "refs/tags").strip())


def _free_branch(root: Path, chapter: str) -> str:
    names = (f"work-before-{chapter}-{number}" for number in count(1))
    return next(name for name in names if not commit_of(root, f"refs/heads/{name}"))


def _switch(root: Path, tag: str) -> None:
    """The branch `my-work` on the tag; without a tag a branch with no commit yet, and no files of git's."""
    # Git leaves a folder in which Python has kept something.
    for folder in {(root / path).parent for path in persons_git(root, "ls-files", "-z").split("\0") if path}:
        shutil.rmtree(folder / "__pycache__", ignore_errors=True)
    if tag:
        persons_git(root, "checkout", "-q", "-B", BRANCH, tag)
        return
    persons_git(root, "rm", "-r", "-q", "-f", "--ignore-unmatch", ".")
    persons_git(root, "symbolic-ref", "HEAD", f"refs/heads/{BRANCH}")
    persons_git(root, "update-ref", "-d", f"refs/heads/{BRANCH}")


def left_over(root: Path) -> list[str]:
    """A sentence on tables in the project's database that none of its migrations makes; none when nobody answers."""
    with suppress(Problem, MySQLError):
        server, name = ladder.running(root), ladder.database_name(root)
        if server and name in databases(server):
            made = "".join(file.read_text(encoding="utf-8") for file in root.glob("migrations/**/*.py"))
            with cursor(server, name) as ask:
                ask.execute("SHOW TABLES")
                left = [str(table) for (table,) in ask.fetchall() if f"`{table}`" not in made]
            words = {"name": name, "tables": ", ".join(left)}
            said = _("Your database {name} has tables from elsewhere: {tables}. What to do: workbook doctor", **words)
            return [said] if left else []
    return []


def _add_ignored(started: Started) -> None:
    """Files of earlier chapters that git ignores (`.env`); what the student has stays as it is."""
    root, before = started.project, trace(CHAPTERS, started.chapter.id)[-1]
    files = {path: content for path, content in before.start.items() if path not in before.left_out}
    listed = set(persons_git(root, "ls-files", "-z").split("\0"))
    ignored = set(try_git(root, "check-ignore", *files).stdout.splitlines()) if files else set()
    for path in sorted(ignored - listed):
        if not (root / path).exists():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(files[path].encode())
            started.told.append(_("{path} is there too; git ignores it.", path=path))
