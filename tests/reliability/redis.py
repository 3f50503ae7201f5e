"""A Redis of a test's own: this machine's, or Debian's or Ubuntu's packages, unpacked below `.workbook/redis`."""

import os
import re
import shutil
import socket
import subprocess
from contextlib import suppress
from pathlib import Path

from workbook.place import private


class NoRedis(Exception):
    """None is here or can be fetched; the message says why."""


class Redis:
    """A server that keeps nothing on the disk. `port` stays its own when it is started again."""

    def __init__(self, port: int, folder: Path) -> None:
        self.port, self.folder = port, folder
        self.start()

    def start(self) -> None:
        """Start it. It takes a moment until it answers."""
        program, environment = found()
        command = [program, "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    def answers(self) -> bool:
        """Whether it takes connections."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=60):
            return True
        return False

    def kill(self) -> None:
        """It is gone, with all that it has counted."""
        self.process.kill()
        self.process.wait()


def found() -> tuple[str, dict[str, str]]:
    """The program and the environment that it runs in. NoRedis: there is none."""
    if program := shutil.which("redis-server"):
        return program, dict(os.environ)
    folder = private() / "redis"
    if not folder.exists():
        _fetch(folder)
    libraries = ":".join(map(str, folder.glob("usr/lib/*-linux-gnu*")))
    return str(folder / "usr/bin/redis-server"), os.environ | {"LD_LIBRARY_PATH": libraries}


def _fetch(folder: Path) -> None:
    """Unpack the package and those that it needs and this machine has not, without root."""
    partial = folder.with_name("redis.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        plan = _run("apt-get", "install", "--simulate", "--no-install-recommends", "redis-server", cwd=partial)
        _run("apt-get", "download", *re.findall(r"^Inst (\S+)", plan, re.MULTILINE), cwd=partial)
        for archive in partial.glob("*.deb"):
            _run("dpkg", "--extract", archive.name, ".", cwd=partial)
            archive.unlink()
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoRedis(f"no redis-server is here, and apt gives none: {error} {getattr(error, 'stderr', '')}") from error
    partial.rename(folder)


def _run(*command: str, cwd: Path) -> str:
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    return subprocess.run(command, cwd=cwd, env=environment, check=True, capture_output=True, text=True).stdout
