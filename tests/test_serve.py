"""`workbook up`, as a person runs it: in a terminal, with a project, on a MySQL of its own."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.waiting import until
from workbook.mysql import free_port, local
from workbook.mysql.login import cursor

pytestmark = pytest.mark.slow

WORKBOOK = [sys.executable, "-m", "workbook"]


class Terminal:
    """A terminal with `workbook up` in its foreground, as a shell would start it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execv(sys.executable, [*WORKBOOK, "up", "--port", str(port)])
        self.shown = ""
        self.code: int | None = None
        self._open = True
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        while self._open:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    self.shown += os.read(self.master, 4096).decode(errors="replace")
                except OSError:
                    return  # nobody has the other end any more

    def close(self) -> None:
        """Close the window."""
        self._open = False
        self._reader.join()
        os.close(self.master)

    def type(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def has_ended(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code is not None


@pytest.fixture
def terminal(home: Path) -> Iterator[Terminal]:
    """`workbook up` with its API serving; whatever is left of it is killed at the end."""
    opened = Terminal(free_port())
    try:
        until(lambda: "Stop   Ctrl-C" in opened.shown or opened.has_ended(), "serving")
        assert opened.code is None, opened.shown
        yield opened
    finally:
        if not opened.has_ended():
            os.kill(opened.pid, signal.SIGKILL)
            until(opened.has_ended)
        until(lambda: local.running(home) is None, "MySQL's end")


def test_a_meeting_is_created_and_is_still_there_the_next_time(terminal: Terminal, home: Path) -> None:
    first = create_meeting(terminal.port)
    assert saved() == [first]
    assert "1 migration applied" in terminal.shown

    terminal.type(b"\x03")
    until(terminal.has_ended, "stopping")
    assert terminal.code == 0
    assert "Stopped." in terminal.shown
    assert not listens(terminal.port)
    assert local.running(home) is None

    again = Terminal(terminal.port)
    try:
        until(lambda: "Stop   Ctrl-C" in again.shown, "serving again")
        assert "all migrations were applied before" in again.shown
        assert saved() == [first]
    finally:
        os.kill(again.pid, signal.SIGTERM)
        until(again.has_ended)
    assert again.code == 0


@pytest.mark.parametrize("how", [Terminal.close, lambda terminal: os.kill(terminal.pid, signal.SIGKILL)])
def test_neither_closing_the_terminal_nor_killing_it_outright_leaves_a_server(
    how: Callable[[Terminal], None], terminal: Terminal, home: Path
) -> None:
    lines = [line for line in terminal.shown.splitlines() if "\x1b" not in line]  # without the spinner's
    assert any(line.startswith("MySQL  ") for line in lines)
    assert [line for line in lines if len(line) > 80] == []

    how(terminal)

    until(terminal.has_ended, "its end")
    until(lambda: not listens(terminal.port), "the API's end")
    until(lambda: local.running(home) is None, "MySQL's end")


def test_a_taken_port_is_said_before_anything_is_started(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        done = subprocess.run([*WORKBOOK, "up", "--port", str(port)], **TEXT)

    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken by python" in done.stderr
    assert f"make up ARGS='--port {port + 1}'" in done.stderr
    assert local.running(home) is None


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "`aerich upgrade` failed in "),
        # Found before the installed one: a migration tool with nothing to do.
        (["aerich.py"], "The application ended with code 1; what it said stands above."),
    ],
)
def test_what_does_not_migrate_or_start_is_one_sentence_and_leaves_no_server(
    files: list[str], said: str, home: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in files:
        (project / name).touch()

    done = subprocess.run([*WORKBOOK, "up", "--project", str(project), "--port", str(free_port())], **TEXT)

    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr or files  # then it is the application's own
    assert local.running(home) is None


def test_the_verbs_of_db_tell_the_same_story(home: Path) -> None:
    def db(verb: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*WORKBOOK, "db", verb], **TEXT)

    nothing = db("status")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "No MySQL is running for this project." in nothing.stderr
    up = db("up")
    port = local.found().port  # type: ignore[union-attr]
    assert up.stdout.splitlines() == [
        "MYSQL_HOST=127.0.0.1",
        f"MYSQL_PORT={port}",
        "MYSQL_USER=root",
        "MYSQL_PASSWORD=1234",
        "MYSQL_DB=when2meet_vod",
    ]
    assert db("up").stdout == up.stdout
    assert db("status").stdout.splitlines()[1] == "Databases: when2meet_vod"
    shell = subprocess.run([*WORKBOOK, "db", "shell"], input="SELECT DATABASE();\n", **TEXT)
    assert shell.stdout == "DATABASE()\nwhen2meet_vod\n", shell.stderr
    assert db("down").stdout == "MySQL is stopped; its data stays, and `workbook db up` finds it again.\n"
    assert db("down").stdout == "The workbook has no MySQL running.\n"


TEXT = {"capture_output": True, "text": True, "timeout": 60}


def create_meeting(port: int) -> str:
    request = urllib.request.Request(f"http://localhost:{port}/v1/mysql/meetings", method="POST")
    with urllib.request.urlopen(request) as response:
        return str(json.load(response)["url_code"])


def saved() -> list[str]:
    server = local.found()
    assert server
    with cursor(server, "when2meet_vod") as ask:
        ask.execute("SELECT url_code FROM meetings")
        return [code for (code,) in ask.fetchall()]


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
