"""Git without anything of the person who runs it: no configuration, no identity, no hooks, no umask, no clock."""

import os
import shutil
import subprocess
from pathlib import Path

from workbook.say import Problem

NAME = "workbook"
EMAIL = "workbook@localhost"
EPOCH = 1_767_225_600
"""2026-01-01 00:00 UTC: the date of the first commit. Each further one is a minute later."""

_SETTINGS = {
    "core.autocrlf": "false",
    "core.fileMode": "false",
    "core.excludesFile": os.devnull,
    "core.attributesFile": os.devnull,
    "core.hooksPath": os.devnull,
    "core.quotePath": "false",
    "core.precomposeUnicode": "true",
    "core.fsync": "none",
    "gc.auto": "0",
}


def environment(step: int = 0) -> dict[str, str]:
    """The environment for git: nothing of the user's but PATH, and a date that depends on the step alone.

    Args:
        step: the commit's number, from 0.
    """
    date = f"{EPOCH + 60 * step} +0000"
    values = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": os.devnull,
        "XDG_CONFIG_HOME": os.devnull,
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
    for role in ("AUTHOR", "COMMITTER"):
        values |= {f"GIT_{role}_NAME": NAME, f"GIT_{role}_EMAIL": EMAIL, f"GIT_{role}_DATE": date}
    return values


def git(directory: Path, *arguments: str, text: str = "", step: int = 0) -> str:
    """Run git in a directory.

    Args:
        text: its standard input.
        step: decides the date of a commit.

    Returns:
        its standard output.

    Raises:
        Problem: git is missing, or it failed; the sentence holds what it said.
    """
    program = shutil.which("git")
    if program is None:
        raise Problem("git is not installed.", ways=("Install git 2.30 or newer.",), code=2)
    settings = [part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}")]
    command = [program, *settings, *arguments]
    done = subprocess.run(
        command, cwd=directory, env=environment(step), input=text.encode(), capture_output=True, check=False
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise Problem(f"git {arguments[0]} failed in {directory}: {said}")
    return done.stdout.decode()
