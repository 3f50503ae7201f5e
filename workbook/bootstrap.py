"""Prepares this clone: `python3 workbook/bootstrap.py`, with nothing but the standard library.

A Python that is new enough, git, a `.venv`, the packages that requirements.lock pins by hash, the workbook itself, and
last a stamp: where it is missing or differs, all is made anew. The file keeps to what Python 3.6 still reads, so that
an old Python answers with a sentence and not with a SyntaxError.
"""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
"""The oldest Python that serves: `requires-python` in pyproject.toml."""

ROOT = Path(os.path.abspath(__file__)).parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "workbook-setup"
PINS = ROOT / "requirements.lock"
LOG = ROOT / ".workbook" / "setup.log"

ASTRAY = "UV_TARGET UV_PREFIX UV_SYSTEM_PYTHON UV_PYTHON PIP_TARGET PIP_PREFIX PIP_ROOT PYTHONHOME PYTHONPATH"
"""Settings that would install somewhere else than into `.venv`, or load another Python's files."""


def wished() -> str:
    """The language that the environment asks for: `WORKBOOK_LANG`, else the locale, as POSIX ranks its variables."""
    wish = os.environ.get("WORKBOOK_LANG", "").lower()
    if wish in ("en", "ko"):
        return wish
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "ko" if locale.lower().partition("_")[0] == "ko" else "en"


def catalogue(file: Path) -> "dict[str, str]":
    """The Korean sentence of each English one, from a gettext catalogue (the manual of gettext, *PO Files*)."""
    entries = [entry.partition("\nmsgstr ") for entry in file.read_text(encoding="utf-8").split("\n\n")]

    def joined(text: str) -> str:
        return "".join(ast.literal_eval(line) for line in re.findall(r'".*"$', text, re.MULTILINE))

    return {joined(entry): joined(translated) for entry, _space, translated in entries if joined(entry)}


def _(sentence: str, **values: object) -> str:
    """A sentence in the person's language. In the C locale an old Python would print escapes for Hangul."""
    if wished() == "ko" and "utf" in (sys.stderr.encoding or "").lower():
        sentence = catalogue(ROOT / "workbook" / "ko.po").get(sentence, sentence)
    return sentence.format(**values)


class Stopped(Exception):
    """Setup cannot go on; the text is the screen that says why, and what to do."""


def answer(*command: "str | Path") -> str:
    """What a program prints; empty when it does not run or fails."""
    nothing = subprocess.DEVNULL
    try:
        done = subprocess.run(command, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, cwd=os.sep)
    except OSError:
        return ""
    return "" if done.returncode else done.stdout.decode("utf-8", "replace").strip()


def choose_python() -> None:
    """Say so when this Python does not serve; go on under the one that made `.venv` when this is `.venv`'s own."""
    if sys.platform == "win32":
        wsl = _(
            "The workbook runs on Linux and macOS, and on Windows inside WSL. In PowerShell type: wsl --install\n"
            "In the Ubuntu window then: sudo apt update && sudo apt install -y git make python3 python3-venv\n"
            "Clone there (in your Linux home, not below /mnt/c), and type: make setup"
        )
        raise Stopped(wsl)
    if sys.version_info[:2] < OLDEST:
        newer = _(
            "Python {found} is too old: the workbook needs Python {oldest} or newer. Found: {executable}\n\n"
            "What you can do, then type the command again:\n"
            "  - Debian, Ubuntu, Windows with WSL:  sudo apt install python3 python3-venv\n"
            "  - macOS:                             brew install python@3.13\n"
            "  - anywhere, with uv:                 uv python install 3.13\n"
            "  - it is installed elsewhere:         make setup PYTHON=/path/to/python3.13",
            found=sys.version.split()[0],
            oldest="{}.{}".format(*OLDEST),
            executable=sys.executable,
        )
        raise Stopped(newer)
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        base = getattr(sys, "_base_executable", "")  # .venv cannot remake itself
        os.execv(base, [base, os.path.abspath(__file__)])


def fingerprint() -> str:
    """What the environment follows from: this clone's place, its pins, and its project file."""
    made_of = (str(ROOT).encode("utf-8"), PINS.read_bytes(), (ROOT / "pyproject.toml").read_bytes())
    return hashlib.sha256(b"\0".join(made_of)).hexdigest()


def ready() -> bool:
    """Whether there is nothing to do."""
    if not STAMP.exists():
        return False
    # -I: neither the folder that we are in nor PYTHONPATH may answer in the environment's place. A distribution's
    # upgrade may have taken its Python away.
    version = answer(PYTHON, "-I", "-c", "import sys, workbook; print('%d.%d' % sys.version_info[:2])")
    asked = "{}.{}".format(*sys.version_info) if os.environ.get("PYTHON") else version
    return STAMP.read_text() == fingerprint() and version == asked != ""


def environment() -> "dict[str, str]":
    """The person's environment for uv and pip: an index that one of them was told is for both."""
    given = dict((name, value) for name, value in os.environ.items() if name not in ASTRAY.split())
    index = given.get("UV_DEFAULT_INDEX") or given.get("PIP_INDEX_URL")
    if index:
        given = dict(given, UV_DEFAULT_INDEX=index, PIP_INDEX_URL=index)
    return dict(given, PIP_USER="0", PIP_NO_INPUT="1", PIP_DISABLE_PIP_VERSION_CHECK="1")


def run(title: str, *command: "str | Path") -> None:
    """Run a tool to its end: one line with the seconds it takes, all that it prints in the log."""
    start = time.time()
    print("  " + title + ": ", end="")
    sys.stdout.flush()
    with LOG.open("a+", encoding="utf-8", errors="replace") as log:
        log.write("$ {}\n".format(" ".join(map(str, command))))
        log.flush()
        nothing, same = subprocess.DEVNULL, subprocess.STDOUT
        code = subprocess.call(command, -1, None, nothing, log, same, cwd=ROOT, env=environment(), close_fds=False)
        print(f"{time.time() - start:.1f} s")
        if code:
            log.seek(0)
            said = [line.strip() for line in log if line.strip() and not line.startswith("hint:")]
            raise Stopped(failed(title, said[-1]))


def failed(title: str, last: str) -> str:
    """The one screen for whatever went wrong: where, the last line, the log, and what most often helps."""
    return _(
        "Setup stopped at the step: {title}.\n\n"
        "Its last line: {last}\n"
        "All it printed is in .workbook/setup.log. {free} MB are left on this disk.\n\n"
        "What you can do, then type `make setup` again (it goes on with what is downloaded):\n"
        "  - no network:       check it; behind a proxy set HTTPS_PROXY and SSL_CERT_FILE; an index of your\n"
        "                      own goes into UV_DEFAULT_INDEX\n"
        "  - the disk is full: make 300 MB of room, or take another disk: UV_CACHE_DIR=/other/disk/uv make setup\n"
        "  - not permitted:    an earlier `sudo make` left files of root's: sudo chown -R $(id -u) .\n"
        "  - no ready package: take another Python: uv python install 3.13; make setup PYTHON=python3.13",
        title=title,
        last=last,
        free=shutil.disk_usage(ROOT).free // 1000000,
    )


def make() -> None:
    """Make the environment anew, and write the stamp."""
    start = time.time()
    if not answer("git", "--version"):  # macOS has a git that only says how to install git
        raise Stopped(
            _("There is no git on this machine's PATH: sudo apt install git (macOS: xcode-select --install).")
        )
    LOG.parent.mkdir(parents=True, exist_ok=True)
    print(_("Setting up the workbook in {venv}", venv=VENV))
    LOG.write_text(f"{sys.executable} {sys.version}\n")
    if VENV.is_symlink():
        VENV.unlink()
    shutil.rmtree(VENV, ignore_errors=True)
    # With .venv activated, the first uv on PATH is the one that has just gone.
    uv = shutil.which("uv") or ""
    there = answer(uv, "--version")  # a shim of pyenv's may be none
    pins = re.findall(r"^[a-z0-9-]+==\S+.*\\(?:\n +--hash=.*)+", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    if not there:
        title = _("pip, which fetches uv (Debian, Ubuntu: needs python3-venv)")
        run(title, sys.executable, "-m", "venv", "--prompt", "workbook", VENV)
        uv, file = str(VENV / "bin" / "uv"), VENV / "uv.txt"
        wanted = next(each for each in pins if each.startswith("uv=="))
        file.write_text(wanted)
        title = _("{pin}, into .venv", pin=wanted.split()[0].replace("==", " "))
        alone = ["--no-cache-dir", "--no-deps", "--only-binary=:all:", "--require-hashes"]
        run(title, PYTHON, "-m", "pip", "install", "-r", file, *alone)
    else:
        title = _("a virtual environment with Python {python}", python=sys.version.split()[0])
        alone = ["--quiet", "--no-project", "--prompt", "workbook"]
        run(title, uv, "venv", "--python", sys.executable, VENV, *alone)
    title = _("the {number} packages of requirements.lock", number=len(pins))
    run(title, uv, "pip", "sync", "--python", PYTHON, "--require-hashes", PINS)
    editable = ("--no-deps", "--no-build-isolation", "--editable", ROOT)
    run(_("the workbook itself"), uv, "pip", "install", "--python", PYTHON, *editable)
    STAMP.write_text(fingerprint())
    print(_("Ready in {seconds:.1f} s.", seconds=time.time() - start))


def main() -> int:
    """Prepare the clone; the exit code is 0, 1 when something is missing or failed, 130 after Ctrl-C."""
    screen, code = "", 1
    try:
        choose_python()
        import fcntl

        lock = os.open(ROOT, os.O_RDONLY)  # the lock is the system's, on the folder: none is stale
        os.set_inheritable(lock, True)  # when setup is killed, the next one waits for the tool that it has started
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print(_("Waiting for another setup of this clone to finish …"))
            sys.stdout.flush()
            fcntl.flock(lock, fcntl.LOCK_EX)
        if ready():
            print(_("Setup: nothing to do."))
        else:
            make()
        return 0
    except Stopped as stopped:
        screen = stopped.args[0] + "\n"
    except OSError as error:
        screen = failed(os.path.basename(__file__), str(error)) + "\n"
    except KeyboardInterrupt:
        screen, code = _("Stopped. `make setup` goes on with what is already downloaded."), 130
    sys.stdout.flush()
    print("\n" + screen, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
