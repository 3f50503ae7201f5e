"""A `docker` for tests: it writes down what it is asked and answers as Docker does, with a real MySQL behind the port.

A stand-in, because most machines that run these tests have no Docker engine. Its answers were taken from Docker 28 and
Compose 2.26.
"""

import re
from pathlib import Path

import pytest

from workbook.mysql import docker, free_port, server
from workbook.mysql.server import Server

SCRIPT = r"""#!/bin/sh
PATH=/usr/bin:/bin
cd '{folder}'
echo "MYSQL_PORT=$MYSQL_PORT $*" >>calls
case " $* " in
" compose ls ")
    if [ -f hangs ]; then exec sleep 30; fi
    if [ -f no-engine ]; then cat no-engine >&2; exit 1; fi ;;
" compose ls "*) if [ -f projects ]; then cat projects; fi ;;
*" up "*)
    if [ -f up-hangs ]; then cat up-hangs; exec sleep 30; fi
    if [ -f up-fails ]; then cat up-fails >&2; rm up-fails; exit 1; fi
    touch running ;;
*" port "*)
    if [ -f running ]; then cat published; else echo 'service "db" is not running' >&2; exit 1; fi ;;
*" stop "* | *" down "*)
    rm -f running ;;
*" ps --all --quiet db ") echo 3ab30cb73f74 ;;
" logs 3ab30cb73f74 ") if [ -f log ]; then cat log >&2; fi ;;
esac
"""


class StandIn:
    """The stand-in: `says` sets up what it answers, `asked` is what it was asked."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.executable = folder / "docker"
        self.executable.write_text(SCRIPT.format(folder=folder))
        self.executable.chmod(0o755)
        self.says("published", f"127.0.0.1:{port}\n")

    def says(self, what: str, text: str = "") -> None:
        (self.folder / what).write_text(text)

    @property
    def running(self) -> bool:
        return (self.folder / "running").exists()

    def asked(self, verb: str) -> list[str]:
        """The calls of one `docker compose` verb, each as `MYSQL_PORT=… arguments`."""
        path = self.folder / "calls"
        calls = path.read_text().splitlines() if path.exists() else []
        return [call for call in calls if f" {verb} " in f"{call} "]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "clone" / "template_app"
    folder.mkdir(parents=True)
    (folder / "compose.yaml").touch()
    return folder


@pytest.fixture
def stand_in(tmp_path: Path, mysql: Server, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(server, "HOST", mysql.host)
    monkeypatch.setattr(server, "PASSWORD", mysql.password)
    monkeypatch.setattr(docker, "PORT", free_port())  # whether 3306 is free differs from machine to machine
    return StandIn(folder, mysql.port)


def name(call: str) -> str:
    """The compose project's name in a recorded call."""
    found = re.search(r" -p (\S+) ", call)
    assert found
    return found[1]
