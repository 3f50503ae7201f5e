"""Each condition is made for real where a test can; where it cannot, its docstring says what stands for it."""

import http.server
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mysql.listener import listening, silence
from workbook.doctor import machine, ports
from workbook.doctor.finding import Fact, Finding
from workbook.mysql.server import Server


def finding(result: object) -> Finding:
    assert isinstance(result, Finding), result
    return result


def test_an_environment_whose_python_was_removed_is_found(tmp_path: Path) -> None:
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(tmp_path / "gone")
    found = finding(machine.python(tmp_path))
    assert "does not start" in found.what
    assert found.cure == "rm -r .venv && uv sync"


def test_a_python_that_is_too_old_is_found(tmp_path: Path) -> None:
    """No Python older than 3.11 is here: a program that says it is one stands for it."""
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho Python 3.9.2\n")
    program.chmod(0o755)
    assert "Python 3.9.2; 3.11 or newer" in finding(machine.python(tmp_path)).what


def test_our_own_python_will_do() -> None:
    assert machine.python(None) == Fact(f"Python {sys.version.split()[0]} ({sys.executable})")


def test_no_git_and_no_uv_on_path_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not on PATH" in finding(machine.git()).what
    assert finding(machine.uv(tmp_path)).cure == "pipx install uv"


def test_the_uv_that_came_with_the_workbook_is_a_step_ahead_and_its_command_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, home = tmp_path / "our own/bin", tmp_path / "home"
    ours.mkdir(parents=True)
    home.mkdir()
    for name in ("uv", "workbook"):
        (ours / name).write_text(f"#!/bin/sh\necho this is {name}\n")
        (ours / name).chmod(0o755)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SHELL", "/bin/bash")
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    found = finding(machine.uv(ours))
    assert not found.wrong

    said = subprocess.run(
        ["bash", "-c", f"{found.cure} && uv && bash -ic workbook"], capture_output=True, text=True, check=True
    )

    assert said.stdout == "this is uv\nthis is workbook\n"
    monkeypatch.setenv("PATH", f"/usr/bin:/bin:{home}/.local/bin")
    assert isinstance(machine.uv(ours), Fact)


@pytest.mark.parametrize("known", [[], ["user.name"]])
def test_a_git_that_does_not_know_you_is_found(
    known: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.chdir(tmp_path)
    for key in known:
        subprocess.run(["git", "config", "--global", key, "Moon"], check=True)
    missing = "user.email" if known else "user.name"
    found = finding(machine.git())
    assert missing in found.what

    for key in ("user.name", "user.email"):
        subprocess.run(["sh", "-c", f'git config --global {key} "Moon"'], check=True)
    assert isinstance(machine.git(), Fact)


def test_no_docker_engine_is_no_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = machine.docker()
    assert isinstance(result, Fact)
    assert "no `docker` on PATH" in result.words


def test_a_full_disk_is_found(tmp_path: Path) -> None:
    """A disk cannot be filled here: a demand for more than it has stands for it."""
    assert finding(machine.disk(tmp_path, needed=10**18)).cure == "uv cache prune"
    assert isinstance(machine.disk(tmp_path, needed=1), Fact)


def test_a_project_on_windows_disk_is_found_on_wsl_only(tmp_path: Path) -> None:
    """There is no WSL here: a copy of its /proc/version stands for it."""
    kernel = tmp_path / "version"
    kernel.write_text("Linux version 6.6.87.2-microsoft-standard-WSL2 (root@439a258ad544)\n")
    assert finding(machine.place(Path("/mnt/c/Users/moon/when2meet"), kernel)).cure.startswith("cp -r /mnt/c/")
    assert isinstance(machine.place(Path("/home/moon/when2meet"), kernel), Fact)
    kernel.write_text("Linux version 6.1.0-13-amd64\n")
    assert isinstance(machine.place(Path("/mnt/c/when2meet"), kernel), Fact)


def test_a_web_server_on_mysqls_port_is_found() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as somebody:
        found = finding(ports.mysql(somebody.server_port, patience=0.1))
    assert f"pid {os.getpid()}" in found.what
    assert found.cure == f"kill {os.getpid()}"


def test_a_silent_program_on_mysqls_port_is_found() -> None:
    with listening(silence) as port:
        assert "something that says nothing" in finding(ports.mysql(port, patience=0.1)).what


def test_mysql_on_its_own_port_is_no_finding(mysql: Server) -> None:
    assert isinstance(ports.mysql(mysql.port), Fact)


def test_a_taken_port_of_the_api_is_found_and_a_free_one_is_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"Port {port} of 127.0.0.1 is taken by" in finding(ports.web(port)).what
    assert isinstance(ports.web(port), Fact)
