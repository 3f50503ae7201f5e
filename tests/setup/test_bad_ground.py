"""What a person reads when the machine is not ready; each test makes the condition for real."""

import os
import re
import socket
import subprocess
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from tests.setup.clones import PYTHON, SYSTEM_PATH, Clone, Finished
from workbook.say import Problem
from workbook.setup import failures

IN_A_SMALL_FOLDER = """
mount -t tmpfs -o size=2m none "$1" && cp -r "$2/." "$1" && cd "$1" && shift 2 && exec "$@"
"""


def is_one_screen(result: Finished) -> bool:
    return result.returncode == 1 and len(result.stdout.splitlines()) < 25 and "Traceback" not in result.stdout


@pytest.fixture
def closed_port() -> str:
    """An address on this machine where nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/simple"


def take_ensurepip_away(clone: Clone) -> None:
    """Let Python start without the module, as on Debian until python3-venv is installed."""
    folder = clone.root.parent / "no-ensurepip"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    clone.environment["PYTHONPATH"] = str(folder)


def test_without_git_the_way_to_git_is_shown(clone: Clone) -> None:
    (clone.programs / "git").unlink()
    result = clone.bootstrap()
    assert is_one_screen(result)
    assert "There is no git on this machine's PATH." in result.stdout
    assert "sudo apt install git" in result.stdout


def test_a_git_that_does_not_run_is_no_git(clone: Clone) -> None:
    clone.provide("git", Path("/usr/bin/false"))
    assert "There is no git" in clone.bootstrap().stdout


def test_without_ensurepip_and_uv_the_package_to_install_is_named(clone: Clone) -> None:
    (clone.programs / "uv").unlink()
    take_ensurepip_away(clone)
    result = clone.bootstrap()
    assert is_one_screen(result)
    assert "it lacks the module venv or ensurepip" in result.stdout
    assert "sudo apt install python3-venv" in result.stdout


def test_without_ensurepip_uv_makes_the_environment(clone: Clone) -> None:
    take_ensurepip_away(clone)
    result = clone.bootstrap()
    assert result.returncode == 0, result.stdout
    assert clone.works()


@pytest.mark.parametrize("setting", ["UV_DEFAULT_INDEX", "PIP_INDEX_URL"])
def test_an_index_that_does_not_answer_takes_one_screen_with_the_reason(
    clone: Clone, closed_port: str, setting: str
) -> None:
    del clone.environment["PIP_NO_INDEX"], clone.environment["PIP_FIND_LINKS"]
    clone.environment[setting] = closed_port
    result = clone.bootstrap()
    assert is_one_screen(result)
    assert "The package index cannot be reached" in result.stdout
    assert "The tool's last line: cause: Connection refused" in result.stdout
    assert not clone.stamp.exists()


def test_an_index_that_lacks_a_package_is_told_from_one_that_does_not_answer(clone: Clone, tmp_path: Path) -> None:
    del clone.environment["PIP_NO_INDEX"], clone.environment["PIP_FIND_LINKS"]

    class Empty(SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(tmp_path / "empty"))  # type: ignore[arg-type]

        def log_message(self, format: str, *arguments: object) -> None:
            """Be silent."""

    with HTTPServer(("127.0.0.1", 0), Empty) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        result = clone.bootstrap(UV_DEFAULT_INDEX=f"http://127.0.0.1:{server.server_port}/simple")
        server.shutdown()
    assert is_one_screen(result)
    assert "The package index has not got a pinned package" in result.stdout


def test_a_package_that_is_not_the_pinned_one_is_not_installed(clone: Clone, tiny: tuple[Path, str]) -> None:
    pin, digest = tiny[1].split("sha256:")
    clone.pin(f"{pin}sha256:{digest.strip()[::-1]}\n")
    result = clone.bootstrap()
    assert is_one_screen(result)
    assert "A downloaded package is not the one that requirements.lock pins" in result.stdout
    assert not clone.works()


def test_a_package_without_a_hash_is_not_installed(clone: Clone) -> None:
    clone.pin("tiny==1.0\n")
    assert is_one_screen(clone.bootstrap())
    assert not clone.works()


def test_a_full_disk_is_called_one(clone: Clone, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    private = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    try:
        possible = subprocess.run([*private, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        possible = False
    if possible:
        command = [str(PYTHON), str(small / "workbook" / "bootstrap.py")]
        inside = [*private, "sh", "-c", IN_A_SMALL_FOLDER, "sh", str(small), str(clone.root), *command]
        result = clone.run(inside, PATH=f"{clone.programs}:{SYSTEM_PATH}")
        assert re.search(rf"\n[01] MB left at {small}\n", result.stdout)
    elif Path("/dev/full").exists():
        # Where an account may not mount anything there is still a file whose disk is always full.
        (clone.root / ".workbook").mkdir()
        (clone.root / ".workbook" / "setup.log").symlink_to("/dev/full")
        result = clone.bootstrap()
    else:
        pytest.skip("this system has neither private mounts nor /dev/full: no disk can be filled here")
    assert is_one_screen(result)
    assert "The disk is full: there is no room to set the workbook up." in result.stdout
    assert "No space left on device" in result.stdout


def test_a_full_disk_is_called_one_when_it_is_setup_that_writes(clone: Clone) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    (clone.root / ".workbook").mkdir()
    (clone.root / ".workbook" / "setup.log").symlink_to("/dev/full")
    result = clone.bootstrap()
    assert is_one_screen(result)
    assert "The disk is full" in result.stdout


@pytest.mark.parametrize(
    ("printed", "sentence"),
    [
        ("error: Permission denied (os error 13)", "This account may not write"),
        ("x Failed to build `asyncmy==0.2.18`\n  error: command 'gcc' failed", "could not be built"),
        ("something new", "Setup stopped at the step: a step."),
        ("", "The tool's last line: nothing"),
        ("first\nERROR: last\n\nhint: try another", "The tool's last line: ERROR: last"),
    ],
)
def test_what_a_tool_prints_last_is_kept_whatever_it_is(printed: str, sentence: str) -> None:
    assert sentence in str(failures.explained("a step", printed))


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied", "/clone/.venv"), "This account may not write"),
        (OSError(30, "Read-only file system", "/clone/.venv"), "This account may not write"),
        (OSError(28, "No space left on device", "/clone/.venv"), "The disk is full"),
        (OSError(5, "Input/output error", "/clone/.venv"), "Setup stopped: [Errno 5] Input/output error"),
    ],
)
def test_what_the_system_refuses_is_told_in_a_sentence(error: OSError, sentence: str) -> None:
    problem = failures.refused(error)
    assert isinstance(problem, Problem)
    assert sentence in str(problem)


def test_an_unknown_verb_is_bad_usage(clone: Clone) -> None:
    result = clone.bootstrap("instal")
    assert result.returncode == 2
    assert "instal is not something that bootstrap.py does." in result.stdout
