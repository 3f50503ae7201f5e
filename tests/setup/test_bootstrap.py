"""What setup does on a new machine, on one that is not ready, and the second time; each condition is made for real."""

import ast
import os
import re
import shutil
import signal
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.setup.conftest import PYTHON, SYSTEM_PATH, UV, Clone
from tests.setup.wheels import make_wheel
from tests.waiting import until
from workbook.bootstrap import OLDEST
from workbook.place import CLONE

pytestmark = pytest.mark.slow

STAND_IN = """#!/bin/sh
exec "{python}" -c "import os, runpy, sys
{lie}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')" "$@"
"""
OLD = [*map(str, sorted(Path.home().glob(".pyenv/versions/3.[0-9].*/bin/python"))[:1]), "stand-in"]
"""An old Python of this machine, where it has one, and one of today that says it is 3.8."""


def stand_in(path: Path, lie: str) -> Path:
    """Write a Python that runs a script under a false idea of itself."""
    path.write_text(STAND_IN.format(python=PYTHON, lie=lie), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def ready(clone: Clone) -> Clone:
    """A clone that is set up."""
    result = clone.bootstrap()
    assert result.returncode == 0, result.stdout
    assert clone.works()
    return clone


@pytest.mark.parametrize("name", OLD)
def test_an_old_python_says_what_is_needed_in_the_persons_language(name: str, clone: Clone, tmp_path: Path) -> None:
    lie = "sys.version_info = (3, 8, 18, 'final', 0)"
    old = stand_in(tmp_path / "python3.8", lie) if name == "stand-in" else Path(name)
    for sentence, code, environment in (
        (r"Python 3\.\d+\.\d+ is too old: the workbook needs Python 3\.11 or newer", "utf-8", {}),
        ("워크북에는 파이썬 3.11 이상이 필요해요.", "utf-8", {"LANG": "ko_KR.UTF-8"}),
        ("too old", "ascii", {"LANG": "ko_KR.UTF-8"}),
    ):
        result = clone.bootstrap(old, PYTHONIOENCODING=code, **environment)
        assert result.returncode == 1
        assert re.search(sentence, result.stdout)
        assert "Traceback" not in result.stdout
    windows = stand_in(tmp_path / "python.exe", "import shutil, subprocess; sys.platform = 'win32'")
    assert "wsl --install" in clone.bootstrap(windows).stdout
    assert not (clone.root / ".venv").exists()


def test_it_stays_in_the_syntax_of_old_pythons_and_needs_what_the_makefile_and_pyproject_say() -> None:
    ast.parse((CLONE / "workbook" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={OLDEST[0]}.{OLDEST[1]}"
    assert f"{OLDEST} <= sys.version_info[:2]" in (CLONE / "Makefile").read_text(encoding="utf-8")


# What is wrong, what setup is told, and how the last line of its screen ends or begins.
NOBODY = {"UV_OFFLINE": "0", "UV_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:1/simple"}
FAULTS: dict[str, tuple[Callable[[Clone], object], dict[str, str], str]] = {
    # Who has told pip of an index means uv, too.
    "an index that does not answer": (lambda clone: None, NOBODY, r"Its last line: .*Connection refused"),
    "a pin without a hash": (lambda clone: clone.pin("tiny==1.0\n"), {}, "Its last line: "),
    "a file in the folder's place": (lambda clone: (clone.root / ".workbook").touch(), {}, "last line: .*File exists"),
    "a git that fails": (lambda clone: clone.provide("git", Path("/usr/bin/false")), {}, "There is no git"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_setup_that_fails_takes_one_screen_and_leaves_nothing_that_passes_for_ready(fault: str, clone: Clone) -> None:
    plant, environment, said = FAULTS[fault]
    plant(clone)
    result = clone.bootstrap(**environment)
    assert result.returncode == 1
    assert re.search(said, result.stdout), result.stdout
    assert "Traceback" not in result.stdout
    assert len(result.stdout.splitlines()) < 25
    assert not clone.stamp.exists()
    assert not clone.python.exists() or not clone.works()


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
    assert re.search("[01] MB are left", result.stdout)


def test_a_setup_with_nothing_to_do_writes_nothing(ready: Clone) -> None:
    def written() -> dict[Path, int]:
        return {path: path.lstat().st_mtime_ns for path in ready.root.rglob("*") if "__pycache__" not in path.parts}

    before = written()
    assert "Setup: nothing to do." in ready.bootstrap().stdout
    assert written() == before
    assert not Path(ready.environment["HOME"]).exists()
    assert {path.name for path in ready.root.parent.iterdir()} == {ready.root.name, ready.programs.name, "cache"}
    newer = stand_in(ready.programs / "python", "sys.version_info = (3, 99)")
    assert "Setup: nothing to do." in ready.bootstrap(newer).stdout
    assert "Setting up" in ready.bootstrap(newer, PYTHON=str(newer)).stdout, "this one is asked for"


def copy(clone: Clone) -> None:
    # Its workbook is still the first one's, which is there and can be imported.
    clone.root = Path(shutil.copytree(clone.root, clone.root.with_name("copied"), symlinks=True))


def link(clone: Clone) -> None:
    clone.stamp.unlink()
    (clone.root / ".venv").rename(clone.root.parent / "elsewhere")
    (clone.root / ".venv").symlink_to(clone.root.parent / "elsewhere")


SPOILT: dict[str, Callable[[Clone], object]] = {
    "copied": copy,
    "its Python is gone": lambda clone: clone.python.unlink(),
    "its Python is another": lambda clone: next(clone.root.glob(".venv/lib/*")).rename(clone.root / "lib"),
    "a link": link,
    "its pins are others": lambda clone: clone.pin((clone.root / "requirements.lock").read_text() + "# changed\n"),
}


def test_an_environment_that_is_not_sound_is_made_anew(ready: Clone) -> None:
    for how, spoil in SPOILT.items():
        spoil(ready)
        assert "a virtual environment with Python" in ready.bootstrap().stdout, how
        assert ready.works(), how
        assert not (ready.root / ".venv").is_symlink()


def test_the_environment_can_be_remade_by_the_python_inside_it(ready: Clone) -> None:
    ready.stamp.unlink()
    shutil.copy(UV, ready.python.parent)
    result = ready.bootstrap(ready.python, PATH=f"{ready.python.parent}:{ready.programs}")
    assert result.returncode == 0, result.stdout
    assert ready.works()


def test_without_uv_on_path_pip_fetches_the_pinned_one(clone: Clone, tiny: tuple[Path, str], tmp_path: Path) -> None:
    version = subprocess.run([UV, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    clone.provide("uv", Path("/usr/bin/false"))  # a shim that says nothing is no uv
    pin = make_wheel(tmp_path / "index", "uv", version, {f"uv-{version}.data/scripts/uv": UV.read_bytes()})
    clone.pin(tiny[1], pin)
    both = f"{tiny[0]} {tmp_path / 'index'}"
    result = clone.bootstrap(PIP_NO_INDEX="1", PIP_FIND_LINKS=both, UV_FIND_LINKS=both.replace(" ", ","))
    assert result.returncode == 0, result.stdout
    assert f"uv {version}, into .venv" in result.stdout
    assert clone.works()


def held(clone: Clone) -> "subprocess.Popen[str]":
    """A setup that stands still in its last step until the file `hold` is removed."""
    (clone.root / "hold").touch()
    process = clone.start()
    until((clone.root / "held").exists, "the last step")
    return process


def test_a_setup_to_other_pins_that_was_killed_is_completed_by_the_next(ready: Clone) -> None:
    clone, project = ready, ready.root / "pyproject.toml"
    before = project.read_text()
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
    assert killed or rest == "Setup: nothing to do.\n"
    assert clone.works()


def test_ctrl_c_ends_setup_with_one_sentence(clone: Clone) -> None:
    process = held(clone)
    os.killpg(process.pid, signal.SIGINT)
    printed = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert printed.endswith("\nStopped. `make setup` goes on with what is already downloaded.\n")
    assert "Traceback" not in printed
