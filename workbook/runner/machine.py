"""What a replay takes from the machine it runs on."""

import shutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path


def uv() -> str | None:
    """The program uv: the one beside our Python, else the one on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def workbook() -> str:
    """The command `workbook` itself, which lessons show."""
    return str(Path(sys.executable).with_name("workbook"))


@cache
def uv_cache() -> Path:
    """The person's own cache of packages: a lesson that installs takes a second instead of a minute."""
    said = subprocess.run([uv() or "true", "cache", "dir"], capture_output=True, text=True).stdout
    return Path(said.strip() or Path.home() / ".cache" / "uv")


def same_disk(one: Path, other: Path) -> bool:
    """Whether files can be linked from one folder, which may not exist yet, to the other."""
    while not one.exists():
        one = one.parent
    return one.stat().st_dev == other.stat().st_dev


def free_port() -> int:
    """A port that nobody listens on. Of five digits: a short number could occur in an output by chance."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port >= 20000:
            return port
