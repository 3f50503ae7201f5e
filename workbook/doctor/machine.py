"""The programs on this machine, its disk, and where the project lies on it."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from workbook.doctor.finding import Fact, Finding, Result
from workbook.language import text
from workbook.mysql.engine import usable
from workbook.mysql.server import Unavailable

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
            text(f"{program} does not start.", f"{program}이(가) 실행되지 않아요."),
            text(
                "An environment points to the Python that made it; that one was moved, updated or removed.",
                "가상 환경은 자신을 만든 파이썬을 가리키는데, 그 파이썬이 옮겨졌거나 지워졌어요.",
            ),
            "rm -r .venv && uv sync",
        )
    if (int(version[1]), int(version[2])) < OLDEST_PYTHON:
        return Finding(
            text(
                f"{program} is {version[0]}; 3.11 or newer is needed.",
                f"{program}은 {version[0]}이에요. 3.11 이상이 필요해요.",
            ),
            text(
                "The code uses StrEnum and Self, which older ones do not have.", "코드가 쓰는 StrEnum과 Self가 없어요."
            ),
            "uv python install 3.13 && uv sync --python 3.13",
        )
    return Fact(f"{version[0]} ({program})")


def git() -> Result:
    """Whether git is there, and knows whose commits these are."""
    if shutil.which("git") is None:
        return Finding(
            text("git is not on PATH.", "PATH에 git이 없어요."),
            text("Every step of the course ends in a commit.", "강의의 모든 단계는 커밋으로 끝나요."),
            "xcode-select --install" if sys.platform == "darwin" else "sudo apt install git",
        )
    for key, example in (("user.name", "Moon"), ("user.email", "moon@example.org")):
        if not _says("git", "config", key):
            return Finding(
                text(f"git does not know your {key}.", f"git에 {key}이(가) 설정되어 있지 않아요."),
                text("`git commit` refuses to work without it.", "없으면 `git commit`이 거부돼요."),
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
            text("uv is not on PATH.", "PATH에 uv가 없어요."),
            text("The lessons run everything by `uv run`.", "레슨의 모든 명령은 `uv run`으로 실행해요."),
            "pipx install uv",
        )
    return Finding(
        text(
            f"it came with the workbook, in {ours}, and your shell does not look there yet.",
            f"워크북과 함께 {ours}에 설치됐지만, 셸이 아직 그곳을 찾아보지 않아요.",
        ),
        text(
            "The lessons' commands begin with `uv`. This puts it, and `workbook`, where your shell finds them:",
            "레슨의 명령은 `uv`로 시작해요. 아래 명령을 실행하면 셸이 `uv`와 `workbook`을 찾을 수 있어요.",
        ),
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
        return Fact(text("an engine answers", "엔진이 응답해요") + f" ({usable()})")
    except Unavailable as reason:
        return Fact(text("none that can be used, and none is needed: ", "쓸 수 없지만 없어도 돼요: ") + str(reason))


def disk(folder: Path, needed: int = ROOM) -> Result:
    """Whether there is room for packages and for MySQL's data."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        return Finding(
            text(
                f"The disk of {folder} has {free / 1e9:.1f} GB left.",
                f"{folder}의 디스크에 {free / 1e9:.1f} GB만 남았어요.",
            ),
            text(
                "MySQL stops in the middle of a statement when its disk is full.",
                "디스크가 가득 차면 MySQL이 문장을 실행하다가 멈춰요.",
            ),
            "uv cache prune",
        )
    return Fact(text(f"{free / 1e9:.0f} GB free", f"{free / 1e9:.0f} GB 남음"))


def place(folder: Path, kernel: Path = Path("/proc/version")) -> Result:
    """Whether the project lies on Windows' disk, seen from Linux."""
    wsl = kernel.exists() and "microsoft" in kernel.read_text(errors="replace").lower()
    if wsl and re.match(r"/mnt/[a-z](/|$)", str(folder.resolve())):
        return Finding(
            text(f"{folder} lies on Windows' disk, below /mnt.", f"{folder}이(가) /mnt 아래, 윈도우 디스크에 있어요."),
            text(
                "Files are slow there, their permissions are lost, and `--reload` does not see them change.",
                "파일이 느리고 권한이 사라지며, `--reload`가 변경을 알아채지 못해요.",
            ),
            f"cp -r {folder} ~/",
        )
    return Fact(str(folder))


def _says(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, errors="replace").stdout.strip()
