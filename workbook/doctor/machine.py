"""The programs on this machine, its disk, and where the project lies on it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from workbook.doctor.finding import Fact, Finding, Result
from workbook.mysql.docker import usable
from workbook.mysql.server import Unavailable
from workbook.say import _

OLDEST_PYTHON = (3, 11)
"""What the template's pyproject.toml asks for."""

ROOM = 1_000_000_000
"""Bytes of free disk below which installing packages or starting a MySQL may fail."""


def interpreter(project: Path | None) -> Path:
    """The Python that runs the project: its own environment's, else ours."""
    own = project / ".venv/bin/python" if project else None
    return own if own and os.path.lexists(own) else Path(sys.executable)


def python(project: Path | None) -> Result:
    """Whether the project's Python starts, and is new enough."""
    program = interpreter(project)
    try:
        said = subprocess.run([program, "-V"], capture_output=True, text=True, errors="replace", timeout=20)
        version = re.match(r"Python (\d+)\.(\d+)\S*", said.stdout)
    except (OSError, subprocess.TimeoutExpired):
        version = None
    if version is None:
        return Finding(
            _("{program} does not start.", program=program),
            _("An environment points to the Python that made it; that one was moved, updated or removed."),
            "rm -r .venv && uv sync",
        )
    if (int(version[1]), int(version[2])) < OLDEST_PYTHON:
        return Finding(
            _("{program} is {version}; 3.11 or newer is needed.", program=program, version=version[0]),
            _("The code uses StrEnum and Self, which older ones do not have."),
            "uv python install 3.13 && uv sync --python 3.13",
        )
    return Fact(f"{version[0]} ({program})")


def git() -> Result:
    """Whether git is there, and knows whose commits these are."""
    if shutil.which("git") is None:
        return Finding(
            _("git is not on PATH."),
            _("Every step of the course ends in a commit."),
            "xcode-select --install" if sys.platform == "darwin" else "sudo apt install git",
        )
    for key, example in (("user.name", "Moon"), ("user.email", "moon@example.org")):
        if not _says("git", "config", key):
            return Finding(
                _("git does not know your {key}.", key=key),
                _("`git commit` refuses to work without it."),
                f'git config --global {key} "{example}"',
            )
    return Fact(_says("git", "--version"))


def uv(ours: Path | None = None) -> Result:
    """Whether uv is on PATH, where the lessons' commands look for it.

    Args:
        ours: the folder of the uv that came with `make setup`; that of our own Python when None.
    """
    if shutil.which("uv"):
        return Fact(_says("uv", "--version"))
    ours = ours or Path(sys.executable).parent
    if not (ours / "uv").exists():
        return Finding(
            _("uv is not on PATH."),
            _("The lessons run everything by `uv run`."),
            "pipx install uv",
        )
    return Finding(
        _("it came with the workbook, in {ours}, and your shell does not look there yet.", ours=ours),
        _("The lessons' commands begin with `uv`. This puts it, and `workbook`, where your shell finds them:"),
        _linked(ours),
        wrong=False,
    )


def _linked(ours: Path) -> str:
    """The command that links our uv and workbook to where an account keeps its own programs."""
    mine = Path.home() / ".local" / "bin"
    programs = " ".join(shlex.quote(str(ours / name)) for name in ("uv", "workbook"))
    command = f"mkdir -p ~/.local/bin && ln -sf {programs} ~/.local/bin/"
    if str(mine) in os.environ.get("PATH", "").split(os.pathsep):
        return command
    file = "~/.zshrc" if os.environ.get("SHELL", "").endswith("zsh") else "~/.bashrc"
    return f"{command} && echo 'export PATH=\"$HOME/.local/bin:$PATH\"' >> {file} && . {file}"


def docker() -> Result:
    """Whether a Docker engine answers. It is never a finding: a MySQL without Docker serves as well."""
    try:
        return Fact(_("an engine answers") + f" ({usable()})")
    except Unavailable as reason:
        return Fact(_("none that can be used, and none is needed: ") + str(reason))


def disk(folder: Path, needed: int = ROOM) -> Result:
    """Whether there is room for packages and for MySQL's data."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        return Finding(
            _("The disk of {folder} has {free:.1f} GB left.", folder=folder, free=free / 1e9),
            _("MySQL stops in the middle of a statement when its disk is full."),
            "uv cache prune",
        )
    return Fact(_("{free:.0f} GB free", free=free / 1e9))


def place(folder: Path, kernel: Path = Path("/proc/version")) -> Result:
    """Whether the project lies on Windows' disk, seen from Linux."""
    wsl = kernel.exists() and "microsoft" in kernel.read_text(errors="replace").lower()
    if wsl and re.match(r"/mnt/[a-z](/|$)", str(folder.resolve())):
        return Finding(
            _("{folder} lies on Windows' disk, below /mnt.", folder=folder),
            _("Files are slow there, their permissions are lost, and `--reload` does not see them change."),
            f"cp -r {folder} ~/",
        )
    return Fact(str(folder))


def _says(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, errors="replace").stdout.strip()
