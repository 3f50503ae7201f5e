"""`workbook start`: lay out a project, or take one to another chapter, and lose nothing on the way."""

from dataclasses import dataclass, field
from pathlib import Path

from workbook.say import Problem, _
from workbook.student import gitrepo, outline, progress_file, project

REMOTE = "workbook"
BRANCH = "my-work"


@dataclass(slots=True)
class Started:
    """Where the project stands now, and what was done to get there, in sentences."""

    project: Path
    chapter: outline.Chapter
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


def _here() -> Path:
    """The current directory when it is empty, else `when2meet` in it."""
    here = Path.cwd()
    return here if not any(here.iterdir()) else here / "when2meet"


def _next(root: Path) -> outline.Chapter:
    """The chapter under way; when it is done, the one after it."""
    progress = progress_file.read(root)
    known = outline.chapters()
    ids = [each.id for each in known]
    if progress.current not in ids:
        return known[0]
    place = ids.index(progress.current)
    if progress.current in progress.done and place + 1 < len(known):
        place += 1
    return known[place]


def _lay_out(root: Path, chapter: outline.Chapter) -> Started:
    started = Started(root, chapter)
    history = outline.history()
    root.mkdir(parents=True, exist_ok=True)
    gitrepo.run(root, "init", "-q", f"--initial-branch={BRANCH}")
    # First the mark, so that a start that was interrupted can be repeated in the same place.
    progress_file.write(root, progress_file.Progress(current=chapter.id))
    _prepare(root, history)
    tag = outline.before(chapter.id)
    if tag:
        gitrepo.run(root, "reset", "-q", "--hard", tag)
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


def _go_on(root: Path, chapter: outline.Chapter, fresh: bool) -> Started:
    started = Started(root, chapter)
    progress = progress_file.read(root)
    _require_calm(root)
    _prepare(root, outline.history())
    tag = outline.before(chapter.id)
    goes_on = progress.current == chapter.id or (progress.current == tag and tag in progress.done)
    if goes_on and not fresh and gitrepo.commit_of(root, "HEAD"):
        started.told.append(
            _(
                "You go on with your own code. To start on {tag} instead:\n  workbook start {chapter} --fresh",
                tag=tag or _("an empty folder"),
                chapter=chapter.id,
            )
        )
    elif tag or gitrepo.commit_of(root, "HEAD"):
        _save(started)
        _switch(root, tag)
        began = _("as {tag} leaves it", tag=tag) if tag else _("empty")
        started.told.append(_("Your project is now {began}, on the branch {branch}.", began=began, branch=BRANCH))
    _add_ignored(started)
    progress.current = chapter.id
    progress_file.write(root, progress)
    return started


def _prepare(root: Path, history: Path) -> None:
    """The remote with all tags, and the progress file out of git's sight."""
    if REMOTE in gitrepo.run(root, "remote").split():
        gitrepo.run(root, "remote", "set-url", REMOTE, str(history))
    else:
        gitrepo.run(root, "remote", "add", REMOTE, str(history))
    gitrepo.run(root, "fetch", "-q", "--tags", "--force", REMOTE)
    exclude = Path(gitrepo.run(root, "rev-parse", "--absolute-git-dir").strip()) / "info" / "exclude"
    exclude.parent.mkdir(exist_ok=True)
    lines = exclude.read_text(encoding="utf-8") if exclude.exists() else ""
    if progress_file.NAME not in lines.splitlines():
        exclude.write_text(f"{lines.rstrip()}\n{progress_file.NAME}\n".lstrip(), encoding="utf-8")


def _require_calm(root: Path) -> None:
    waiting = gitrepo.unfinished(root)
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
    dirty = not gitrepo.is_clean(root)
    head = gitrepo.commit_of(root, "HEAD")
    if dirty or (head and not _is_tagged(root, head)):
        branch = _free_branch(root, chapter)
        # The branch first: a commit on it leaves `my-work` where it is, whatever happens next.
        gitrepo.run(root, "checkout", "-q", *(("-b", branch) if head else ("--orphan", branch)))
        if dirty:
            gitrepo.commit_all(root, f"Work in progress before {chapter}")
            started.told.append(_("What you had not committed is committed now."))
        started.told.append(_kept_on(branch))
    # Who looks at a tag or at another branch stands elsewhere than their own commits, and `my-work` is about to move.
    tip = gitrepo.commit_of(root, f"refs/heads/{BRANCH}")
    if tip and not _is_tagged(root, tip):
        others = gitrepo.run(root, "for-each-ref", "--contains", tip, "--format=%(refname:short)", "refs/heads")
        if set(others.split()) == {BRANCH}:
            branch = _free_branch(root, chapter)
            gitrepo.run(root, "branch", "-q", branch, tip)
            started.told.append(_kept_on(branch))


def _is_tagged(root: Path, commit: str) -> bool:
    return bool(gitrepo.run(root, "for-each-ref", "--points-at", commit, "refs/tags").strip())


def _free_branch(root: Path, chapter: str) -> str:
    number = 1
    while gitrepo.commit_of(root, f"refs/heads/work-before-{chapter}-{number}"):
        number += 1
    return f"work-before-{chapter}-{number}"


def _kept_on(branch: str) -> str:
    return _("Your work is kept on the branch {branch}. To see it again:\n  git switch {branch}", branch=branch)


def _switch(root: Path, tag: str) -> None:
    """The branch `my-work` on the tag; without a tag a branch with no commit yet, and no files of git's."""
    if tag:
        gitrepo.run(root, "checkout", "-q", "-B", BRANCH, tag)
        return
    here = gitrepo.run(root, "symbolic-ref", "--short", "-q", "HEAD", check=False).strip()
    if here == BRANCH:
        gitrepo.run(root, "checkout", "-q", "--detach")
    gitrepo.run(root, "branch", "-q", "-D", BRANCH, check=False)
    gitrepo.run(root, "checkout", "-q", "--orphan", BRANCH)
    gitrepo.run(root, "rm", "-r", "-q", "-f", "--ignore-unmatch", ".")


def _add_ignored(started: Started) -> None:
    """Files of earlier chapters that git ignores (`.env`); what the student has stays as it is."""
    root = started.project
    files = outline.start_files(started.chapter.id)
    listed = set(gitrepo.run(root, "ls-files", "-z").split("\0"))
    ignored = set(gitrepo.run(root, "check-ignore", *files, check=False).splitlines()) if files else set()
    for path in sorted(ignored - listed):
        target = root / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(files[path].encode())
            started.told.append(_("{path} is there too; git ignores it.", path=path))
