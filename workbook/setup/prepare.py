"""Makes the environment: `.venv`, the pinned packages, the workbook itself."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from workbook.language import text
from workbook.place import CLONE
from workbook.problem import Problem
from workbook.setup import uv
from workbook.setup.paths import LOG, PINS, PYTHON, STAMP, VENV
from workbook.setup.state import State, Verdict, examine, write_stamp
from workbook.setup.tool import Tools, step
from workbook.setup.turn import taken


def prepare() -> None:
    """Bring the environment to what requirements.lock and pyproject.toml say; do nothing when it is there.

    Raises:
        Problem: something is missing or failed that a person can mend.
        OSError: the system refused something.
    """
    if examine().verdict is Verdict.READY:
        print(text("Setup: nothing to do.", "준비: 할 일이 없어요."))
        return
    with taken() as turn:
        state = examine()  # again: whoever was waited for may have done the work
        if state.verdict is Verdict.READY:
            print(text("Setup: the other one has done it.", "준비: 다른 쪽에서 끝냈어요."))
            return
        _require_git()
        _make(state, Tools(uv.environment(os.environ), turn))


def _make(state: State, tools: Tools) -> None:
    start = time.monotonic()
    print(text(f"Setting up the workbook in {VENV}", f"워크북을 준비해요: {VENV}"))
    if state.reason:
        remade = state.verdict is Verdict.REMAKE
        anew = text(": .venv is made anew", ". 그래서 .venv를 새로 만들어요") if remade else ""
        print(text("  because ", "  이유: ") + state.reason + anew)
    LOG.write_text(f"{CLONE}\n{sys.executable} {sys.version}\n\n", encoding="utf-8", errors="replace")
    STAMP.unlink(missing_ok=True)
    installer = uv.on_path()
    if state.verdict is Verdict.REMAKE:
        installer = _make_venv(installer, tools)
    install: list[str | Path] = [installer or uv.OWN, "pip"]
    packages = len(re.findall(r"^[A-Za-z0-9][^ ]*==", PINS.read_text(encoding="utf-8"), re.MULTILINE))
    # sync, not install: what an older lock left behind goes.
    tools.run(
        text(f"the {packages} packages of {PINS.name}", f"{PINS.name}의 패키지 {packages}개"),
        [*install, "sync", "--python", PYTHON, "--require-hashes", PINS],
    )
    tools.run(
        text("the workbook itself", "워크북 자체"),
        [*install, "install", "--python", PYTHON, "--no-deps", "--no-build-isolation", "--editable", CLONE],
    )
    write_stamp()
    seconds = f"{time.monotonic() - start:.1f}"
    print(text(f"Ready in {seconds} s.", f"준비 완료({seconds}초)."))


def _make_venv(installer: str | None, tools: Tools) -> str | None:
    """Make an empty environment, with uv in it when there is none on PATH; returns the uv to go on with."""
    if not installer:
        _require_ensurepip()
        uv.pin()
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        with step(text("removing the old .venv", "옛 .venv 지우기")):
            shutil.rmtree(VENV)
    python = ".".join(map(str, sys.version_info[:3]))
    environment = text(f"a virtual environment with Python {python}", f"파이썬 {python} 가상 환경")
    if installer:
        tools.run(
            environment,
            [installer, "venv", "--quiet", "--no-project", "--prompt", "workbook", "--python", sys.executable, VENV],
        )
        return installer
    tools.run(environment, [sys.executable, "-m", "venv", "--without-pip", "--prompt", "workbook", VENV])
    # venv would do this as well, and swallow what it prints: a full disk would have no name.
    tools.run(text("pip, which fetches uv", "uv를 받아 올 pip"), [PYTHON, "-I", "-m", "ensurepip", "--default-pip"])
    pip: list[str | Path] = [PYTHON, "-m", "pip"]
    pins = VENV / "uv.txt"
    pins.write_text(uv.pin(), encoding="utf-8")
    pinned = uv.pin().split()[0].replace("==", " ")
    tools.run(
        text(f"{pinned}, into .venv", f"{pinned}, .venv 안에"),
        # No cache: outside the clone nothing is written but uv's own.
        [*pip, "install", "--no-cache-dir", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r", pins],
    )
    return None


def _require_git() -> None:
    try:
        # macOS has a git that only says how to install git: running it tells the two apart.
        found = subprocess.run(["git", "--version"], capture_output=True, stdin=subprocess.DEVNULL).returncode == 0
    except OSError:
        found = False
    if not found:
        raise Problem(
            text("There is no git on this machine's PATH.", "이 컴퓨터의 PATH에 git이 없어요."),
            why=text(
                "The workbook turns its lessons into a git history: every chapter is a commit that you can look at.",
                "레슨을 git 히스토리로 만들기 때문이에요. 챕터마다 볼 수 있는 커밋이 있어요.",
            ),
            ways=(
                text(
                    "Debian, Ubuntu, Windows with WSL: sudo apt install git",
                    "Debian, Ubuntu, Windows(WSL): sudo apt install git",
                ),
                text(
                    "macOS: xcode-select --install, or brew install git",
                    "macOS: xcode-select --install 또는 brew install git",
                ),
                text("then type `make setup` again", "그다음 `make setup`을 다시 입력하세요"),
            ),
        )


def _require_ensurepip() -> None:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    version = ".".join(map(str, sys.version_info[:2]))
    raise Problem(
        text(
            f"This Python cannot make virtual environments: it lacks the module venv or ensurepip ({sys.executable}).",
            f"이 파이썬에는 venv나 ensurepip 모듈이 없어서 가상 환경을 만들 수 없어요\n({sys.executable}).",
        ),
        why=text(
            "Debian and Ubuntu keep them in a package of their own. uv, which needs neither, is not on PATH.",
            "Debian과 Ubuntu에서는 따로 설치하는 패키지예요.\n둘 다 필요 없는 uv도 PATH에 없어요.",
        ),
        ways=(
            text(
                f"Debian, Ubuntu, Windows with WSL: sudo apt install python3-venv (or python{version}-venv)",
                f"Debian, Ubuntu, Windows(WSL): sudo apt install python3-venv\n    (또는 python{version}-venv)",
            ),
            text(
                "or install uv, or take another Python: make setup PYTHON=/path/to/python3.13",
                "또는 uv를 설치하거나 다른 파이썬을 쓰세요:\n    make setup PYTHON=/path/to/python3.13",
            ),
            text("then type `make setup` again", "그다음 `make setup`을 다시 입력하세요"),
        ),
    )
