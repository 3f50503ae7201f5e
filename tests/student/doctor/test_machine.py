"""Each condition is made for real where a test can; where it cannot, its docstring says what stands for it."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.student.doctor.conftest import none, only
from workbook.student.doctor import machine

pytestmark = pytest.mark.slow


def test_an_environment_whose_python_was_removed_or_is_too_old_is_found(tmp_path: Path) -> None:
    """No Python older than 3.11 is here: a program that says it is one stands for it."""
    assert list(machine.python(None)) == [f"Python {sys.version.split()[0]} ({sys.executable})"]
    program = tmp_path / ".venv/bin/python"
    program.parent.mkdir(parents=True)
    program.symlink_to(tmp_path / "gone")
    assert only(machine.python(tmp_path)).cure.startswith("rm -r .venv")
    program.unlink()
    program.write_text("#!/bin/sh\necho Python 3.9.2\n")
    program.chmod(0o755)
    assert "3.11 or newer. It says: Python 3.9.2" in only(machine.python(tmp_path)).what


def test_no_git_and_no_uv_on_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not on PATH" in only(machine.git()).what
    assert only(machine.uv(tmp_path)).cure == "pipx install uv"


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
    found = only(machine.uv(ours))
    assert not found.wrong
    command = ["bash", "-c", f"{found.cure} && uv && bash -ic workbook"]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    assert said.stdout == "this is uv\nthis is workbook\n"
    monkeypatch.setenv("PATH", f"/usr/bin:/bin:{home}/.local/bin")
    assert none(machine.uv(ours))


def test_a_full_disk_and_windows_disk_are_found(tmp_path: Path) -> None:
    """A disk cannot be filled here: a demand for more than it has stands for it. A copy of its /proc/version is WSL."""
    assert only(machine.disk(tmp_path, needed=10**18)).cure == "uv cache prune"
    kernel = tmp_path / "version"
    kernel.write_text("Linux version 6.6.87.2-microsoft-standard-WSL2 (root@439a258ad544)\n")
    assert none(machine.disk(tmp_path, 1, kernel))
    assert only(machine.disk(Path("/mnt/c/Users/moon"), 0, kernel)).cure == "cp -r /mnt/c/Users/moon ~/"


def test_a_taken_port_of_the_api_is_found_and_nobody_is_to_be_killed() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = only(machine.port(port))
    assert f"pid {os.getpid()}" in found.what
    assert found.cure == f"uv run uvicorn app.main:app --port {port + 1}"
    assert none(machine.port(port))
