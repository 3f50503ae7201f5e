"""The committed state of a project: what GitHub would check out."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from workbook.say import Problem, _


@dataclass(frozen=True, slots=True)
class Commit:
    """What a run is about.

    Attributes:
        repository: the top folder of the git repository.
        sha: the commit, short.
        subject: the first line of its message.
        branch: the current one; empty on a detached HEAD.
        left_out: the files that are changed or new, and not committed.
    """

    repository: Path
    sha: str
    subject: str
    branch: str
    left_out: tuple[str, ...]


def current(project: Path) -> Commit:
    """The commit that the project stands on.

    Raises:
        Problem: git is not installed, or nothing is committed in the folder.
    """
    if not shutil.which("git"):
        raise Problem(_("git is not installed."), ways=(_("Install git."),))
    last = _git(project, "log", "-1", "--format=%h %s")
    if last.returncode:
        raise Problem(
            _("Nothing is committed in {repository}, so GitHub would check out nothing.", repository=project),
            why=last.stderr.strip(),
            ways=("git init, git add -A, git commit",),
        )
    repository = Path(_git(project, "rev-parse", "--show-toplevel").stdout.strip())
    sha, _space, subject = last.stdout.strip().partition(" ")
    branch = _git(repository, "branch", "--show-current").stdout.strip()
    changed = _git(repository, "status", "--porcelain", "-z", "--no-renames").stdout
    return Commit(repository, sha, subject, branch, tuple(entry[3:] for entry in changed.split("\0") if entry))


def clone(commit: Commit, into: Path) -> None:
    """Put the commit, and the history that leads to it, into a new folder.

    Raises:
        Problem: git fails.
    """
    # No file is shared with the person's: the copy may change its owner.
    done = _git(commit.repository, "clone", "--quiet", "--no-hardlinks", str(commit.repository), str(into))
    if done.returncode:
        said = done.stderr.strip()
        raise Problem(_("{repository} could not be cloned: {said}", repository=commit.repository, said=said))


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["git", *arguments]
    env = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}  # looking refreshes no index
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, errors="replace", check=False)
