"""What an examination finds, and the examinations of the machine: its programs, its disk, its ports."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from workbook.mysql import is_free
from workbook.say import _

OLDEST_PYTHON = (3, 11)
"""What the template's pyproject.toml asks for."""

ROOM = 1_000_000_000
"""Bytes of free disk below which installing packages or starting a MySQL may fail."""

LOOKING = {"PYTHONDONTWRITEBYTECODE": "1", "GIT_OPTIONAL_LOCKS": "0"}
"""For every program that is run in a project: looking at it leaves no file there."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong, or still to do.

    Attributes:
        what: one sentence, with the place.
        why: what it will break, in a sentence.
        cure: the one command that mends it, or the one change to make.
        wrong: whether something is broken; otherwise it is a step that is still ahead, and no reason for alarm.
    """

    what: str
    why: str
    cure: str
    wrong: bool = True


Results = Iterator[Finding | str]
"""What an examination finds; a text is something that is as it should be, in a few words."""


def said(*command: str | Path, cwd: Path | None = None, environ: Mapping[str, str] = os.environ) -> tuple[int, str]:
    """A command's exit code and what it printed, errors and all; 127 when it does not start."""
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=dict(environ) | LOOKING,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return 127, ""
    return done.returncode, done.stdout.strip()


def python(project: Path | None) -> Results:
    """Whether the project's own Python, else ours, starts and is new enough."""
    own = project / ".venv/bin/python" if project else None
    program = own if own and os.path.lexists(own) else Path(sys.executable)
    version = re.match(r"Python (\d+)\.(\d+)\S*", said(program, "-V")[1])
    if version is None:
        yield Finding(
            _("{program} does not start.", program=program),
            _("An environment points to the Python that made it; that one was moved, updated or removed."),
            "rm -r .venv && uv sync",
        )
    elif (int(version[1]), int(version[2])) < OLDEST_PYTHON:
        yield Finding(
            _("{program} is {version}; 3.11 or newer is needed.", program=program, version=version[0]),
            _("The code uses StrEnum and Self, which older ones do not have."),
            "uv python install 3.13 && uv sync --python 3.13",
        )
    else:
        yield f"{version[0]} ({program})"


def git() -> Results:
    """Whether git is there, and knows whose commits these are."""
    if shutil.which("git") is None:
        install = "xcode-select --install" if sys.platform == "darwin" else "sudo apt install git"
        yield Finding(_("git is not on PATH."), _("Every step of the course ends in a commit."), install)
        return
    for key, example in (("user.name", "Moon"), ("user.email", "moon@example.org")):
        if not said("git", "config", key)[1]:
            yield Finding(
                _("git does not know your {key}.", key=key),
                _("`git commit` refuses to work without it."),
                f'git config --global {key} "{example}"',
            )
    yield said("git", "--version")[1]


def uv(ours: Path | None = None) -> Results:
    """Whether uv is on PATH, where the lessons' commands look for it.

    Args:
        ours: the folder of the uv that came with `make setup`; that of our own Python when None.
    """
    ours = ours or Path(sys.executable).parent
    if shutil.which("uv"):
        yield said("uv", "--version")[1]
    elif not (ours / "uv").exists():
        yield Finding(_("uv is not on PATH."), _("The lessons run everything by `uv run`."), "pipx install uv")
    else:
        programs = " ".join(shlex.quote(str(ours / name)) for name in ("uv", "workbook"))
        cure = f"mkdir -p ~/.local/bin && ln -sf {programs} ~/.local/bin/"
        if str(Path.home() / ".local/bin") not in os.environ.get("PATH", "").split(os.pathsep):
            file = "~/.zshrc" if os.environ.get("SHELL", "").endswith("zsh") else "~/.bashrc"
            cure += f" && echo 'export PATH=\"$HOME/.local/bin:$PATH\"' >> {file} && . {file}"
        yield Finding(
            _("it came with the workbook, in {ours}, and your shell does not look there yet.", ours=ours),
            _("The lessons' commands begin with `uv`. This puts it, and `workbook`, where your shell finds them:"),
            cure,
            wrong=False,
        )


def docker() -> Results:
    """Whether a Docker engine answers. It is never a finding: a MySQL without Docker serves as well."""
    code, version = said("docker", "version", "--format", "{{.Server.Version}}")
    yield _("an engine answers") + f" ({version})" if code == 0 else _("none that can be used, and none is needed")


def disk(folder: Path, needed: int = ROOM, kernel: Path = Path("/proc/version")) -> Results:
    """Whether there is room for packages and MySQL's data, and whether this is Windows' disk seen from Linux."""
    # The folder may not be made yet.
    free = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free
    if free < needed:
        yield Finding(
            _("The disk of {folder} has {free:.1f} GB left.", folder=folder, free=free / 1e9),
            _("MySQL stops in the middle of a statement when its disk is full."),
            "uv cache prune",
        )
    wsl = kernel.exists() and "microsoft" in kernel.read_text(errors="replace").lower()
    if wsl and re.match(r"/mnt/[a-z](/|$)", str(folder.resolve())):
        yield Finding(
            _("{folder} lies on Windows' disk, below /mnt.", folder=folder),
            _("Files are slow there, their permissions are lost, and `--reload` does not see them change."),
            f"cp -r {shlex.quote(str(folder))} ~/",
        )
    yield _("{free:.0f} GB free", free=free / 1e9) + f" ({folder})"


def ports(mysql: int = 3306, web: int = 8000, patience: float = 1.0) -> Results:
    """Whether MySQL's port is free or is MySQL's, and the API's is free.

    Args:
        patience: seconds to wait for what listens there to speak.
    """
    values = {"port": mysql, "named": _owner(mysql)}
    if not is_free(mysql) and not _greets(mysql, patience):
        yield Finding(
            _("Port {port} of 127.0.0.1 is taken by {named}, and it is not MySQL.", **values),
            _("MySQL cannot start there."),
            f"echo MYSQL_PORT={mysql + 1} >> .env && workbook db up --project .",
        )
    if not is_free(web):
        yield Finding(
            _("Port {port} of 127.0.0.1 is taken by {named}.", port=web, named=_owner(web)),
            _("uvicorn cannot listen there; requests go to that program instead of yours."),
            f"uv run uvicorn app.main:app --port {web + 1}",
        )
    state = _("free") if is_free(mysql) else values["named"]
    yield f"{mysql}: {state}"


def _greets(port: int, patience: float) -> bool:
    """Whether a server speaks first, as MySQL does, in version 10 of its protocol (the fifth byte says it)."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), patience) as connection:
        return connection.recv(64)[4:5] == b"\x0a"
    return False


def _owner(port: int) -> str:
    """The program that listens, if this account may know it."""
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN and each.pid:
                return f"{psutil.Process(each.pid).name()} (pid {each.pid})"
    return _("another account's program")
