"""Git in the student's own repository: with the student's configuration, and never against the student's work."""

import os
import shutil
import subprocess
from pathlib import Path

from workbook.say import Problem, _

IN_PROGRESS = ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD", "REVERT_HEAD")
"""Files of `.git` that say that git waits for the person to go on with something."""


def run(project: Path, *arguments: str, check: bool = True, env: dict[str, str] | None = None) -> str:
    """Run git in the project; its standard output.

    Args:
        check: whether a failure is a Problem; otherwise it is an empty answer.
        env: the whole environment; ours when None.

    Raises:
        Problem: git is missing, or it failed; the sentence holds what it said.
    """
    program = shutil.which("git")
    if program is None:
        raise Problem(
            _("git is not installed, and the workbook keeps your work in it."),
            ways=(_("Install git 2.30 or newer."),),
            code=2,
        )
    done = subprocess.run(
        [program, "-c", "core.quotePath=false", *arguments],
        cwd=project,
        env=(os.environ if env is None else env) | {"GIT_OPTIONAL_LOCKS": "0"},  # looking refreshes no index
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    if not check:
        return ""
    said = done.stderr.strip() or done.stdout.strip()
    raise Problem(_("git {arguments} failed in {project}: {said}", arguments=arguments[0], project=project, said=said))


def commit_of(project: Path, name: str) -> str:
    """The commit that a branch or tag names; an empty text when there is none."""
    return run(project, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", check=False).strip()


def is_clean(project: Path) -> bool:
    """Whether there is nothing that `commit_all` would take up."""
    return not run(project, "status", "--porcelain", "--", *_ours(project)).strip()


def unfinished(project: Path) -> str:
    """What git is in the middle of (`MERGE_HEAD`, `rebase-merge`, …); an empty text when nothing."""
    folder = Path(run(project, "rev-parse", "--absolute-git-dir").strip())
    return next((name for name in IN_PROGRESS if (folder / name).exists()), "")


def commit_all(project: Path, message: str) -> None:
    """Commit everything that `.gitignore` does not keep out, as the student, or as `Student` who has no name yet."""
    run(project, "add", "-A", "--", *_ours(project))
    nameless = not run(project, "config", "user.email", check=False).strip()
    identity = ("-c", "user.name=Student", "-c", "user.email=student@localhost") if nameless else ()
    # A hook or a signing key of the student's must not stand between them and their saved work.
    run(project, *identity, "-c", "commit.gpgSign=false", "commit", "-q", "--no-verify", "-m", message)


def _ours(project: Path) -> tuple[str, ...]:
    """Everything but secrets and caches, which a project that has no `.gitignore` yet would let through."""
    # As a pattern: git complains of an ignored file that is named, even of one to leave out.
    secret = () if run(project, "ls-files", "--", ".env").strip() else (":(exclude,glob).en[v]",)
    return (".", ":(exclude,glob)**/__pycache__/**", *secret)
