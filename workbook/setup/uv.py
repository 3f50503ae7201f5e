"""Which uv does the installing, and how it is told where packages come from."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from workbook.say import Problem, _
from workbook.setup.paths import NOTES, PINS, VENV

OLDEST = (0, 8)
"""The oldest uv that is taken from PATH: it must know everything that the Makefile asks of it (`--group`)."""

OWN = VENV / "bin" / "uv"
"""The uv that requirements.lock pins, once it is installed."""

ELSEWHERE = ("UV_TARGET", "UV_PREFIX", "UV_SYSTEM_PYTHON", "UV_PYTHON", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT")
"""Settings that would install somewhere else than into `.venv`."""

PYTHONS = ("PYTHONHOME", "PYTHONPATH", "__PYVENV_LAUNCHER__")
"""Settings that make one Python load another one's files."""


def on_path() -> str | None:
    """The first uv on PATH that runs and is new enough; `.venv`'s own does not count, for `.venv` may be remade."""
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        uv = shutil.which("uv", path=folder)
        if uv and not Path(uv).is_relative_to(VENV) and _version(uv) >= OLDEST:
            return uv
    return None


def _version(uv: str) -> tuple[int, ...]:
    """Its version; empty when it does not run (a pyenv shim of a version that is switched off)."""
    try:
        answer = subprocess.run([uv, "--version"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.match(r"uv (\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, found.groups())) if found and not answer.returncode else ()


def pin() -> str:
    """The lines of requirements.lock that pin uv with its hashes: pip gets uv with them where no uv is on PATH.

    Raises:
        Problem: there are none.
    """
    found = re.search(r"^uv==\S+( \\\n +--hash=\S+)+\n", PINS.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise Problem(
            _("{name} pins no uv, and there is none on PATH.", name=PINS.name),
            ways=(_("put uv==… into the dev group of pyproject.toml and type `make lock`, on a machine that has uv"),),
        )
    return found.group()


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv and pip: the person's own, without what would lead them astray.

    pip and uv read different variables. Who has set one tool up for an index of their own means both.
    """
    result = {name: value for name, value in given.items() if name not in ELSEWHERE + PYTHONS}
    result |= {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    result.setdefault("PIP_RETRIES", "2")
    if index := given.get("UV_DEFAULT_INDEX") or given.get("UV_INDEX_URL"):
        result.setdefault("PIP_INDEX_URL", index)
    elif index := given.get("PIP_INDEX_URL"):
        result["UV_DEFAULT_INDEX"] = index
    if given.get("PIP_NO_INDEX"):  # packages come from a folder alone
        result |= {"UV_OFFLINE": "1", "UV_FIND_LINKS": ",".join(given.get("PIP_FIND_LINKS", "").split())}
    certificates = given.get("SSL_CERT_FILE") or given.get("PIP_CERT") or given.get("REQUESTS_CA_BUNDLE")
    if certificates:
        result.setdefault("SSL_CERT_FILE", certificates)
        result.setdefault("PIP_CERT", certificates)
    if "UV_CACHE_DIR" not in given and not _writable(Path(given.get("XDG_CACHE_HOME") or "~/.cache").expanduser()):
        result["UV_CACHE_DIR"] = str(NOTES / "uv-cache")
    return result


def _writable(folder: Path) -> bool:
    """Whether this folder can be written, or be made. An account without a home has none."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK | os.X_OK)
