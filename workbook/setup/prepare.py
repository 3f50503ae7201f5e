"""Makes the environment: `.venv`, the pinned packages, the workbook itself."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from workbook.place import CLONE
from workbook.say import Problem, _
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
        print(_("Setup: nothing to do."))
        return
    with taken() as turn:
        state = examine()  # again: whoever was waited for may have done the work
        if state.verdict is Verdict.READY:
            print(_("Setup: the other one has done it."))
            return
        _require_git()
        _make(state, Tools(uv.environment(os.environ), turn))


def _make(state: State, tools: Tools) -> None:
    start = time.monotonic()
    print(_("Setting up the workbook in {venv}", venv=VENV))
    if state.reason:
        remade = state.verdict is Verdict.REMAKE
        anew = _(": .venv is made anew") if remade else ""
        print(_("  because ") + state.reason + anew)
    LOG.write_text(f"{CLONE}\n{sys.executable} {sys.version}\n\n", encoding="utf-8", errors="replace")
    STAMP.unlink(missing_ok=True)
    installer = uv.on_path()
    if state.verdict is Verdict.REMAKE:
        installer = _make_venv(installer, tools)
    install: list[str | Path] = [installer or uv.OWN, "pip"]
    packages = len(re.findall(r"^[A-Za-z0-9][^ ]*==", PINS.read_text(encoding="utf-8"), re.MULTILINE))
    # sync, not install: what an older lock left behind goes.
    tools.run(
        _("the {packages} packages of {name}", packages=packages, name=PINS.name),
        [*install, "sync", "--python", PYTHON, "--require-hashes", PINS],
    )
    tools.run(
        _("the workbook itself"),
        [*install, "install", "--python", PYTHON, "--no-deps", "--no-build-isolation", "--editable", CLONE],
    )
    write_stamp()
    seconds = f"{time.monotonic() - start:.1f}"
    print(_("Ready in {seconds} s.", seconds=seconds))


def _make_venv(installer: str | None, tools: Tools) -> str | None:
    """Make an empty environment, with uv in it when there is none on PATH; returns the uv to go on with."""
    if not installer:
        _require_ensurepip()
        uv.pin()
    if VENV.is_symlink() or VENV.is_file():
        VENV.unlink()
    elif VENV.exists():
        with step(_("removing the old .venv")):
            shutil.rmtree(VENV)
    python = ".".join(map(str, sys.version_info[:3]))
    environment = _("a virtual environment with Python {python}", python=python)
    if installer:
        tools.run(
            environment,
            [installer, "venv", "--quiet", "--no-project", "--prompt", "workbook", "--python", sys.executable, VENV],
        )
        return installer
    tools.run(environment, [sys.executable, "-m", "venv", "--without-pip", "--prompt", "workbook", VENV])
    # venv would do this as well, and swallow what it prints: a full disk would have no name.
    tools.run(_("pip, which fetches uv"), [PYTHON, "-I", "-m", "ensurepip", "--default-pip"])
    pip: list[str | Path] = [PYTHON, "-m", "pip"]
    pins = VENV / "uv.txt"
    pins.write_text(uv.pin(), encoding="utf-8")
    pinned = uv.pin().split()[0].replace("==", " ")
    tools.run(
        _("{pinned}, into .venv", pinned=pinned),
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
            _("There is no git on this machine's PATH."),
            why=_("The workbook turns its lessons into a git history: every chapter is a commit that you can look at."),
            ways=(
                _("Debian, Ubuntu, Windows with WSL: sudo apt install git"),
                _("macOS: xcode-select --install, or brew install git"),
                _("then type `make setup` again"),
            ),
        )


def _require_ensurepip() -> None:
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        return
    version = ".".join(map(str, sys.version_info[:2]))
    raise Problem(
        _(
            "This Python cannot make virtual environments: it lacks the module venv or ensurepip ({executable}).",
            executable=sys.executable,
        ),
        why=_("Debian and Ubuntu keep them in a package of their own. uv, which needs neither, is not on PATH."),
        ways=(
            _(
                "Debian, Ubuntu, Windows with WSL: sudo apt install python3-venv (or python{version}-venv)",
                version=version,
            ),
            _("or install uv, or take another Python: make setup PYTHON=/path/to/python3.13"),
            _("then type `make setup` again"),
        ),
    )
