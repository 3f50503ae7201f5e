"""`workbook up` and `workbook notebook`, as a person runs them: in a terminal, on a MySQL of their own."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import psutil
import pytest

from tests.waiting import until
from workbook.mysql import free_port, is_free, local
from workbook.mysql.ladder import DEFAULT_DATABASE
from workbook.mysql.login import cursor, databases
from workbook.serve import DEMONSTRATION

pytestmark = pytest.mark.slow


@contextmanager
def up(port: int, home: Path) -> Iterator[pexpect.spawn]:
    """A terminal with `workbook up` in its foreground and its API serving; whatever is left of it is killed."""
    command = ["-m", "workbook", "up", "--port", str(port)]
    terminal = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=120)
    try:
        terminal.expect_exact("Stop   Ctrl-C")
        yield terminal
    finally:
        terminal.close(force=True)
        until(lambda: local.running(home) is None, "MySQL's end")


def test_a_meeting_is_created_and_is_still_there_the_next_time(home: Path) -> None:
    def saved() -> list[str]:
        with cursor(local.found(), DEMONSTRATION) as ask:
            assert DEFAULT_DATABASE not in databases(local.found())  # the student's, who makes it in chapter 32
            ask.execute("SELECT url_code FROM meetings")
            return [code for (code,) in ask.fetchall()]

    with up(port := free_port(), home) as terminal:
        assert re.search(r"\d+ migrations? applied", terminal.before)
        request = urllib.request.Request(f"http://localhost:{port}/v1/meetings", method="POST")
        with urllib.request.urlopen(request) as response:
            created = json.load(response)["url_code"]
        assert saved() == [created]
        terminal.sendintr()
        terminal.expect_exact("Stopped.")
        terminal.expect_exact(pexpect.EOF)
        assert terminal.wait() == 0
        assert is_free(port)
        assert local.running(home) is None

    with up(port, home) as terminal:
        assert "all migrations were applied before" in terminal.before
        assert saved() == [created]
        terminal.kill(signal.SIGTERM)
        terminal.expect_exact(pexpect.EOF)
        assert terminal.wait() == 0


@pytest.mark.parametrize("how", [lambda window: window.ptyproc.fileobj.close(), lambda it: it.kill(signal.SIGKILL)])
def test_neither_closing_the_terminal_nor_killing_it_outright_leaves_a_server(
    how: Callable[[pexpect.spawn], None], home: Path
) -> None:
    with up(port := free_port(), home) as terminal:
        lines = [line for line in terminal.before.splitlines() if "\x1b" not in line]  # without the spinner's
        assert any(line.startswith("MySQL  ") for line in lines)
        # The application's own log has a JSON object a line, as wide as it is.
        assert [line for line in lines if len(line) > 80 and not line.startswith("{")] == []
        how(terminal)
        until(lambda: not terminal.isalive(), "its end")
        until(lambda: is_free(port), "the API's end")


@pytest.mark.parametrize(("language", "file"), [("ko", "ch35.ko.ipynb"), ("en", "ch35.ipynb")])
def test_a_notebook_opens_in_the_readers_language_with_our_python_on_the_live_mysql(
    language: str, file: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", language)
    # Another kernel of the same name, as `ipykernel install --user` leaves one.
    spec = home.parent / "jupyter" / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(
        json.dumps({"argv": ["/bin/false", "{connection_file}"], "display_name": "3", "language": "python"})
    )
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(spec.parents[2]))
    terminal = pexpect.spawn(sys.executable, ["-m", "workbook", "notebook", "ch35", "--no-browser"], encoding="utf-8")
    try:
        terminal.expect(rf"(http://127\S+)/lab/tree/notebooks/{file}\?token=(\w+)", timeout=120)
        base, token = terminal.match.groups()
        until(lambda: not is_free(int(base.rpartition(":")[2])), "serving")  # it says where before it does

        def asked(path: str, data: bytes | None = None) -> dict:
            request = urllib.request.Request(f"{base}{path}", data=data, headers={"Authorization": f"token {token}"})
            with urllib.request.urlopen(request) as response:
                return json.load(response)

        settings = asked("/lab/api/settings/@jupyterlab/translation-extension:plugin")["schema"]["properties"]
        assert settings["locale"]["default"] == {"ko": "ko_KR", "en": "default"}[language]
        assert asked(f"/api/contents/notebooks/{file}?content=0")["type"] == "notebook"
        asked("/api/kernels", data=b'{"name": "python3"}')
        below = psutil.Process(terminal.pid).children(recursive=True)
        (kernel,) = [each for each in below if "ipykernel_launcher" in " ".join(each.cmdline())]
        assert kernel.cmdline()[0] == sys.executable
        assert kernel.environ()["MYSQL_PORT"] == str(local.found().port)
        assert kernel.environ()["WORKBOOK_LANG"] == language
        terminal.sendintr()
        terminal.expect_exact(pexpect.EOF, timeout=60)
        assert terminal.wait() == 0
        assert not kernel.is_running()
    finally:
        terminal.close(force=True)
        until(lambda: local.running(home) is None, "MySQL's end")


def test_a_notebook_that_is_not_there_is_one_sentence_and_starts_nothing(home: Path) -> None:
    done = workbook("notebook", "ch99")
    assert done.returncode == 2
    assert "There is no notebook of ch99." in done.stderr
    assert "ch32, ch33" in done.stderr
    assert local.running(home) is None


def test_a_taken_port_is_said_before_anything_is_started(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = somebody.getsockname()[1]
        done = workbook("up", "--port", str(port))
    assert done.returncode == 1
    assert f"Port {port} of 127.0.0.1 is taken by python" in done.stderr
    assert f"make up ARGS='--port {port + 1}'" in done.stderr
    assert local.running(home) is None


def test_what_does_not_migrate_or_start_is_one_sentence_and_leaves_no_server(home: Path, tmp_path: Path) -> None:
    (project := tmp_path / "project").mkdir()
    for said in ("`aerich upgrade` failed in ", "The application ended with code 1; what it said stands above."):
        done = workbook("up", "--project", str(project), "--port", str(free_port()))
        assert (done.returncode, said in done.stderr) == (1, True), done.stderr
        assert "Traceback" not in done.stderr or "application" in said  # then it is the application's own
        assert local.running(home) is None
        # Found before the installed one: a migration tool with nothing to do.
        (project / "aerich.py").touch()


@pytest.mark.usefixtures("home")
def test_the_verbs_of_db_tell_the_same_story() -> None:
    nothing = workbook("db", "status")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "No MySQL is running for this project." in nothing.stderr
    up = workbook("db", "up").stdout
    account = "MYSQL_USER=root\nMYSQL_PASSWORD=1234\nMYSQL_DB=when2meet_vod\n"
    assert up == f"MYSQL_HOST=127.0.0.1\nMYSQL_PORT={local.found().port}\n{account}"
    assert workbook("db", "up").stdout == up
    assert workbook("db", "status").stdout.splitlines()[1] == "Databases: when2meet_vod"
    shell = workbook("db", "shell", types="SELECT DATABASE();\n")
    assert shell.stdout == "DATABASE()\nwhen2meet_vod\n", shell.stderr
    assert workbook("db", "down").stdout == "MySQL is stopped; its data stays, and `workbook db up` finds it again.\n"
    assert workbook("db", "down").stdout == "The workbook has no MySQL running.\n"


def workbook(*arguments: str, types: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workbook", *arguments]
    return subprocess.run(command, input=types, capture_output=True, text=True, timeout=60)
