"""`workbook start`: lay out a project, or take one to another chapter, and lose nothing on the way."""

from dataclasses import dataclass, field
from pathlib import Path

from workbook.history.git import identity, persons_git, try_git
from workbook.lesson.chapters import ChapterFolder
from workbook.say import Problem, _
from workbook.student import outline, project
from workbook.student.project import NAME, Progress

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

    Who has finished the chapter before goes on with their own code; everybody else starts on the tag. What was
    there before stays, on a branch of its own.

    Args:
        name: the chapter's id; the one that is next when None.
        directory: the project, or where to make one; the project that we stand in, else `when2meet` here, when None.
        fresh: start on the tag in any case.

    Raises:
        Problem: there is no such chapter; no project can be made there; git is in the middle of something.
    """
    known = outline.chapter(name) if name else None
    found = project.find(directory.expanduser() if directory is not None else Path.cwd())
    if found is not None and (directory is None or found == directory.expanduser().absolute()):
        return _go_on(found, known or _next(found), fresh)
    target = project.room_for(directory if directory is not None else _here())
    return _lay_out(target, known or outline.chapters()[0])


def commit_of(root: Path, name: str) -> str:
    """The commit that a branch or tag names; an empty text when there is none."""
    return try_git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", looking=True).stdout.strip()


def is_clean(root: Path) -> bool:
    """Whether there is nothing that `commit_all` would take up."""
    return not persons_git(root, "status", "--porcelain", "--", *_theirs(root), looking=True).strip()


def commit_all(root: Path, message: str) -> None:
    """Commit everything that `.gitignore` does not keep out, as the student, or as `Student` who has no name yet."""
    persons_git(root, "add", "-A", "--", *_theirs(root))
    # A hook or a signing key of the student's must not stand between them and their saved work.
    options = ("-c", "commit.gpgSign=false", "commit", "-q", "--no-verify")
    persons_git(root, *identity(root, "Student"), *options, "-m", message)


def _theirs(root: Path) -> tuple[str, ...]:
    """Everything but secrets and caches, which a project that has no `.gitignore` yet would let through."""
    # As a pattern: git complains of an ignored file that is named, even of one to leave out.
    secret = () if persons_git(root, "ls-files", "--", ".env").strip() else (":(exclude,glob).en[v]",)
    return (".", ":(exclude,glob)**/__pycache__/**", *secret)


def _here() -> Path:
    """The current directory when it is empty, else `when2meet` in it."""
    here = Path.cwd()
    return here if not any(here.iterdir()) else here / "when2meet"


def _next(root: Path) -> ChapterFolder:
    """The chapter under way; when it is done, the one after it."""
    progress = Progress.read(root)
    known = outline.chapters()
    ids = [each.id for each in known]
    if progress.current not in ids:
        return known[0]
    place = ids.index(progress.current)
    if progress.current in progress.done and place + 1 < len(known):
        place += 1
    return known[place]


def _lay_out(root: Path, chapter: ChapterFolder) -> Started:
    started = Started(root, chapter)
    history = outline.history()
    root.mkdir(parents=True, exist_ok=True)
    persons_git(root, "init", "-q", f"--initial-branch={BRANCH}")
    # First the mark, so that a start that was interrupted can be repeated in the same place.
    Progress(current=chapter.id).write(root)
    _prepare(root, history)
    tag = outline.before(chapter.id)
    if tag:
        persons_git(root, "reset", "-q", "--hard", tag)
        _add_ignored(started)
    started.told.append(
        (
            _("Your project, on the branch {branch}, as {tag} leaves it:", branch=BRANCH, tag=tag)
            if tag
            else _("Your project, on the branch {branch}, empty:", branch=BRANCH)
        )
        + f"\n  {root}"
    )
    return started


def _go_on(root: Path, chapter: ChapterFolder, fresh: bool) -> Started:
    started = Started(root, chapter)
    progress = Progress.read(root)
    _require_calm(root)
    _prepare(root, outline.history())
    tag = outline.before(chapter.id)
    goes_on = progress.current == chapter.id or (progress.current == tag and tag in progress.done)
    if goes_on and not fresh and commit_of(root, "HEAD"):
        started.told.append(
            _(
                "You go on with your own code. To start on {tag} instead:\n  workbook start {chapter} --fresh",
                tag=tag or _("an empty folder"),
                chapter=chapter.id,
            )
        )
    elif tag or commit_of(root, "HEAD"):
        _save(started)
        _switch(root, tag)
        began = _("as {tag} leaves it", tag=tag) if tag else _("empty")
        started.told.append(_("Your project is now {began}, on the branch {branch}.", began=began, branch=BRANCH))
    _add_ignored(started)
    progress.current = chapter.id
    progress.write(root)
    return started


def _prepare(root: Path, history: Path) -> None:
    """The remote with all tags, and the progress file out of git's sight."""
    if REMOTE in persons_git(root, "remote").split():
        persons_git(root, "remote", "set-url", REMOTE, str(history))
    else:
        persons_git(root, "remote", "add", REMOTE, str(history))
    persons_git(root, "fetch", "-q", "--tags", "--force", REMOTE)
    exclude = Path(persons_git(root, "rev-parse", "--absolute-git-dir").strip()) / "info" / "exclude"
    exclude.parent.mkdir(exist_ok=True)
    lines = exclude.read_text(encoding="utf-8") if exclude.exists() else ""
    if NAME not in lines.splitlines():
        exclude.write_text(f"{lines.rstrip()}\n{NAME}\n".lstrip(), encoding="utf-8")


def _require_calm(root: Path) -> None:
    folder = Path(persons_git(root, "rev-parse", "--absolute-git-dir").strip())
    waiting = next((name for name in IN_PROGRESS if (folder / name).exists()), "")
    if waiting:
        raise Problem(
            _(
                "git is in the middle of something in {root} ({waiting}), so nothing was changed.",
                root=root,
                waiting=waiting,
            ),
            ways=(_("Finish it or give it up first; `git status` says how."),),
        )


def _save(started: Started) -> None:
    """Commit what is not committed, and keep the student's commits under a name."""
    root, chapter = started.project, started.chapter.id
    dirty = not is_clean(root)
    head = commit_of(root, "HEAD")
    if dirty or (head and not _is_tagged(root, head)):
        branch = _free_branch(root, chapter)
        # The branch first: a commit on it leaves `my-work` where it is, whatever happens next.
        persons_git(root, "checkout", "-q", *(("-b", branch) if head else ("--orphan", branch)))
        if dirty:
            commit_all(root, f"Work in progress before {chapter}")
            started.told.append(_("What you had not committed is committed now."))
        started.told.append(_kept_on(branch))
    # Who looks at a tag or at another branch stands elsewhere than their own commits, and `my-work` is about to move.
    tip = commit_of(root, f"refs/heads/{BRANCH}")
    if tip and not _is_tagged(root, tip):
        others = persons_git(root, "for-each-ref", "--contains", tip, "--format=%(refname:short)", "refs/heads")
        if set(others.split()) == {BRANCH}:
            branch = _free_branch(root, chapter)
            persons_git(root, "branch", "-q", branch, tip)
            started.told.append(_kept_on(branch))


def _is_tagged(root: Path, commit: str) -> bool:
    return bool(persons_git(root, "for-each-ref", "--points-at", commit, "refs/tags").strip())


def _free_branch(root: Path, chapter: str) -> str:
    number = 1
    while commit_of(root, f"refs/heads/work-before-{chapter}-{number}"):
        number += 1
    return f"work-before-{chapter}-{number}"


def _kept_on(branch: str) -> str:
    return _("Your work is kept on the branch {branch}. To see it again:\n  git switch {branch}", branch=branch)


def _switch(root: Path, tag: str) -> None:
    """The branch `my-work` on the tag; without a tag a branch with no commit yet, and no files of git's."""
    if tag:
        persons_git(root, "checkout", "-q", "-B", BRANCH, tag)
        return
    here = try_git(root, "symbolic-ref", "--short", "-q", "HEAD").stdout.strip()
    if here == BRANCH:
        persons_git(root, "checkout", "-q", "--detach")
    try_git(root, "branch", "-q", "-D", BRANCH)
    persons_git(root, "checkout", "-q", "--orphan", BRANCH)
    persons_git(root, "rm", "-r", "-q", "-f", "--ignore-unmatch", ".")


def _add_ignored(started: Started) -> None:
    """Files of earlier chapters that git ignores (`.env`); what the student has stays as it is."""
    root = started.project
    files = outline.start_files(started.chapter.id)
    listed = set(persons_git(root, "ls-files", "-z").split("\0"))
    ignored = set(try_git(root, "check-ignore", *files).stdout.splitlines()) if files else set()
    for path in sorted(ignored - listed):
        target = root / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path].encode())
            started.told.append(_("{path} is there too; git ignores it.", path=path))
