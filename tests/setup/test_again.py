"""What a second setup does: nothing, or what is needed and no more."""

import os
import re
import resource
import sys
from pathlib import Path

import pytest

from tests.setup.clones import Clone
from tests.setup.wheels import make_wheel


@pytest.fixture
def ready(clone: Clone) -> Clone:
    """A clone that is set up."""
    result = clone.bootstrap()
    assert result.returncode == 0, result.stdout
    assert clone.works()
    return clone


def test_setup_shows_every_step_with_its_seconds_(clone: Clone) -> None:
    lines = clone.bootstrap().stdout.splitlines()
    expected = [
        f"Setting up the workbook in {clone.root}/.venv",
        rf"  a virtual environment with Python 3.{sys.version_info[1]}.\d+: \d.\d s",
        r"  the 1 packages of requirements.lock: \d.\d s",
        r"  the workbook itself: \d.\d s",
        r"Ready in \d.\d s.",
    ]
    assert [line for line, pattern in zip(lines, expected, strict=True) if not re.fullmatch(pattern, line)] == []


def test_a_setup_with_nothing_to_do_takes_no_time_and_writes_nothing(ready: Clone) -> None:
    def written() -> dict[Path, int]:
        return {path: path.lstat().st_mtime_ns for path in ready.root.rglob("*") if "__pycache__" not in path.parts}

    def used() -> float:
        """Processor seconds of the bootstraps so far. A clock on the wall would count the machine's other work too."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return children.ru_utime + children.ru_stime

    before, seconds = written(), []
    for _ in range(3):
        start = used()
        assert "Setup: nothing to do." in ready.bootstrap().stdout
        seconds.append(used() - start)
    assert written() == before
    assert min(seconds) < 0.3


def test_outside_the_clone_only_uv_writes_and_only_its_cache(ready: Clone) -> None:
    assert not Path(ready.environment["HOME"]).exists()
    around = {path.name for path in ready.root.parent.iterdir()}
    assert around == {ready.root.name, ready.programs.name, "cache"}


def test_a_changed_lock_is_followed_in_the_same_environment(ready: Clone, tmp_path: Path) -> None:
    made = (ready.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    ready.pin(make_wheel(tmp_path / "other", "other", "2.0", {"other.py": b""}))
    result = ready.bootstrap(PIP_FIND_LINKS=str(tmp_path / "other"))
    assert "because requirements.lock or pyproject.toml changed" in result.stdout
    assert (ready.root / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made
    assert ready.run([str(ready.python), "-c", "import other"]).returncode == 0
    assert "No module named 'tiny'" in ready.run([str(ready.python), "-c", "import tiny"]).stdout


def test_the_environment_of_a_moved_clone_is_made_anew(ready: Clone, tmp_path: Path) -> None:
    there = ready.root
    ready.root = there.rename(tmp_path / "moved")
    result = ready.bootstrap()
    assert f"because the clone was moved or copied here from {there}: .venv is made anew" in result.stdout
    assert ready.works()


def test_an_environment_without_its_python_is_made_anew(ready: Clone, tmp_path: Path) -> None:
    ready.python.unlink()
    ready.python.symlink_to(tmp_path / "gone")
    assert "because its Python is gone" in ready.bootstrap().stdout
    assert ready.works()


def test_an_environment_whose_python_does_not_run_is_made_anew(ready: Clone) -> None:
    ready.python.unlink()
    ready.python.symlink_to("/usr/bin/false")
    assert "because its Python does not run" in ready.bootstrap().stdout
    assert ready.works()


def test_an_environment_that_imports_another_clone_is_made_anew(ready: Clone, tmp_path: Path) -> None:
    other = tmp_path / "other" / "workbook"
    other.mkdir(parents=True)
    (other / "__init__.py").touch()
    (link,) = ready.root.glob(".venv/lib/python3.*/site-packages/workbook.pth")
    link.write_text(str(other.parent))
    assert "because it imports another clone's workbook" in ready.bootstrap().stdout
    assert ready.works()


def test_an_environment_that_is_a_link_is_replaced_and_its_target_left_alone(ready: Clone, tmp_path: Path) -> None:
    target = (ready.root / ".venv").rename(tmp_path / "elsewhere")
    (target / "workbook-setup.json").unlink()
    (ready.root / ".venv").symlink_to(target)
    before = sorted(os.listdir(target))
    assert ready.bootstrap().returncode == 0
    assert sorted(os.listdir(target)) == before
    assert not (ready.root / ".venv").is_symlink()
    assert ready.works()
