"""Probes are forked from a process that has imported the packages, and see what a Python of their own would see."""

import json
import os
import sys
from pathlib import Path

import pytest

from workbook.student.ground import PROBES
from workbook.student.zygote import Zygote, shadows


@pytest.fixture
def probes(tmp_path: Path) -> Path:
    folder = tmp_path / "probes"
    folder.mkdir()
    (folder / "workbook_probes").symlink_to(PROBES)
    return folder


def test_a_fork_is_in_its_folder_with_its_environment_and_its_exit_code_comes_back(
    probes: Path, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here/asked.py").write_text(
        "import json, os, sys\nprint(json.dumps([os.getcwd(), sys.path[0], dict(os.environ)]))\nsys.exit(3)\n"
    )
    zygote = Zygote(Path(sys.executable), probes, os.environ | {"PYTHONPATH": str(probes)}, "workbook_probes")
    forks = [zygote.start("asked", tmp_path / "here", {"ONLY": str(n)}, tmp_path / f"log{n}") for n in range(2)]
    try:
        assert [fork.wait(30) for fork in forks if fork] == [3, 3]
    finally:
        zygote.stop()

    for number in range(2):
        cwd, path, env = json.loads((tmp_path / f"log{number}").read_text())
        assert cwd == path == str(tmp_path / "here")
        assert {name: env[name] for name in env if not name.startswith("LC_")} == {"ONLY": str(number)}


def test_a_python_that_does_not_start_leaves_no_fork_and_no_wait(probes: Path, tmp_path: Path) -> None:
    zygote = Zygote(Path("/bin/false"), probes, {}, "workbook_probes")

    assert zygote.start("asked", tmp_path, {}, tmp_path / "log") is None
    zygote.stop()


@pytest.mark.parametrize("name", ["fastapi.py", "tortoise/__init__.py"])
def test_a_file_that_takes_a_packages_place_is_noticed(name: str, tmp_path: Path) -> None:
    assert not shadows(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    assert shadows(tmp_path)
