"""What an examination finds, and the examinations of the machine: its programs, its disk, its ports."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE, STDOUT, TimeoutExpired, run
from typing import TypeAlias

from workbook.mysql import is_free
from workbook.say import _
from workbook.serve import port_taken

Results: TypeAlias = Iterator[str | tuple[str, dict[str, object]]]
"""What an examination finds: the id of a finding in `findings.md`, and what stands for its placeholders.

A text alone is something that is as it should be, in a few words.
"""


def said(*command: str | Path, cwd: Path | None = None) -> tuple[int, str]:
    """A command's exit code and what it printed, errors and all; 127 when it does not start."""
    # Looking at a project leaves no file there.
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        done = run(command, cwd=cwd, env=env, stdout=PIPE, stderr=STDOUT, text=True, errors="replace", timeout=60)
    except (OSError, TimeoutExpired):
        return 127, ""
    return done.returncode, done.stdout.strip()


def python(project: Path | None) -> Results:
    """Whether the project's own Python, else ours, starts and is new enough."""
    own = project / ".venv/bin/python" if project else None
    program = own if own and os.path.lexists(own) else Path(sys.executable)
    version = said(program, "-V")[1]
    if re.match(r"Python 3\.(1[1-9]|[2-9]\d)\b", version):
        yield f"{version} ({program})"
    else:
        yield "old_python", {"program": program, "version": version}


def git() -> Results:
    """Whether git is there."""
    if shutil.which("git"):
        yield said("git", "--version")[1]
    else:
        install = "xcode-select --install" if sys.platform == "darwin" else "sudo apt install git"
        yield "no_git", {"install": install}


def uv(ours: Path | None = None) -> Results:
    """Whether uv is on PATH, where the lessons' commands look for it, else in the folder of our own Python (`ours`)."""
    ours = ours or Path(sys.executable).parent
    if shutil.which("uv"):
        yield said("uv", "--version")[1]
    elif not (ours / "uv").exists():
        yield "no_uv", {}
    else:
        programs = " ".join(shlex.quote(str(ours / name)) for name in ("uv", "workbook"))
        path = ""
        if str(Path.home() / ".local/bin") not in os.environ.get("PATH", "").split(os.pathsep):
            file = "~/.zshrc" if os.environ.get("SHELL", "").endswith("zsh") else "~/.bashrc"
            path = f" && echo 'export PATH=\"$HOME/.local/bin:$PATH\"' >> {file} && . {file}"
        yield "uv_unseen", {"ours": ours, "programs": programs, "path": path}


def disk(folder: Path, needed: int = 10**9, kernel: Path = Path("/proc/version")) -> Results:
    """Whether there is room (bytes) for packages and MySQL, and whether this is Windows' disk seen from Linux."""
    free = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free
    if free < needed:
        yield "disk_full", {"folder": folder, "free": free / 1e9}
    wsl = kernel.exists() and "microsoft" in kernel.read_text(errors="replace").lower()
    if wsl and re.match(r"/mnt/[a-z](/|$)", str(folder.resolve())):
        yield "windows_disk", {"folder": folder, "quoted": shlex.quote(str(folder))}
    yield _("{free:.0f} GB free", free=free / 1e9) + f" ({folder})"


def port(web: int = 8000) -> Results:
    """Whether the API's port is free. MySQL's is examined by logging in."""
    if is_free(web):
        yield f"{web}: " + _("free")
    else:
        yield "port_taken", {"said": port_taken(web).what, "other": web + 1}
