"""The one way to run git, for two kinds of repository.

`git` is nobody's: no configuration, identity, hooks, umask or clock, so that it makes the same SHAs everywhere.
`persons_git` and `try_git` run in a repository that is somebody's, as that person would run it.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from workbook.say import Problem, _

EPOCH = 1_767_225_600  # 2026-01-01 00:00 UTC: the date of the first commit; each further one is a minute later

_SETTINGS = {
    "core.autocrlf": "false",
    "core.fileMode": "false",
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.precomposeUnicode": "true",
    "core.fsync": "none",
}
_ENVIRONMENT = {
    "HOME": os.devnull,
    "XDG_CONFIG_HOME": os.devnull,
    "LC_ALL": "C",
    "TZ": "UTC",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}

Done = subprocess.CompletedProcess[str]


def git(directory: Path, *arguments: str, text: str = "", step: int = 0) -> str:
    """Git's output, with nothing of the user's but PATH; `text` is its input, `step` counts commits. Raises Problem."""
    env = _ENVIRONMENT | {"PATH": os.environ.get("PATH", os.defpath)}
    for role in ("GIT_AUTHOR", "GIT_COMMITTER"):
        date = f"{EPOCH + 60 * step} +0000"
        env |= {f"{role}_NAME": "workbook", f"{role}_EMAIL": "workbook@localhost", f"{role}_DATE": date}
    settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
    return _checked(directory, arguments, _run(directory, [*settings, *arguments], env, text))


def try_git(directory: Path, *arguments: str, looking: bool = False, env: Mapping[str, str] | None = None) -> Done:
    """Run git as the person does, with their configuration; whether it failed is for the caller to see.

    When `looking`, nothing in the repository changes, its index neither. `env` is the whole environment, or ours.
    """
    values = {**(os.environ if env is None else env), **({"GIT_OPTIONAL_LOCKS": "0"} if looking else {})}
    return _run(directory, ["-c", "core.quotePath=false", *arguments], values, "")


def persons_git(directory: Path, *arguments: str, looking: bool = False, env: Mapping[str, str] | None = None) -> str:
    """As `try_git`: its standard output. Raises Problem when git failed; the sentence holds what it said."""
    return _checked(directory, arguments, try_git(directory, *arguments, looking=looking, env=env))


def commit(directory: Path, message: str, *, name: str) -> None:
    """Commit what is staged as the person, or as `name` whom git does not know yet.

    A hook or a signing key of theirs must not stand between them and their work. Raises Problem as `persons_git`.
    """
    options = ["-c", "commit.gpgSign=false"]
    if not try_git(directory, "config", "user.email", looking=True).stdout.strip():
        options += ["-c", f"user.name={name}", "-c", f"user.email={name.lower()}@localhost"]
    persons_git(directory, *options, "commit", "-q", "--no-verify", "-m", message)


def _run(directory: Path, arguments: list[str], env: dict[str, str], text: str) -> Done:
    program = shutil.which("git")
    if program is None:
        raise Problem(_("git is not installed."), ways=(_("Install git 2.30 or newer."),), code=2)
    # As bytes: Python's text mode would turn the line ends of what git prints.
    command, typed = [program, *arguments], text.encode()
    done = subprocess.run(command, cwd=directory, env=env, input=typed, capture_output=True, check=False)
    out, err = (each.decode(errors="replace") for each in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def _checked(directory: Path, arguments: tuple[str, ...], done: Done) -> str:
    if done.returncode == 0:
        return done.stdout
    # Behind the options for git itself, such as `-c user.name=…`.
    verb = next((word for word in arguments if not word.startswith("-") and "=" not in word), "")
    said = done.stderr.strip() or done.stdout.strip()
    raise Problem(_("git {arguments} failed in {project}: {said}", arguments=verb, project=directory, said=said))
