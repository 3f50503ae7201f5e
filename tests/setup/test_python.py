"""Which Python sets the clone up."""

import ast
import re
import shutil
import sys
import tomllib
from pathlib import Path

import pytest

from tests.setup.clones import PYTHON, Clone
from workbook.bootstrap import NEWEST, OLDEST
from workbook.place import CLONE

STAND_IN = """#!/bin/sh
exec "{python}" -c "import os, runpy, sys
{lie}
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name='__main__')" "$@"
"""


def old_pythons() -> list[str]:
    """The oldest and the newest of this machine's Pythons that are too old, and a stand-in: there is always one."""
    installed = [*Path.home().glob(".pyenv/versions/*/bin/python"), *Path("/usr/bin").glob("python[23].*")]
    named = [(re.search(r"(\d+)\.(\d+)(\.\d+)?(/bin/python)?$", str(path)), str(path)) for path in installed]
    old = sorted((int(m[1]), int(m[2]), path) for m, path in named if m and (int(m[1]), int(m[2])) < OLDEST)
    return [*dict.fromkeys(path for _, _, path in old[:1] + old[-1:]), "stand-in"]


@pytest.fixture(params=old_pythons())
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An old Python: a real one where there is any, and one of today that says it is 3.8."""
    if request.param != "stand-in":
        return Path(request.param)
    return stand_in(tmp_path / "python3.8", "sys.version_info = (3, 8, 18, 'final', 0)")


def stand_in(path: Path, lie: str) -> Path:
    """Write a Python that runs a script under a false idea of itself."""
    return program(path, STAND_IN.format(python=PYTHON, lie=lie))


def program(path: Path, text: str) -> Path:
    """Write an executable script."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


def test_an_old_python_says_what_was_found_what_is_needed_and_how_to_get_it(clone: Clone, old: Path) -> None:
    (clone.programs / "uv").unlink()  # it would know of a newer Python
    result = clone.bootstrap(python=old)
    assert result.returncode == 1
    assert re.search(r"Python (2|3)\.\d+\.\d+ is too old: the workbook needs Python 3\.11 or newer", result.stdout)
    for way in ("apt install python3", "brew install python@3.13", "uv python install 3.13", "WSL", "PYTHON="):
        assert way in result.stdout
    assert len(result.stdout.splitlines()) < 20
    assert "Traceback" not in result.stdout
    assert not (clone.root / ".venv").exists()


def test_an_old_python_hands_over_to_a_newer_one_on_path(clone: Clone, old: Path) -> None:
    program(clone.programs / "python3.13", "#!/bin/sh\necho 'pyenv: python3.13: command not found'; exit 127\n")
    clone.provide(f"python3.{sys.version_info[1]}", PYTHON)
    result = clone.bootstrap(python=old)
    assert result.returncode == 0, result.stdout
    assert clone.works()


def test_the_python_that_was_asked_for_is_not_replaced_by_another(clone: Clone, old: Path) -> None:
    clone.provide(f"python3.{sys.version_info[1]}", PYTHON)
    result = clone.bootstrap(python=old, PYTHON=str(old))
    assert result.returncode == 1
    assert f"(PYTHON={old} was asked for)" in result.stdout


def test_a_python_newer_than_the_wheels_gives_way_to_one_that_they_are_made_for(clone: Clone, tmp_path: Path) -> None:
    clone.provide(f"python3.{sys.version_info[1]}", PYTHON)
    newest = stand_in(tmp_path / "python3.99", "sys.version_info = (3, 99, 0, 'final', 0)")
    result = clone.bootstrap(python=newest)
    assert f"a virtual environment with Python 3.{sys.version_info[1]}." in result.stdout
    assert clone.works()


def test_a_python_newer_than_the_wheels_serves_where_there_is_no_other(clone: Clone, tmp_path: Path) -> None:
    newest = stand_in(tmp_path / "python3.99", "sys.version_info = (3, 99, 0, 'final', 0)")
    assert "a virtual environment with Python 3.99.0" in clone.bootstrap(python=newest).stdout


def test_a_python_of_windows_itself_is_sent_to_wsl(clone: Clone, tmp_path: Path) -> None:
    result = clone.bootstrap(python=stand_in(tmp_path / "python.exe", "os.name = 'nt'"))
    assert result.returncode == 1
    assert "wsl --install" in result.stdout
    assert "Traceback" not in result.stdout


def test_an_environment_of_another_python_than_the_one_asked_for_is_made_anew(clone: Clone) -> None:
    clone.bootstrap()
    stamp = clone.stamp.read_text()
    clone.stamp.write_text(re.sub(r'"python": \[3, \d+\]', '"python": [3, 99]', stamp))
    result = clone.bootstrap(PYTHON=str(PYTHON))
    assert "because it has Python 3.99 and PYTHON asks for 3." in result.stdout
    assert clone.stamp.read_text() == stamp


def test_the_environment_can_be_remade_by_the_python_inside_it(clone: Clone, uv: Path) -> None:
    """With `.venv` activated, `python3` and `uv` are the ones that are about to go."""
    clone.bootstrap()
    clone.stamp.unlink()
    shutil.copy(uv, clone.python.parent)
    result = clone.bootstrap(python=clone.python, PATH=f"{clone.python.parent}:{clone.programs}")
    assert result.returncode == 0, result.stdout
    assert clone.works()


def test_the_bootstrap_stays_in_the_syntax_of_old_pythons() -> None:
    """Where no old Python is installed, the grammar of the oldest that today's parser knows stands in for them."""
    ast.parse((CLONE / "workbook" / "bootstrap.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_the_bootstrap_needs_the_python_that_pyproject_requires() -> None:
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={OLDEST[0]}.{OLDEST[1]}"
    assert OLDEST < NEWEST
