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
        Problem: the folder is in no git repository, or nothing is committed.
    """
    if not shutil.which("git"):
        raise Problem(_("git is not installed."), ways=(_("Install git."),))
    top = _git(project, "rev-parse", "--show-toplevel")
    if top.returncode:
        raise Problem(
            _("{project} is not in a git repository, so GitHub would have nothing to run.", project=project),
            why=top.stderr.strip(),
            ways=("git init, git add -A, git commit",),
        )
    repository = Path(top.stdout.strip())
    last = _git(repository, "log", "-1", "--format=%h %s")
    if last.returncode:
        raise Problem(
            _("Nothing is committed in {repository}, so GitHub would check out nothing.", repository=repository),
            ways=("git add -A, git commit",),
        )
    sha, _space, subject = last.stdout.strip().partition(" ")
    branch = _git(repository, "branch", "--show-current").stdout.strip()
    return Commit(repository, sha, subject, branch, _uncommitted(repository))


def clone(commit: Commit, into: Path) -> None:
    """Put the commit, and the history that leads to it, into a new folder.

    Raises:
        Problem: git fails.
    """
    done = subprocess.run(
        ["git", "clone", "--quiet", "--no-hardlinks", str(commit.repository), str(into)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip()
        raise Problem(_("{repository} could not be cloned: {said}", repository=commit.repository, said=said))


def _uncommitted(repository: Path) -> tuple[str, ...]:
    """Paths from `git status`, for a rename the new one."""
    entries = _git(repository, "status", "--porcelain", "-z").stdout.split("\0")
    paths = []
    while entries:
        entry = entries.pop(0)
        if entry:
            paths.append(entry[3:])
            if entry[0] in "RC":
                entries.pop(0)  # the name before
    return tuple(paths)


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = ["git", *arguments]
    env = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}  # looking refreshes no index
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, errors="replace", check=False)
