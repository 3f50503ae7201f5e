"""Setup killed half-way, stopped by hand, or started twice."""

import os
import signal
import socket
import subprocess
from pathlib import Path

from tests.setup.clones import Clone
from tests.waiting import until


def end(process: "subprocess.Popen[str]", number: signal.Signals, *, with_tools: bool) -> str:
    """Signal the bootstrap, alone or with the tools that it started; return what it had printed."""
    os.kill(-process.pid if with_tools else process.pid, number)
    return process.communicate(timeout=30)[0]


def hold(clone: Clone) -> Path:
    """Let the last step of the next setup wait until this file is removed."""
    held = clone.root / "hold"
    held.touch()
    return held


def test_a_setup_killed_while_it_downloads_is_completed_by_the_next(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(20)
        index = f"http://127.0.0.1:{silent.getsockname()[1]}/simple"
        process = clone.start(PIP_NO_INDEX="", UV_FIND_LINKS="", UV_DEFAULT_INDEX=index)
        connection, _ = silent.accept()
        end(process, signal.SIGKILL, with_tools=True)
        connection.close()
    assert not clone.works()
    result = clone.bootstrap()
    assert "because the last setup did not finish: .venv is made anew" in result.stdout
    assert clone.works()


def test_a_setup_killed_in_its_last_step_is_completed_by_the_next(clone: Clone) -> None:
    held = hold(clone)
    process = clone.start()
    until((clone.root / "held").exists, "the last step")
    end(process, signal.SIGKILL, with_tools=True)
    held.unlink()
    assert not clone.stamp.exists()
    assert clone.bootstrap().returncode == 0
    assert clone.works()


def test_a_setup_killed_on_its_way_to_other_pins_leaves_no_environment_that_passes_for_ready(clone: Clone) -> None:
    clone.bootstrap()
    project = clone.root / "pyproject.toml"
    before = project.read_text()
    project.write_text(f"{before}\n# changed\n")
    held = hold(clone)
    process = clone.start()
    until((clone.root / "held").exists, "the last step")
    end(process, signal.SIGKILL, with_tools=True)
    held.unlink()
    project.write_text(before)
    assert "because the last setup did not finish" in clone.bootstrap().stdout
    assert clone.works()


def test_the_next_setup_waits_for_the_tools_of_one_that_was_killed(clone: Clone) -> None:
    held = hold(clone)
    first = clone.start()
    until((clone.root / "held").exists, "the last step")
    first.kill()  # alone: uv works on
    second = clone.start()
    assert second.stdout
    waiting = second.stdout.readline()
    held.unlink()
    second.communicate(timeout=30)
    first.communicate(timeout=30)
    assert waiting == f"Waiting for another setup of this clone to finish (process {first.pid}) …\n"
    assert second.returncode == 0
    assert clone.works()


def test_of_two_setups_at_once_one_works_and_the_other_waits(clone: Clone) -> None:
    held = hold(clone)
    first = clone.start()
    until((clone.root / "held").exists, "the last step")
    second = clone.start()
    assert second.stdout
    waiting = second.stdout.readline()
    held.unlink()
    assert "Ready in" in first.communicate(timeout=30)[0]
    assert waiting == f"Waiting for another setup of this clone to finish (process {first.pid}) …\n"
    assert second.communicate(timeout=30)[0] == "Setup: the other one has done it.\n"
    assert (first.returncode, second.returncode) == (0, 0)
    assert (clone.root / "built").read_text() == "once "
    assert clone.works()


def test_ctrl_c_ends_setup_with_one_sentence(clone: Clone) -> None:
    hold(clone)
    process = clone.start()
    until((clone.root / "held").exists, "the last step")
    printed = end(process, signal.SIGINT, with_tools=True)
    assert process.returncode == 130
    assert printed.endswith("\nStopped. `make setup` goes on with what is already downloaded.\n")
    assert "Traceback" not in printed
