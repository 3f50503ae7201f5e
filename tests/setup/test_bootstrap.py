"""What setup does on a new machine, on one that is not ready, and the second time; each condition is made for real."""

import ast
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.setup.conftest import PYTHON, SYSTEM_PATH, Clone
from tests.setup.wheels import make_wheel
from tests.waiting import until
from workbook.bootstrap import NEWEST, OLDEST
from workbook.place import CLONE

pytestmark = pytest.mark.slow

STAND_IN = """#!/bin/sh
exec "{python}" -c "import os, runpy, sys
{lie}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')" "$@"
"""


def program(path: Path, text: str) -> Path:
    """Write an executable script."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def stand_in(path: Path, lie: str) -> Path:
    """Write a Python that runs a script under a false idea of itself."""
    return program(path, STAND_IN.format(python=PYTHON, lie=lie))


def old_pythons() -> list[str]:
    """The oldest of this machine's Pythons that are too old, and one of today that says it is 3.8."""
    installed = [*Path.home().glob(".pyenv/versions/*/bin/python"), *Path("/usr/bin").glob("python[23].*")]
    named = [(re.search(r"(\d+)\.(\d+)(\.\d+)?(/bin/python)?$", str(path)), str(path)) for path in installed]
    old = sorted((int(m[1]), int(m[2]), path) for m, path in named if m and (int(m[1]), int(m[2])) < OLDEST)
    return [*(path for _, _, path in old[:1]), "stand-in"]


@pytest.fixture
def ready(clone: Clone) -> Clone:
    """A clone that is set up."""
    result = clone.bootstrap()
    assert result.returncode == 0, result.stdout
    assert clone.works()
    return clone


@pytest.mark.parametrize("name", old_pythons())
def test_an_old_python_says_what_is_needed_in_the_persons_language(name: str, clone: Clone, tmp_path: Path) -> None:
    lie = "sys.version_info = (3, 8, 18, 'final', 0)"
    old = stand_in(tmp_path / "python3.8", lie) if name == "stand-in" else Path(name)

    english = clone.bootstrap(old, PYTHONIOENCODING="utf-8")
    korean = clone.bootstrap(old, PYTHONIOENCODING="utf-8", LANG="ko_KR.UTF-8").stdout

    assert english.returncode == 1
    assert re.search(r"Python (2|3)\.\d+\.\d+ is too old: the workbook needs Python 3\.11 or newer", english.stdout)
    assert all(way in english.stdout for way in ("apt install python3", "brew install", "uv python install", "PYTHON="))
    assert "Traceback" not in english.stdout + korean
    assert "too old" in clone.bootstrap(old, PYTHONIOENCODING="ascii", LANG="ko_KR.UTF-8").stdout
    assert "워크북에는 파이썬 3.11 이상이 필요해요." in korean or old != tmp_path / "python3.8"
    assert not (clone.root / ".venv").exists()


def test_a_python_of_windows_itself_is_sent_to_wsl(clone: Clone, tmp_path: Path) -> None:
    result = clone.bootstrap(stand_in(tmp_path / "python.exe", "os.name = 'nt'"))
    assert result.returncode == 1
    assert "wsl --install" in result.stdout


def test_it_stays_in_the_syntax_of_old_pythons_and_needs_what_the_makefile_and_pyproject_say() -> None:
    ast.parse((CLONE / "workbook" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={OLDEST[0]}.{OLDEST[1]}"
    assert f"{OLDEST} <= sys.version_info[:2] <= {NEWEST}" in (CLONE / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize("git", [None, "/usr/bin/false"])
def test_without_a_git_that_runs_the_way_to_one_is_shown(git: str | None, clone: Clone) -> None:
    (clone.programs / "git").unlink()
    if git:
        clone.provide("git", Path(git))
    result = clone.bootstrap()
    assert result.returncode == 1
    assert "There is no git on this machine's PATH." in result.stdout
    assert "이 컴퓨터의 PATH에 git이 없어요." in clone.bootstrap(LANG="ko_KR.UTF-8").stdout


def one_screen(clone: Clone, last: str, **environment: str) -> None:
    """A setup fails in one screen that holds the tool's last line and leaves no environment that passes for ready."""
    result = clone.bootstrap(**environment)
    assert result.returncode == 1
    assert re.search(rf"Its last line: .*{last}", result.stdout), result.stdout
    assert "What you can do" in result.stdout
    assert "Traceback" not in result.stdout
    assert len(result.stdout.splitlines()) < 25
    assert not clone.stamp.exists()


def test_an_index_that_does_not_answer_takes_one_screen(clone: Clone) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}/simple"
    # Who has told pip of an index means uv, too.
    one_screen(clone, "Connection refused", UV_OFFLINE="0", UV_FIND_LINKS="", PIP_INDEX_URL=closed)


def test_a_package_that_is_not_the_pinned_one_is_not_installed(clone: Clone, tiny: tuple[Path, str]) -> None:
    pin, digest = tiny[1].split("sha256:")
    for pins in (f"{pin}sha256:{digest.strip()[::-1]}\n", "tiny==1.0\n"):
        clone.pin(pins)
        one_screen(clone, "")
    assert not clone.works()


def test_a_full_disk_is_told_by_its_last_line(clone: Clone, tmp_path: Path) -> None:
    private = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
    if not shutil.which("unshare") or subprocess.run([*private, "true"], capture_output=True).returncode:
        pytest.skip("this account may not mount anything: no disk can be filled here")
    small = tmp_path / "small"
    small.mkdir()
    fill = 'mount -t tmpfs -o size=2m none "$1" && cp -r "$2/." "$1" && cd "$1" && shift 2 && exec "$@"'
    command = [*private, "sh", "-c", fill, "sh", str(small), str(clone.root)]
    command += [str(PYTHON), str(small / "workbook" / "bootstrap.py")]
    result = clone.run(command, PATH=f"{clone.programs}:{SYSTEM_PATH}")
    assert result.returncode == 1
    assert "No space left on device" in result.stdout
    assert "[01] MB are left" in re.sub(r"\d MB are", "[01] MB are", result.stdout)
    assert "Traceback" not in result.stdout


def test_a_clone_that_cannot_be_written_is_told_in_a_sentence(clone: Clone) -> None:
    (clone.root / ".workbook").write_text("a file where a folder should be")
    one_screen(clone, "File exists")


def test_setup_shows_every_step_with_its_seconds_in_either_language(clone: Clone) -> None:
    lines = clone.bootstrap().stdout.splitlines()
    expected = [
        f"Setting up the workbook in {clone.root}/.venv",
        rf"  a virtual environment with Python 3.{sys.version_info[1]}.\d+: \d+.\d s",
        r"  the 1 packages of requirements.lock: \d+.\d s",
        r"  the workbook itself: \d+.\d s",
        r"Ready in \d+.\d s.",
    ]
    assert [line for line, pattern in zip(lines, expected, strict=True) if not re.fullmatch(pattern, line)] == []
    clone.stamp.unlink()
    korean = clone.bootstrap(LANG="ko_KR.UTF-8", PYTHONIOENCODING="utf-8").stdout.splitlines()
    assert [line for line in korean if not re.search("[가-힣]", line)] == []


def test_a_setup_with_nothing_to_do_writes_nothing(ready: Clone) -> None:
    def written() -> dict[Path, int]:
        return {path: path.lstat().st_mtime_ns for path in ready.root.rglob("*") if "__pycache__" not in path.parts}

    before = written()
    assert "Setup: nothing to do." in ready.bootstrap().stdout
    assert written() == before
    assert not Path(ready.environment["HOME"]).exists()
    assert {path.name for path in ready.root.parent.iterdir()} == {ready.root.name, ready.programs.name, "cache"}


def test_a_changed_lock_is_followed(ready: Clone, tmp_path: Path) -> None:
    ready.pin(make_wheel(tmp_path / "other", "other", "2.0", {"other.py": b""}))
    assert ready.bootstrap(UV_FIND_LINKS=str(tmp_path / "other")).returncode == 0
    assert ready.run([str(ready.python), "-c", "import other"]).returncode == 0
    assert "No module named 'tiny'" in ready.run([str(ready.python), "-c", "import tiny"]).stdout


def linked_and_half_made(ready: Clone, tmp_path: Path) -> None:
    ready.stamp.unlink()
    (ready.root / ".venv").rename(tmp_path / "elsewhere")
    (ready.root / ".venv").symlink_to(tmp_path / "elsewhere")


SPOILT = {
    "moved": lambda ready, tmp_path: setattr(ready, "root", ready.root.rename(tmp_path / "moved")),
    "its Python is gone": lambda ready, tmp_path: ready.python.unlink(),
    "its Python is another": lambda ready, tmp_path: next(ready.root.glob(".venv/lib/*")).rename(tmp_path / "lib"),
    "a link": linked_and_half_made,
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_environment_that_is_not_sound_is_made_anew(how: str, ready: Clone, tmp_path: Path) -> None:
    SPOILT[how](ready, tmp_path)
    assert "a virtual environment with Python" in ready.bootstrap().stdout
    assert ready.works()
    assert not (ready.root / ".venv").is_symlink()


def test_an_environment_of_another_python_than_the_one_asked_for_is_made_anew(ready: Clone, tmp_path: Path) -> None:
    newer = stand_in(tmp_path / "python", "sys.version_info = (3, 99)")
    assert "Setup: nothing to do." in ready.bootstrap(newer).stdout
    assert "Setting up" in ready.bootstrap(newer, PYTHON=str(newer)).stdout


def test_the_environment_can_be_remade_by_the_python_inside_it(ready: Clone, uv: Path) -> None:
    ready.stamp.unlink()
    shutil.copy(uv, ready.python.parent)
    result = ready.bootstrap(ready.python, PATH=f"{ready.python.parent}:{ready.programs}")
    assert result.returncode == 0, result.stdout
    assert ready.works()


def test_without_uv_on_path_pip_fetches_the_pinned_one(
    clone: Clone, uv: Path, tiny: tuple[Path, str], tmp_path: Path
) -> None:
    version = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    program(clone.programs / "uv2", "").rename(clone.programs / "uv")  # a shim that says nothing is no uv
    pin = make_wheel(tmp_path / "index", "uv", version, {f"uv-{version}.data/scripts/uv": uv.read_bytes()})
    clone.pin(tiny[1], pin)
    both = f"{tiny[0]} {tmp_path / 'index'}"
    result = clone.bootstrap(PIP_NO_INDEX="1", PIP_FIND_LINKS=both, UV_FIND_LINKS=both.replace(" ", ","))
    assert result.returncode == 0, result.stdout
    assert f"uv {version}, into .venv" in result.stdout
    assert clone.works()


def held(clone: Clone, **environment: str) -> "subprocess.Popen[str]":
    """A setup that stands still in its last step until the file `hold` is removed."""
    (clone.root / "hold").touch()
    process = clone.start(**environment)
    until((clone.root / "held").exists, "the last step")
    return process


@pytest.mark.parametrize("again", [False, True], ids=["the first", "to other pins"])
def test_a_setup_that_was_killed_is_completed_by_the_next(again: bool, clone: Clone) -> None:
    project = clone.root / "pyproject.toml"
    before = project.read_text()
    if again:
        clone.bootstrap()
        project.write_text(f"{before}\n# changed\n")
    process = held(clone)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    (clone.root / "hold").unlink()
    project.write_text(before)
    assert not clone.stamp.exists()
    assert clone.bootstrap().returncode == 0
    assert clone.works()


@pytest.mark.parametrize("killed", [False, True], ids=["at work", "killed, and its tool is at work"])
def test_the_next_setup_waits_for_the_one_before(killed: bool, clone: Clone) -> None:
    first = held(clone)
    if killed:
        first.kill()  # alone: uv works on
    second = clone.start()
    assert second.stdout
    waiting = second.stdout.readline()
    (clone.root / "hold").unlink()
    rest = second.communicate(timeout=60)[0]
    first.communicate(timeout=60)
    assert waiting == "Waiting for another setup of this clone to finish …\n"
    assert second.returncode == 0
    assert killed or rest == "Setup: the other one has done it.\n"
    assert clone.works()


def test_ctrl_c_ends_setup_with_one_sentence(clone: Clone) -> None:
    process = held(clone)
    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert printed.endswith("\nStopped. `make setup` goes on with what is already downloaded.\n")
    assert "Traceback" not in printed
