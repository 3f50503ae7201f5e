"""The committed state of a project: what GitHub would check out."""

from dataclasses import dataclass
from pathlib import Path

from workbook.history.git import persons_git, try_git
from workbook.say import Problem, _


@dataclass(frozen=True, slots=True)
class Commit:
    """What a run is about; `branch` is empty on a detached HEAD, `left_out` names what is changed or new."""

    repository: Path
    sha: str
    subject: str
    branch: str
    left_out: tuple[str, ...]


def current(project: Path) -> Commit:
    """The commit that the project stands on; a Problem when nothing is committed in the folder."""
    last = try_git(project, "log", "-1", "--format=%h %s", looking=True)
    if last.returncode:
        what = _("Nothing is committed in {repository}, so GitHub would check out nothing.", repository=project)
        raise Problem(what, why=last.stderr.strip(), ways=("git init, git add -A, git commit",))
    sha, _space, subject = last.stdout.strip().partition(" ")
    repository = Path(persons_git(project, "rev-parse", "--show-toplevel", looking=True).strip())
    branch = persons_git(project, "branch", "--show-current", looking=True).strip()
    changed = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    entries = persons_git(repository, *changed, looking=True).split("\0")
    return Commit(repository, sha, subject, branch, tuple(entry[3:] for entry in entries if entry))


def clone(commit: Commit, into: Path) -> None:
    """Put the commit, and the history that leads to it, into a new folder."""
    # No file is shared with the person's: the copy may change its owner.
    persons_git(
        commit.repository, "clone", "--quiet", "--no-hardlinks", str(commit.repository), str(into), looking=True
    )
